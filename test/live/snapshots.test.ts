import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepBusy } from '../support/busy-sessions.js';
import { availableEngines, openTestDatabase, type TestDatabase } from '../support/database.js';
import { type PrivateServer, startPrivateMariadb } from '../support/private-mariadb.js';
import type { ReplicationPair } from '../support/replication/pair.js';
import { startPostgresqlStandby } from '../support/replication/postgresql-replica.js';
import { HOT_TABLE } from '../support/replication/writers.js';
import { addCalmRows, expectHealthy, verifyBesideWriters } from './live-run.js';
import { createAccounts, ROWS, startTransfers, TOTAL, verifyTransfers } from './transfers.js';

const KINDS = [
  {
    engine: 'mariadb' as const,
    start: (parent: string) =>
      startPrivateMariadb(parent, [
        ...['--log-bin=binlog', '--sync-binlog=0', '--server-id=7', '--innodb-flush-log-at-trx-commit=2'],
        '--transaction-isolation=READ-COMMITTED',
      ]),
  },
  { engine: 'postgresql' as const, start: async () => null },
  { engine: 'mysql' as const, start: async () => null },
].filter(({ engine }) => availableEngines().includes(engine));

describe.each(KINDS)('a $engine that is written to', ({ engine, start }) => {
  // MySQL does not say whether two sessions read as of the same instant.
  const sessions = engine === 'mysql' ? 1 : 2;
  let server: PrivateServer | null;
  let parent: string;
  let sides: { readonly source: TestDatabase; readonly target: TestDatabase };
  let transfers: Awaited<ReturnType<typeof startTransfers>>;

  beforeAll(async () => {
    parent = mkdtempSync(join(tmpdir(), 'rowproof-snapshots-'));
    chmodSync(parent, 0o755);
    server = await start(parent);
    const [source, target] = [
      await openTestDatabase(engine, server?.url),
      await openTestDatabase(engine, server?.url),
    ];
    sides = { source, target };
    await createAccounts(source, target);
    transfers = await startTransfers(source);
  }, 60_000);
  afterAll(async () => {
    await transfers?.stop();
    await sides?.source.drop();
    await sides?.target.drop();
    await server?.stop();
    rmSync(parent, { recursive: true, force: true });
  });

  it('is read as of one instant by all workers, and holds nobody up', async () => {
    const before = transfers.state.transfers;
    const run = await verifyTransfers(sides, { flags: ['--snapshot'] });
    expect(run.rows).toBe(2 * ROWS);
    expect(run.total).toBe(TOTAL);
    expect(transfers.state.transfers - before).toBeGreaterThan(100);
    expect(run.result).toMatchObject({ consistency: 'snapshot', snapshot: { without: [] } });
    expect(run.result.snapshot?.source).toMatchObject({
      sessions,
      endedBy: null,
      mostWaiting: 0,
      isSeen: true,
    });
  });

  it.runIf(engine === 'postgresql')('is not without a snapshot', async () => {
    const run = await verifyTransfers(sides, { flags: [], workers: 1 });
    expect(run.result.consistency).toBe('chunk');
    expect(run.total).toBeGreaterThan(TOTAL);
  });

  it.runIf(engine !== 'postgresql')(
    'lets whoever alters a table through, and says what was read without a snapshot',
    async () => {
      let waitedMs = 0;
      const { result } = await verifyTransfers(sides, {
        flags: ['--snapshot'],
        rowsPerSecond: 1500,
        during: async () => {
          await untilHeld(sides.source, sessions);
          // Whoever moves cents has locks of his own.
          transfers.state.isResting = true;
          await (engine === 'mariadb' ? untilLocked(sides.source) : delay(500));
          transfers.state.isResting = false;
          waitedMs = await timeOf(() => sides.source.run('ALTER TABLE giving ADD COLUMN note INT'));
          await sides.source.run('ALTER TABLE giving DROP COLUMN note');
        },
      });
      expect(waitedMs).toBeLessThan(2500);
      // MariaDB keeps the lock. MySQL gives it back after each chunk, and then has no earlier rows of that table.
      const without = engine === 'mariadb' ? 2 : 1;
      expect(result.snapshot?.source.endedBy).toBe(engine === 'mariadb' ? 'waiter' : null);
      expect(result.snapshot?.without).toHaveLength(without);
      expect(result.consistency).toBe('mixed');
      const codes = result.findings.map(({ code }) => code);
      expect(codes.includes('snapshot-ended')).toBe(engine === 'mariadb');
    },
  );

  it('is read on where sessions are lost in the middle, as of the same instant if that can be', async () => {
    let ended = 0;
    const { result, total } = await verifyTransfers(sides, {
      flags: ['--snapshot'],
      during: async () => {
        await untilHeld(sides.source, sessions);
        await delay(300);
        ended = await endWorkers(sides.source);
      },
    });
    expect(ended).toBeGreaterThan(0);
    const isTakenAgain = engine === 'postgresql';
    expect(result.consistency).toBe(isTakenAgain ? 'snapshot' : 'mixed');
    if (isTakenAgain) expect(total).toBe(TOTAL);
    expect(result.totals).toMatchObject({ changed: 2 * ROWS, missing: 0, extra: 0 });
  });

  it.runIf(engine !== 'postgresql')('names tables that no snapshot holds', async () => {
    for (const { run } of [sides.source, sides.target]) {
      await run('CREATE TABLE notes (id INT PRIMARY KEY) ENGINE=MyISAM');
      await run('INSERT INTO notes VALUES (1), (2)');
    }
    const { result } = await verifyTransfers(sides, { flags: ['--snapshot'], tables: 'notes' });
    expect(result).toMatchObject({ verdict: 'verified', consistency: 'mixed' });
    const [table] = result.tables;
    expect(table?.findings).toMatchObject([
      { code: 'no-snapshot', about: { side: 'source', detail: expect.stringContaining('MyISAM') } },
      { code: 'no-snapshot', about: { side: 'target' } },
    ]);
  });

  it.runIf(engine === 'mariadb').each(['tables'])(
    'is read as of one instant by all workers behind a lock of %s, where only that does it',
    async (scope) => {
      const source = await asNarrowAccount(sides.source);
      transfers.state.longestMs = 0;
      const run = await verifyTransfers(
        { ...sides, source },
        { flags: ['--snapshot', '--snapshot-lock', scope] },
      );
      expect(run.total).toBe(TOTAL);
      expect(run.result).toMatchObject({ consistency: 'snapshot' });
      const { sessions: held, lock } = run.result.snapshot?.source ?? {};
      expect(held).toBe(2);
      expect(lock).toMatchObject({ scope, refusal: null });
      expect(lock?.heldMs).toBeLessThan(1000);
      expect(transfers.state.longestMs).toBeLessThan(2000);
      const codes = run.result.findings.map(({ code }) => code);
      expect(codes).toContain('snapshot-lock');
    },
  );

  it.runIf(engine === 'mariadb')('is not locked while a statement of somebody else takes long', async () => {
    const source = await asNarrowAccount(sides.source);
    const busy = await keepBusy(sides.source, 1);
    await delay(1500);
    transfers.state.longestMs = 0;
    const { result } = await verifyTransfers(
      { ...sides, source },
      { flags: ['--snapshot', '--snapshot-lock', 'global'], tables: 'giving' },
    );
    expect(result.snapshot?.source).toMatchObject({
      sessions: 1,
      lock: { heldMs: 0, refusal: 'a statement has run for longer than a second' },
    });
    expect(transfers.state.longestMs).toBeLessThan(1000);
    await busy.end();
  });

  it.runIf(engine === 'mariadb')('leaves no session behind where it is stopped', async () => {
    let stoppedMs = 0;
    const { result } = await verifyTransfers(sides, {
      flags: ['--snapshot'],
      during: async ({ child, result: ended }) => {
        await untilHeld(sides.source, sessions);
        child.kill('SIGINT');
        stoppedMs = await timeOf(async () => void (await ended));
      },
    });
    expect(result).toMatchObject({ interrupted: true });
    expect(stoppedMs).toBeLessThan(5000);
    expect(await findWorkers(sides.source)).toEqual([]);
  });

  it.runIf(engine === 'postgresql')('is not held for longer than it may', async () => {
    const { result } = await verifyTransfers(sides, { flags: ['--snapshot', '--max-snapshot-age', '1s'] });
    expect(result).toMatchObject({ consistency: 'mixed', snapshot: { source: { endedBy: 'age' } } });
    expect(result.totals).toMatchObject({ changed: 2 * ROWS });
  });

  it.runIf(engine !== 'mariadb')(
    'holds nobody up for longer than two seconds with a statement that reads a whole table',
    async () => {
      for (const { run } of [sides.source, sides.target]) {
        await run('CREATE TABLE bag (value INT)');
        const rows = Array.from({ length: 3000 }, (_, value) => `(${value})`);
        await run(`INSERT INTO bag VALUES ${rows.join(', ')}`);
      }
      let waitedMs = 0;
      const { result } = await verifyTransfers(sides, {
        flags: ['--snapshot'],
        tables: 'bag',
        rowsPerSecond: 1500,
        during: async () => {
          await untilHeld(sides.source, sessions);
          await delay(300);
          const lock =
            engine === 'postgresql'
              ? 'BEGIN; LOCK TABLE bag; COMMIT'
              : 'LOCK TABLES bag WRITE; UNLOCK TABLES';
          // Until it meets the statement that reads the table.
          for (let tries = 0; waitedMs < 100 && tries < 10; tries++) {
            waitedMs = await timeOf(() => sides.source.run(lock));
            await delay(100);
          }
        },
      });
      expect(waitedMs).toBeLessThan(2500);
      expect(result).toMatchObject({ verdict: 'verified', consistency: 'mixed' });
      expect(result.snapshot?.source.endedBy).toBe('waiter');
    },
  );
});

describe('a standby of PostgreSQL', () => {
  let pair: ReplicationPair;
  beforeAll(async () => {
    pair = await startPostgresqlStandby();
    await pair.onSource.run(HOT_TABLE);
    await addCalmRows(pair);
  }, 60_000);
  afterAll(() => pair?.stop());

  it('is read as of one instant by all workers', async () => {
    const run = await verifyBesideWriters(pair, { flags: ['--snapshot'] });
    expectHealthy(run);
    expect(run.result.snapshot).toMatchObject({ target: { sessions: 2, endedBy: null, isSeen: true } });
    expect(run.result.snapshot?.target.mostUnreplayedBytes).toBeGreaterThanOrEqual(0);
    expect(run.result.consistency).toBe('snapshot');
  });

  it('keeps nothing for a snapshot while it has to come up to its source', async () => {
    await pair.onSource.run(`DROP TABLE hot; ${HOT_TABLE.replace('PRIMARY KEY', '')}`);
    await addCalmRows(pair);
    await pair.delay(500);
    const run = await verifyBesideWriters(pair, { flags: ['--snapshot'] });
    expectHealthy(run);
    expect(run.result).toMatchObject({ consistency: 'mixed', snapshot: { target: { endedBy: 'fence' } } });
  });
});

/** Waits until workers hold a snapshot. MariaDB renews its list of transactions only where nobody asked for it just before. */
async function untilHeld(database: TestDatabase, sessions: number): Promise<void> {
  await expect
    .poll(async () => (await findWorkers(database)).length, { timeout: 10_000, interval: 200 })
    .toBeGreaterThanOrEqual(sessions);
}

/** Waits until a worker has a lock on a table, which it keeps. */
async function untilLocked({ run }: TestDatabase): Promise<void> {
  const isFree = (): Promise<boolean> =>
    run('LOCK TABLES giving WRITE NOWAIT; UNLOCK TABLES').then(
      () => true,
      () => false,
    );
  await delay(100);
  await expect.poll(isFree, { timeout: 10_000, interval: 100 }).toBe(false);
}

async function findWorkers({ engine, name, query }: TestDatabase): Promise<string[]> {
  const rows = await query(
    engine === 'postgresql'
      ? `SELECT pid FROM pg_stat_activity WHERE datname = '${name}' AND state IN ('active', 'idle in transaction')
           AND query NOT LIKE '%pg_export_snapshot%' AND pid <> pg_backend_pid()
           AND backend_xmin IS NOT NULL AND query NOT LIKE '%UPDATE%'`
      : `SELECT t.trx_mysql_thread_id FROM information_schema.innodb_trx t JOIN information_schema.processlist p
           ON p.id = t.trx_mysql_thread_id WHERE p.db = '${name}' AND t.trx_is_read_only = 1
           AND t.trx_isolation_level = 'REPEATABLE READ'`,
  );
  return rows.map(([id]) => id ?? '');
}

async function endWorkers(database: TestDatabase): Promise<number> {
  const found = await findWorkers(database);
  for (const id of found) {
    if (database.engine === 'postgresql') await database.query(`SELECT pg_terminate_backend(${id})`);
    else await database.run(`KILL ${id}`);
  }
  return found.length;
}

/** The same database for an account that may not see what the binary log holds, but may lock writers out. */
async function asNarrowAccount(database: TestDatabase): Promise<TestDatabase> {
  const url = new URL(database.url);
  url.username = 'narrow';
  await database.run(`CREATE OR REPLACE USER narrow@'127.0.0.1' IDENTIFIED BY 'verify';
    GRANT SELECT, PROCESS, RELOAD, LOCK TABLES ON *.* TO narrow@'127.0.0.1'`);
  return { ...database, url: url.href };
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
