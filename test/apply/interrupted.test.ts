import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { RowproofError } from 'rowproof';
import { describe, expect, it } from 'vitest';
import {
  availableEngines,
  openTestDatabase,
  type TestDatabase,
  type TestEngine,
} from '../support/database.js';
import { startCli } from '../support/run-cli.js';
import { startStallingProxy } from '../support/stalling-proxy.js';
import { apply, dump, repairFile } from './applied.js';

/** A signal that says "stop" from the given look at it on, so that a run ends at each place where it may. */
function signalAtLook(last: number): AbortSignal {
  let looks = 0;
  const { signal } = new AbortController();
  Object.defineProperty(signal, 'aborted', { get: () => ++looks > last });
  return signal;
}

/** Looks at the signal before anything is read, and those that the longest run has. */
const LOOKS = Array.from({ length: 24 }, (_, i) => i + 1);

async function openSides(
  engine: TestEngine,
  rows = 6,
): Promise<{ source: TestDatabase; target: TestDatabase }> {
  const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
  const create = 'CREATE TABLE t (id int PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, note varchar(20))';
  const values = (from: number, to: number, note: string): string =>
    Array.from({ length: to - from + 1 }, (_, i) => `(${from + i}, 'e${from + i}', '${note}')`).join(',');
  await source.run(
    `${create}; INSERT INTO t VALUES (1,'b','n'),(2,'a','n'),(3,'c','n'),${values(10, 10 + rows, 'n')}`,
  );
  await target.run(
    `${create}; INSERT INTO t VALUES (1,'a','o'),(2,'b','o'),(4,'x','o'),${values(12, 10 + rows, 'o')}`,
  );
  return { source, target };
}

/** A run that is stopped before it has read anything has no result. */
function ignoreEarlyStop(error: unknown): null {
  if (error instanceof RowproofError && error.code === 'interrupted') return null;
  throw error;
}

/** The undo files of a repair, last one first. */
function undoFiles(file: string): string[] {
  const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
  return numbers
    .map((number) => file.replace(/\.sql$/, `.undo-${number}.sql`))
    .filter(existsSync)
    .reverse();
}

describe.each(availableEngines())('a run on %s that is stopped', (engine) => {
  it('after each row goes on when it is started again, and all of it can be taken back', async () => {
    const sides = await openSides(engine);
    try {
      const before = await dump(sides.target, ['t']);
      const wanted = await dump(sides.source, ['t']);
      const file = await repairFile(sides);
      const counts: number[] = [];
      for (const look of LOOKS) {
        const first = await apply(sides.target, file, { signal: signalAtLook(look) }).catch(ignoreEarlyStop);
        if (first === null) continue;
        const isWhole = !first.result.interrupted;
        counts.push(first.result.applied);
        expect(first.result.applied + first.result.open).toBe(first.result.plan.rows);
        const emails = (await sides.target.query('SELECT email FROM t')).map(([email]) => email);
        expect(emails.filter((email) => !/^(e\d+|[abcx])$/.test(email ?? ''))).toEqual([]);
        const second = await apply(sides.target, file);
        expect(second.result).toMatchObject({
          interrupted: false,
          open: 0,
          refused: 0,
          changed: 0,
          differing: 0,
        });
        expect(await dump(sides.target, ['t'])).toEqual(wanted);
        for (const undo of [second.result.undoPath, first.result.undoPath])
          if (undo !== null)
            expect((await apply(sides.target, undo)).result).toMatchObject({ refused: 0, changed: 0 });
        expect(await dump(sides.target, ['t'])).toEqual(before);
        if (isWhole) break;
      }
      expect(new Set(counts).size).toBeGreaterThan(5);
    } finally {
      await sides.source.drop();
      await sides.target.drop();
    }
  }, 300_000);

  it('by Ctrl-C says so, ends with exit code 130, and goes on when it is started again', async () => {
    const sides = await openSides(engine, 2500);
    try {
      const before = await dump(sides.target, ['t']);
      const file = await repairFile(sides);
      const { child, result } = startCli(['apply', file, '--target', sides.target.url, '--yes', '--json']);
      while ((await sides.target.query("SELECT 1 FROM t WHERE note = 'n' LIMIT 1")).length === 0)
        await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill('SIGINT');
      const { exitCode, stdout, stderr } = await result;
      const said = JSON.parse(stdout);
      expect(exitCode).toBe(130);
      expect(stderr).toContain('Interrupted: stopping');
      expect(said).toMatchObject({ format: 'rowproof/apply@1', interrupted: true, refused: 0, left: [] });
      expect(said.applied + said.open).toBe(said.plan.rows);
      const again = await apply(sides.target, file);
      expect(again.result).toMatchObject({
        done: said.applied,
        refused: 0,
        changed: 0,
        differing: 0,
        open: 0,
      });
      expect(await dump(sides.target, ['t'])).toEqual(await dump(sides.source, ['t']));
      for (const undo of undoFiles(file)) await apply(sides.target, undo);
      expect(await dump(sides.target, ['t'])).toEqual(before);
    } finally {
      await sides.source.drop();
      await sides.target.drop();
    }
  }, 300_000);

  it.runIf(process.platform !== 'win32' && engine === availableEngines()[0])(
    'by a second Ctrl-C while the server is silent ends at once, with a journal and no undo that looks whole',
    async () => {
      const sides = await openSides(engine);
      const file = await repairFile(sides);
      const stall = { saying: 'SAVEPOINT rowproof_block' };
      const proxy = await startStallingProxy(sides.target.url, { stall, manner: 'silent' });
      try {
        const url = new URL(proxy.url(sides.target.url));
        url.search =
          engine === 'postgresql' ? 'sslmode=disable' : 'ssl-mode=DISABLED&get-server-public-key=true';
        const { child, result } = startCli(['apply', file, '--target', url.href, '--other-target', '--yes']);
        await Promise.race([proxy.stalled, result]);
        child.kill('SIGINT');
        await new Promise((resolve) => setTimeout(resolve, 200));
        const stopped = performance.now();
        child.kill('SIGTERM');
        expect((await result).exitCode).toBe(130);
        expect(performance.now() - stopped).toBeLessThan(3000);
        expect(undoFiles(file)).toEqual([]);
        const journal = file.replace(/\.sql$/, '.undo-1.sql.journal');
        expect(statSync(journal).mode & 0o777).toBe(0o600);
        await proxy.close();
        expect((await apply(sides.target, file)).result).toMatchObject({ refused: 0, changed: 0, open: 0 });
        expect(existsSync(journal)).toBe(false);
      } finally {
        await proxy.close();
        await sides.source.drop();
        await sides.target.drop();
      }
    },
  );

  it('by kill -9 leaves an undo that the next run puts in order', async () => {
    const sides = await openSides(engine, 2500);
    try {
      const before = await dump(sides.target, ['t']);
      const file = await repairFile(sides);
      const { child, result } = startCli(['apply', file, '--target', sides.target.url, '--yes']);
      while ((await sides.target.query("SELECT 1 FROM t WHERE note = 'n' LIMIT 1")).length === 0)
        await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill('SIGKILL');
      await result;
      const finished: string[] = [];
      const again = await apply(sides.target, file, { onUndoFinished: (path) => finished.push(path) });
      expect(finished).toHaveLength(1);
      expect(again.result).toMatchObject({ refused: 0, changed: 0, differing: 0, open: 0 });
      expect(again.result.done).toBeGreaterThan(0);
      expect(await dump(sides.target, ['t'])).toEqual(await dump(sides.source, ['t']));
      for (const undo of undoFiles(file)) await apply(sides.target, undo);
      expect(await dump(sides.target, ['t'])).toEqual(before);
      expect(readdirSync(dirname(file)).filter((name) => name.endsWith('.journal'))).toEqual([]);
    } finally {
      await sides.source.drop();
      await sides.target.drop();
    }
  }, 300_000);

  it('by cut connections goes on over a new one', async () => {
    const sides = await openSides(engine, 2500);
    try {
      const before = await dump(sides.target, ['t']);
      const file = await repairFile(sides);
      let cuts = 0;
      // Before that it reads the catalog, and a run that cannot is not begun.
      let isApplying = false;
      const onProgress = (): void => {
        isApplying = true;
      };
      const list =
        engine === 'postgresql'
          ? "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'rowproof%'"
          : 'SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()';
      const timer = setInterval(async () => {
        if (!isApplying || cuts === 3) return;
        const [row] = await sides.target.query(list);
        if (row === undefined) return;
        cuts++;
        await sides.target
          .query(engine === 'postgresql' ? `SELECT pg_terminate_backend(${row[0]})` : `KILL ${row[0]}`)
          .catch(() => undefined);
      }, 700);
      const { result } = await apply(sides.target, file, { onProgress }).finally(() => clearInterval(timer));
      expect(cuts).toBeGreaterThan(0);
      expect(result).toMatchObject({ refused: 0, changed: 0, differing: 0, open: 0 });
      expect(await dump(sides.target, ['t'])).toEqual(await dump(sides.source, ['t']));
      await apply(sides.target, result.undoPath ?? '');
      expect(await dump(sides.target, ['t'])).toEqual(before);
    } finally {
      await sides.source.drop();
      await sides.target.drop();
    }
  }, 300_000);
});
