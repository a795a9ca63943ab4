import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { mysqlAdmin } from '../support/mysql-admin.js';
import { type PrivateServer, startPrivateMariadb } from '../support/private-mariadb.js';
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
];

describe.each(KINDS)('a $engine that is written to', ({ engine, start }) => {
  let server: PrivateServer | null;
  let parent: string;
  let sides: { readonly source: TestDatabase; readonly target: TestDatabase };
  let transfers: Awaited<ReturnType<typeof startTransfers>>;

  beforeAll(async () => {
    parent = mkdtempSync(join(tmpdir(), 'rowproof-snapshots-'));
    chmodSync(parent, 0o755);
    server = await start(parent);
    const [source, target] = [await openTestDatabase(engine, server?.url), await openTestDatabase(engine, server?.url)];
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
    expect(run.result.snapshot?.source).toMatchObject({ sessions: 2, endedBy: null, mostWaiting: 0, isSeen: true });
  });

  it('is not without a snapshot', async () => {
    const run = await verifyTransfers(sides, { flags: [] });
    expect(run.result.consistency).toBe('chunk');
    expect(run.total).not.toBe(TOTAL);
  });

  it('lets whoever alters a table through, and says that the rest was read without a snapshot', async () => {
    let waitedMs = 0;
    const run = await verifyTransfers(sides, {
      flags: ['--snapshot'],
      rowsPerSecond: 2000,
      during: async () => {
        await delay(2000);
        const startedMs = performance.now();
        await sides.source.run('ALTER TABLE giving ADD COLUMN note INT');
        waitedMs = performance.now() - startedMs;
        await sides.source.run('ALTER TABLE giving DROP COLUMN note');
      },
    });
    console.log(`${engine}: ALTER TABLE waited ${Math.round(waitedMs)} ms`, run.result.consistency, run.result.snapshot, run.result.findings, run.stderr);
    expect(waitedMs).toBeLessThan(3000);
  });
});
