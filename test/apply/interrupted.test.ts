import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { RowproofError } from 'rowproof';
import { describe, expect, it, onTestFinished } from 'vitest';
import { availableEngines, type TestDatabase, type TestSession } from '../support/database.js';
import { mysqlAdmin } from '../support/mysql-admin.js';
import { postgresqlAdmin } from '../support/postgresql-admin.js';
import { startCli, untilSaid } from '../support/run-cli.js';
import { startStallingProxy } from '../support/stalling-proxy.js';
import { apply, dump } from './applied.js';
import { LAST_ID, useSwappingSides } from './swapping-sides.js';

/** A signal that says "stop" from the given look at it on, so that a run ends at each place where it may. */
function signalAtLook(last: number): AbortSignal {
  let looks = 0;
  const { signal } = new AbortController();
  Object.defineProperty(signal, 'aborted', { get: () => ++looks > last });
  return signal;
}

/** Looks at the signal before anything is read, and those that the longest run has. */
const LOOKS = Array.from({ length: 40 }, (_, i) => i + 1);

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

/** Locks a row that the last transaction of the repair changes, so that a run waits there. */
async function lockLastRow(target: TestDatabase): Promise<TestSession> {
  const admin = target.engine === 'postgresql' ? postgresqlAdmin(target.url) : mysqlAdmin(target.url);
  const locker = await admin.openSession(target.url);
  onTestFinished(() => locker.close());
  await locker.run(`BEGIN; UPDATE t SET note = 'locked' WHERE id = ${LAST_ID}`);
  return locker;
}

/** Waits until the first transaction of a repair is committed. */
async function waitForCommit(target: TestDatabase): Promise<void> {
  await expect
    .poll(() => target.query("SELECT count(*) FROM t WHERE note = 'n'"), { timeout: 60_000 })
    .not.toEqual([['0']]);
}

/** Waits until another session than those of before waits for a lock, and returns its number. */
async function waitForWaiter(target: TestDatabase, before: readonly string[]): Promise<string> {
  const list =
    target.engine === 'postgresql'
      ? "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
      : "SELECT CAST(ID AS CHAR) FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND INFO LIKE '%FOR UPDATE%'";
  let found: string | undefined;
  const look = async (): Promise<boolean> => {
    const ids = (await target.query(list)).map(([id]) => id ?? '');
    found = ids.find((id) => !before.includes(id));
    return found !== undefined;
  };
  await expect.poll(look, { timeout: 60_000 }).toBe(true);
  return found ?? '';
}

// Where a run may stop does not depend on the engine.
describe('a run that is stopped at any place', () => {
  const sides = useSwappingSides('mariadb');

  it('goes on when it is started again, and all of it can be taken back', async () => {
    const before = await dump(sides.target, ['t']);
    const wanted = await dump(sides.source, ['t']);
    const file = await sides.file();
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
    expect(counts).toContain(sides.rows);
    expect(new Set(counts).size).toBeGreaterThan(3);
  });
});

describe.each(availableEngines())('a run on %s that is stopped', (engine) => {
  const sides = useSwappingSides(engine);

  it('by Ctrl-C while it waits for a lock says so, long before that wait would end, and goes on when it is started again', async () => {
    const before = await dump(sides.target, ['t']);
    const file = await sides.file();
    const locker = await lockLastRow(sides.target);
    const flags = ['--target', sides.target.url, '--yes', '--json', '--lock-timeout', '600s'];
    const { child, result } = startCli(['apply', file, ...flags]);
    await waitForCommit(sides.target);
    await waitForWaiter(sides.target, []);
    child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await result;
    await locker.run('ROLLBACK');
    const said = JSON.parse(stdout);
    expect(exitCode).toBe(130);
    expect(stderr).toContain('Interrupted: stopping');
    expect(said).toMatchObject({ format: 'rowproof/apply@1', interrupted: true, refused: 0, left: [] });
    expect(said.applied).toBeGreaterThan(0);
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
  });

  it.runIf(process.platform !== 'win32' && engine === availableEngines()[0])(
    'by a second Ctrl-C while the server is silent ends at once, with a journal and no undo that looks whole',
    async () => {
      const before = await dump(sides.target, ['t']);
      const file = await sides.file();
      const stall = { saying: 'SAVEPOINT rowproof_block' };
      const proxy = await startStallingProxy(sides.target.url, { stall, manner: 'silent' });
      try {
        const url = new URL(proxy.url(sides.target.url));
        url.search =
          engine === 'postgresql' ? 'sslmode=disable' : 'ssl-mode=DISABLED&get-server-public-key=true';
        const { child, result } = startCli(['apply', file, '--target', url.href, '--other-target', '--yes']);
        await Promise.race([proxy.stalled, result]);
        const stopping = untilSaid(child, 'Interrupt again to end at once.');
        child.kill('SIGINT');
        await stopping;
        child.kill('SIGTERM');
        expect((await result).exitCode).toBe(130);
        expect(undoFiles(file)).toEqual([]);
        const journal = file.replace(/\.sql$/, '.undo-1.sql.journal');
        expect(statSync(journal).mode & 0o777).toBe(0o600);
        await proxy.close();
        expect((await apply(sides.target, file)).result).toMatchObject({ refused: 0, changed: 0, open: 0 });
        expect(existsSync(journal)).toBe(false);
        for (const undo of undoFiles(file)) await apply(sides.target, undo);
        expect(await dump(sides.target, ['t'])).toEqual(before);
      } finally {
        await proxy.close();
      }
    },
  );

  it('by kill -9 leaves an undo that the next run puts in order', async () => {
    const before = await dump(sides.target, ['t']);
    const file = await sides.file();
    const locker = await lockLastRow(sides.target);
    const flags = ['--target', sides.target.url, '--yes', '--lock-timeout', '60s'];
    const { child, result } = startCli(['apply', file, ...flags]);
    await waitForCommit(sides.target);
    child.kill('SIGKILL');
    await result;
    await locker.run('ROLLBACK');
    const finished: string[] = [];
    const again = await apply(sides.target, file, { onUndoFinished: (path) => finished.push(path) });
    expect(finished).toHaveLength(1);
    expect(again.result).toMatchObject({ refused: 0, changed: 0, differing: 0, open: 0 });
    expect(again.result.done).toBeGreaterThan(0);
    expect(await dump(sides.target, ['t'])).toEqual(await dump(sides.source, ['t']));
    for (const undo of undoFiles(file)) await apply(sides.target, undo);
    expect(await dump(sides.target, ['t'])).toEqual(before);
    expect(readdirSync(dirname(file)).filter((name) => name.endsWith('.journal'))).toEqual([]);
  });

  it('by the server, which ends its connections, goes on over new ones', async () => {
    const before = await dump(sides.target, ['t']);
    const locker = await lockLastRow(sides.target);
    const running = apply(sides.target, await sides.file(), { lockTimeoutMs: 60_000 });
    const ended: string[] = [];
    while (ended.length < 2) {
      const id = await waitForWaiter(sides.target, ended);
      await sides.target.run(engine === 'postgresql' ? `SELECT pg_terminate_backend(${id})` : `KILL ${id}`);
      ended.push(id);
    }
    await locker.run('ROLLBACK');
    const { result } = await running;
    expect(result).toMatchObject({ refused: 0, changed: 0, differing: 0, open: 0 });
    expect(await dump(sides.target, ['t'])).toEqual(await dump(sides.source, ['t']));
    await apply(sides.target, result.undoPath ?? '');
    expect(await dump(sides.target, ['t'])).toEqual(before);
  });

  it('by a deadlock does again what the server took back, and goes on', async () => {
    const before = await dump(sides.target, ['t']);
    const locker = await lockLastRow(sides.target);
    // MySQL ends the transaction with fewer changes, and PostgreSQL the one that notices first, which may be this one.
    const rows = Array.from({ length: 200 }, (_, i) => `(${1000 + i}, 'z${i}', 'x')`);
    await locker.run(`INSERT INTO t VALUES ${rows.join(', ')}`);
    const running = apply(sides.target, await sides.file(), { lockTimeoutMs: 60_000 });
    await waitForWaiter(sides.target, []);
    const crossing = locker.run(`UPDATE t SET note = 'locked' WHERE id = ${LAST_ID - 4}`);
    await (engine === 'postgresql' ? crossing.catch(() => undefined) : crossing);
    await locker.run('ROLLBACK');
    const { result } = await running;
    expect(result).toMatchObject({ applied: sides.rows, refused: 0, changed: 0, differing: 0, open: 0 });
    expect(await dump(sides.target, ['t'])).toEqual(await dump(sides.source, ['t']));
    await apply(sides.target, result.undoPath ?? '');
    expect(await dump(sides.target, ['t'])).toEqual(before);
  });
});
