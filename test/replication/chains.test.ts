import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestSession } from '../support/database.js';
import { mysqlAdmin } from '../support/mysql-admin.js';
import { postgresqlAdmin } from '../support/postgresql-admin.js';
import { type PrivateServer, startPrivateMariadb } from '../support/private-mariadb.js';
import { startPrivateStandby } from '../support/private-postgres.js';
import { startMariadbReplica } from '../support/replication/mysql-replica.js';
import { DATABASE, type ReplicationPair, shopUrl, waitUntil } from '../support/replication/pair.js';
import { startPostgresqlStandby } from '../support/replication/postgresql-replica.js';
import { fenceOf, openFenceSides } from './fence-sides.js';

const START_TIMEOUT_MS = 300_000;
const TABLE = 'CREATE TABLE kept (id INT PRIMARY KEY)';

/** A third server beside a pair. */
interface Third {
  readonly url: string;
  readonly session: TestSession;
  readonly stop: () => Promise<void>;
}

async function startThird(
  start: (parent: string) => Promise<PrivateServer>,
  open: (url: string) => Promise<TestSession>,
): Promise<Third> {
  const parent = mkdtempSync(join(tmpdir(), 'rowproof-third-'));
  chmodSync(parent, 0o755);
  const server = await start(parent);
  const session = await open(server.url);
  return {
    url: shopUrl(server.url),
    session,
    stop: async () => {
      await session.close();
      await server.stop();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

const hasRow = (session: TestSession, id: number) =>
  session.query(`SELECT id FROM kept WHERE id = ${id}`).then(
    (rows) => rows.length === 1,
    () => false,
  );

/** Checks that a position is not reached before its row is there, and that it is then. */
async function proves(
  urls: { source: string; target: string },
  { write, read, stop, go }: Record<'write' | 'read' | 'stop' | 'go', () => Promise<unknown>>,
): Promise<string> {
  const sides = await openFenceSides(urls);
  try {
    const fence = fenceOf((await sides.choose('kept'))[0]);
    await stop();
    await write();
    const position = (await sides.position(fence)) ?? '';
    expect(await sides.isReached(fence, position, 1200)).toBe(false);
    await go();
    expect(await sides.isReached(fence, position)).toBe(true);
    expect(await read()).toBe(true);
    return fence.way;
  } finally {
    await sides.close();
  }
}

describe('three MariaDB', () => {
  let pair: ReplicationPair;
  let third: Third;
  const follow = (port: string, name: string) =>
    `CHANGE MASTER '${name}' TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${port}, MASTER_USER = 'verify',
       MASTER_PASSWORD = 'verify', MASTER_USE_GTID = slave_pos; START SLAVE '${name}'`;
  beforeAll(async () => {
    pair = await startMariadbReplica({ targetArgs: ['--log-slave-updates', '--gtid-strict-mode=ON'] });
    await pair.onSource.run(TABLE);
    await waitUntil('the table is there', async () => {
      await pair.onSource.run('REPLACE INTO kept VALUES (1)');
      return hasRow(pair.onTarget, 1);
    });
    third = await startThird(
      (parent) => startPrivateMariadb(parent, ['--server-id=103', '--log-bin=binlog', '--sync-binlog=0']),
      (url) => mysqlAdmin(url).openSession(url),
    );
    await third.session.run(`RESET MASTER; CREATE DATABASE ${DATABASE}; SET sql_log_bin = 0; RESET MASTER`);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await third?.stop();
    await pair?.stop();
  });

  it('in a chain have a fence from the middle to the end, and none past the middle', async () => {
    await third.session.run(`DROP DATABASE ${DATABASE}; ${follow(new URL(pair.target).port, 'middle')}`);
    await waitUntil(
      'the third has the database',
      async () => (await third.session.query(`SHOW DATABASES LIKE '${DATABASE}'`)).length > 0,
    );
    await third.session.run(`USE ${DATABASE}`);
    await waitUntil('the third has the row', () => hasRow(third.session, 1));
    const way = await proves(
      { source: pair.target, target: third.url },
      {
        stop: () => third.session.run("STOP SLAVE 'middle' SQL_THREAD"),
        write: async () => {
          await pair.onSource.run('INSERT INTO kept VALUES (2)');
          await waitUntil('the middle has the row', () => hasRow(pair.onTarget, 2));
        },
        go: () => third.session.run("START SLAVE 'middle' SQL_THREAD"),
        read: () => hasRow(third.session, 2),
      },
    );
    expect(way).toBe('gtid');
    const sides = await openFenceSides({ source: pair.source, target: third.url });
    expect(await sides.choose('kept')).toMatchObject([
      { kind: 'none', reason: 'the target is not a replica of the source' },
    ]);
    await sides.close();
  });

  it('of which one follows two others have a fence by the binary log of each', async () => {
    await third.session.run(
      "STOP SLAVE 'middle'; SET GLOBAL gtid_ignore_duplicates = ON; START SLAVE 'middle'",
    );
    await third.session.run(follow(new URL(pair.source).port, 'first'));
    const way = await proves(
      { source: pair.source, target: third.url },
      {
        stop: () => third.session.run('STOP ALL SLAVES'),
        write: () => pair.onSource.run('INSERT INTO kept VALUES (3)'),
        go: () => third.session.run('START ALL SLAVES'),
        read: () => hasRow(third.session, 3),
      },
    );
    expect(way).toBe('binlog');
    await third.session.run("STOP SLAVE 'first'; RESET SLAVE 'first' ALL");
  });

  it('have none where the middle does not log what it applies', async () => {
    // The third applies what the middle sends and logs nothing of it.
    const sides = await openFenceSides({ source: third.url, target: pair.target });
    await pair.onTarget.run(
      `STOP SLAVE; CHANGE MASTER 'third' TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${new URL(third.url).port},
         MASTER_USER = 'verify', MASTER_PASSWORD = 'verify', MASTER_USE_GTID = slave_pos; START SLAVE 'third'`,
    );
    await waitUntil('it is connected', async () =>
      (await pair.onTarget.query('SHOW ALL SLAVES STATUS')).some((row) => row.includes('103')),
    );
    expect(await sides.choose('kept')).toMatchObject([
      { kind: 'none', reason: expect.stringContaining('does not log what it applies') },
    ]);
    await sides.close();
  });
});

describe('three PostgreSQL', () => {
  let pair: ReplicationPair;
  let third: Third;
  beforeAll(async () => {
    // A copy of a standby is only made where whole pages are logged.
    pair = await startPostgresqlStandby({ sourceArgs: ['-c', 'full_page_writes=on'] });
    await pair.onSource.run('CHECKPOINT');
    await pair.onSource.run(TABLE);
    await pair.onSource.run('INSERT INTO kept VALUES (1)');
    await waitUntil('the standby has the row', () => hasRow(pair.onTarget, 1));
    const { port } = new URL(pair.target);
    third = await startThird(
      (parent) => startPrivateStandby(parent, `postgres://verify:verify@127.0.0.1:${port}/postgres`),
      (url) => postgresqlAdmin(url).openSession(shopUrl(url)),
    );
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await third?.stop();
    await pair?.stop();
  });

  it('in a chain have a fence from each to each that follows it', async () => {
    for (const [i, source] of [pair.target, pair.source].entries()) {
      const id = 10 + i;
      const way = await proves(
        { source, target: third.url },
        {
          stop: () => third.session.query('SELECT pg_wal_replay_pause()'),
          write: async () => {
            await pair.onSource.run(`INSERT INTO kept VALUES (${id})`);
            await waitUntil('the middle has the row', () => hasRow(pair.onTarget, id));
          },
          go: () => third.session.query('SELECT pg_wal_replay_resume()'),
          read: () => hasRow(third.session, id),
        },
      );
      expect(way).toBe('standby');
    }
  });
});
