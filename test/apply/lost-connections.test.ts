import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  availableEngines,
  openTestDatabase,
  type TestDatabase,
  type TestEngine,
} from '../support/database.js';
import { useOwnServer } from '../support/private-server.js';
import { startStallingProxy } from '../support/stalling-proxy.js';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { apply, dump, repairFile } from './applied.js';

const ROWS = 1200;
const CREATE = 'CREATE TABLE t (id int PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, note varchar(20))';

const opened: TestDatabase[] = [];
afterEach(async () => {
  for (const database of opened.splice(0)) await database.drop();
});

const values = (from: number, to: number, note: string): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `(${from + i}, 'e${from + i}', '${note}')`).join(',');

/** Two rows swap a unique value, one is too many, one is missing, and many differ. */
async function openSides(engine: TestEngine, rows = ROWS) {
  const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
  opened.push(source, target);
  await source.run(
    `${CREATE}; INSERT INTO t VALUES (1,'b','n'),(2,'a','n'),(3,'c','n'),${values(10, 10 + rows, 'n')}`,
  );
  await target.run(
    `${CREATE}; INSERT INTO t VALUES (1,'a','o'),(2,'b','o'),(4,'x','o'),${values(12, 10 + rows, 'o')}`,
  );
  return { source, target };
}

/** The address of a proxy that must see what is said. */
function inClear(url: string): string {
  const address = new URL(url);
  const isMysql = address.protocol !== 'postgres:';
  address.searchParams.set(isMysql ? 'ssl-mode' : 'sslmode', isMysql ? 'DISABLED' : 'disable');
  if (isMysql) address.searchParams.set('get-server-public-key', 'true');
  return address.href;
}

/** Cuts all connections when a client commits the given time, before or after the server hears of it. */
async function cutAtCommit(
  url: string,
  { at, when }: { at: number; when: 'before' | 'after' },
): Promise<TcpProxy & { readonly commits: () => number }> {
  let commits = 0;
  const proxy = await openTcpProxy(
    () => url,
    () => (bytes) => {
      if (!/COMMIT(?!TED)/.test(bytes.toString('latin1')) || ++commits !== at) return bytes;
      if (when === 'before') {
        proxy.cut();
        return Buffer.alloc(0);
      }
      // Before the answer can be read.
      setImmediate(() => proxy.cut());
      return bytes;
    },
  );
  return { ...proxy, commits: () => commits };
}

describe.each(availableEngines())('a commit on %s whose answer is lost', (engine) => {
  it.each([
    { at: 1, when: 'before' },
    { at: 1, when: 'after' },
    { at: 2, when: 'after' },
  ] as const)(
    'leaves nothing undone or done twice, and nothing that cannot be taken back: %j',
    async (cut) => {
      const sides = await openSides(engine);
      const before = await dump(sides.target, ['t']);
      const file = await repairFile(sides);
      const proxy = await cutAtCommit(sides.target.url, cut);
      const { result } = await apply({ url: inClear(proxy.urlFor(sides.target.url)) }, file, {
        otherTarget: true,
      }).finally(() => proxy.close());
      expect(proxy.commits()).toBeGreaterThanOrEqual(cut.at);
      expect(result).toMatchObject({ refused: 0, changed: 0, differing: 0, open: 0 });
      expect(result).toMatchObject({ applied: result.plan.rows, verified: result.plan.rows });
      expect(await dump(sides.target, ['t'])).toEqual(await dump(sides.source, ['t']));
      const undone = await apply(sides.target, result.undoPath ?? '', { otherTarget: true });
      expect(undone.result).toMatchObject({ refused: 0, changed: 0, differing: 0 });
      expect(await dump(sides.target, ['t'])).toEqual(before);
    },
    120_000,
  );

  it('is said to be open where the server cannot be asked, and can be taken back', async () => {
    const sides = await openSides(engine, 20);
    const before = await dump(sides.target, ['t']);
    const file = await repairFile(sides);
    let isGone = false;
    const proxy = await openTcpProxy(
      () => (isGone ? 'mysql://127.0.0.1:1' : sides.target.url),
      () => (bytes) => {
        if (/COMMIT(?!TED)/.test(bytes.toString('latin1'))) {
          isGone = true;
          setImmediate(() => proxy.cut());
        }
        return bytes;
      },
    );
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 15_000);
    const ended = await apply({ url: inClear(proxy.urlFor(sides.target.url)) }, file, {
      otherTarget: true,
      signal: stop.signal,
    }).finally(() => proxy.close());
    expect(ended.result).toMatchObject({ interrupted: true, applied: 0, open: ended.result.plan.rows });
    expect(await dump(sides.target, ['t'])).toEqual(await dump(sides.source, ['t']));
    await apply(sides.target, ended.result.undoPath ?? '', { otherTarget: true });
    expect(await dump(sides.target, ['t'])).toEqual(before);
  }, 300_000);
});

describe.each(availableEngines())('a server of %s that falls silent while rows are applied', (engine) => {
  it('ends the run with an error within its limits, and holds no row', async () => {
    const sides = await openSides(engine, 20);
    const file = await repairFile(sides);
    const proxy = await startStallingProxy(sides.target.url, {
      stall: { saying: 'rowproof_block' },
      manner: 'silent',
    });
    const url = `${inClear(proxy.url(sides.target.url))}&statement-timeout=1&connect-timeout=1`;
    await expect(
      apply({ url }, file, { otherTarget: true }).finally(() => proxy.close()),
    ).rejects.toMatchObject({ code: 'connect' });
    expect(existsSync(join(dirname(file), 'fix.undo-1.sql'))).toBe(false);
    const { result } = await apply(sides.target, file);
    expect(result).toMatchObject({ applied: result.plan.rows, refused: 0, differing: 0 });
  }, 300_000);

  it('ends within five seconds of a stop', async () => {
    const sides = await openSides(engine, 20);
    const file = await repairFile(sides);
    const proxy = await startStallingProxy(sides.target.url, {
      stall: { saying: 'rowproof_block' },
      manner: 'silent',
    });
    const stop = new AbortController();
    const running = apply({ url: inClear(proxy.url(sides.target.url)) }, file, {
      otherTarget: true,
      signal: stop.signal,
    });
    await proxy.stalled;
    const stoppedMs = performance.now();
    stop.abort();
    const { result } = await running.finally(() => proxy.close());
    expect(performance.now() - stoppedMs).toBeLessThan(20_000);
    expect(result).toMatchObject({ interrupted: true, applied: 0, open: result.plan.rows, undoPath: null });
  }, 300_000);
});

describe.each(availableEngines())('a row on %s that somebody else has locked', (engine) => {
  it('is given up within five seconds of a stop, however long it may be waited for', async () => {
    const sides = await openSides(engine, 20);
    const file = await repairFile(sides);
    const stop = new AbortController();
    await sides.target.run("BEGIN; UPDATE t SET note = 'locked' WHERE id = 12");
    const running = apply(sides.target, file, { lockTimeoutMs: 60_000, signal: stop.signal });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const stoppedMs = performance.now();
    stop.abort();
    const { result } = await running;
    expect(performance.now() - stoppedMs).toBeLessThan(20_000);
    await sides.target.run('ROLLBACK');
    expect(result).toMatchObject({ interrupted: true, refused: 0 });
    expect(result.applied + result.open).toBe(result.plan.rows);
    const again = await apply(sides.target, file);
    expect(again.result).toMatchObject({ refused: 0, changed: 0, differing: 0, open: 0 });
    expect(await dump(sides.target, ['t'])).toEqual(await dump(sides.source, ['t']));
  }, 300_000);
});

describe.each(['mariadb', 'postgresql'] as const)('a target of %s that fails over', (engine) => {
  const [source, target] = [useOwnServer(engine), useOwnServer(engine)] as unknown as [
    TestDatabase,
    TestDatabase,
  ];

  it('to another server gets nothing more written', async () => {
    await source.run(`${CREATE}; INSERT INTO t VALUES ${values(1, 2500, 'n')}`);
    await target.run(`${CREATE}; INSERT INTO t VALUES ${values(1, 2500, 'o')}`);
    const before = await dump(target, ['t']);
    const file = await repairFile({ source, target });
    await source.run("UPDATE t SET note = 'o'");
    let leadsTo = target.url;
    let commits = 0;
    const proxy = await openTcpProxy(
      () => leadsTo,
      () => (bytes) => {
        if (/COMMIT(?!TED)/.test(bytes.toString('latin1')) && ++commits === 2) {
          leadsTo = source.url;
          proxy.cut();
        }
        return bytes;
      },
    );
    await expect(
      apply({ url: inClear(proxy.urlFor(target.url)) }, file, { otherTarget: true }).finally(() =>
        proxy.close(),
      ),
    ).rejects.toMatchObject({
      code: 'other-server',
      message: expect.stringContaining('Another server answers'),
      hint: expect.stringContaining('fix.undo-1.sql'),
    });
    expect(await dump(source, ['t'])).toEqual(before);
    expect(await dump(target, ['t'])).not.toEqual(before);
    await apply(target, join(dirname(file), 'fix.undo-1.sql'), { otherTarget: true });
    expect(await dump(target, ['t'])).toEqual(before);
  }, 300_000);
});
