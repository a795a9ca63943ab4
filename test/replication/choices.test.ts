import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { urlOfDatabase } from '../support/database.js';
import {
  startMariadbReplica,
  startMysql56Replica,
  startMysqlReplica,
} from '../support/replication/mysql-replica.js';
import { type ReplicationPair, waitUntil } from '../support/replication/pair.js';
import {
  SUBSCRIPTION,
  startPostgresqlStandby,
  startPostgresqlSubscriber,
} from '../support/replication/postgresql-replica.js';
import { fenceOf, openFenceSides } from './fence-sides.js';

const START_TIMEOUT_MS = 300_000;

/** The choices for some tables, with sessions that live as long as the question. */
async function choose(urls: { source: string; target: string }, ...names: readonly string[]) {
  const sides = await openFenceSides(urls);
  try {
    return await sides.choose(...names);
  } finally {
    await sides.close();
  }
}

function withAccount(url: string, name: string): string {
  const other = new URL(url);
  other.username = name;
  other.password = 'secret';
  return other.href;
}

const leftOut = (side: string, filter: string | RegExp) => ({
  kind: 'left-out',
  side,
  filter: typeof filter === 'string' ? filter : expect.stringMatching(filter),
});
const none = (reason: RegExp, grant: string | null = null) => ({
  kind: 'none',
  reason: expect.stringMatching(reason),
  grant,
});
const halted = (reason: RegExp) => ({ ...none(reason), isHalted: true });
const fence = (way: string) => ({ kind: 'fence', fence: expect.objectContaining({ way }) });

describe('a MariaDB with filters', () => {
  let pair: ReplicationPair;
  beforeAll(async () => {
    pair = await startMariadbReplica({
      sourceArgs: ['--binlog-ignore-db=unlogged'],
      targetArgs: ['--replicate-wild-ignore-table=shop.left%', '--replicate-ignore-db=ignored'],
    });
    await pair.onSource.run(
      `CREATE TABLE kept (id INT PRIMARY KEY); CREATE TABLE left_out (id INT PRIMARY KEY);
       CREATE DATABASE unlogged; CREATE DATABASE ignored;
       USE unlogged; CREATE TABLE t (id INT PRIMARY KEY); USE ignored; CREATE TABLE t (id INT PRIMARY KEY); USE shop`,
    );
    await pair.onTarget.run(
      `CREATE TABLE left_out (id INT PRIMARY KEY); CREATE DATABASE IF NOT EXISTS unlogged;
       CREATE DATABASE IF NOT EXISTS ignored;
       CREATE TABLE IF NOT EXISTS unlogged.t (id INT PRIMARY KEY);
       CREATE TABLE IF NOT EXISTS ignored.t (id INT PRIMARY KEY)`,
    );
    await waitUntil('the target has the table', () =>
      pair.onTarget.query('SELECT * FROM kept').then(
        () => true,
        () => false,
      ),
    );
  }, START_TIMEOUT_MS);
  afterAll(() => pair?.stop());
  const other = (database: string) => ({
    source: urlOfDatabase(pair.source, database),
    target: urlOfDatabase(pair.target, database),
  });

  it('has a fence for the tables that are replicated, and says what leaves the others out', async () => {
    expect(await choose(pair, 'kept', 'left_out')).toEqual([
      fence('gtid'),
      leftOut('target', 'replicate_wild_ignore_table=shop.left%'),
    ]);
    expect(await choose(other('ignored'), 't')).toEqual([leftOut('target', 'replicate_ignore_db=ignored')]);
    expect(await choose(other('unlogged'), 't')).toEqual([leftOut('source', 'binlog_ignore_db=unlogged')]);
  });

  it('has none the other way round', async () => {
    const reversed = { source: pair.target, target: pair.source };
    expect(await choose(reversed, 'kept')).toEqual([none(/is not a replica of the source/)]);
  });

  it('names the grants that an account lacks, one after the other', async () => {
    await pair.onSource.run(
      "CREATE USER 'reader'@'%' IDENTIFIED BY 'secret'; GRANT SELECT ON shop.* TO 'reader'@'%'",
    );
    const urls = { source: withAccount(pair.source, 'reader'), target: withAccount(pair.target, 'reader') };
    await waitUntil(
      'the account is on the target',
      async () => (await pair.onTarget.query("SELECT 1 FROM mysql.user WHERE user = 'reader'")).length > 0,
    );
    const onTarget = "GRANT SLAVE MONITOR ON *.* TO 'reader'@'%'";
    const onSource = "GRANT BINLOG MONITOR ON *.* TO 'reader'@'%'";
    expect(await choose(urls, 'kept')).toEqual([none(/what the target follows cannot be seen/, onTarget)]);
    await pair.onTarget.run(onTarget);
    expect(await choose(urls, 'kept')).toEqual([
      none(/leaves out of its binary log cannot be seen/, onSource),
    ]);
    await pair.onSource.run(onSource);
    expect(await choose(urls, 'kept')).toEqual([fence('gtid')]);
  });

  it('goes by the binary log where sequence numbers may lie', async () => {
    // As on a server that was a replica once, and has a history of several servers.
    await pair.onSource.run("SET GLOBAL gtid_slave_pos = '7-7-7'");
    expect(await choose(pair, 'kept')).toEqual([fence('binlog')]);
    await pair.onSource.run('SET GLOBAL gtid_strict_mode = ON');
    expect(await choose(pair, 'kept')).toEqual([fence('gtid')]);
    await pair.onSource.run("SET GLOBAL gtid_strict_mode = OFF; SET GLOBAL gtid_slave_pos = ''");
  });

  it('is asked for servers that it leaves out, and for schemas that it renames', async () => {
    const change = (how: string) => pair.onTarget.run(`STOP SLAVE; ${how}; START SLAVE`);
    await change('CHANGE MASTER TO IGNORE_SERVER_IDS = (101)');
    expect(await choose(pair, 'kept')).toEqual([leftOut('target', 'IGNORE_SERVER_IDS=(101)')]);
    await change("CHANGE MASTER TO IGNORE_SERVER_IDS = (); SET GLOBAL replicate_rewrite_db = 'shop->store'");
    expect(await choose(pair, 'kept')).toEqual([none(/replication writes store\.kept, not shop\.kept/)]);
    await change("SET GLOBAL replicate_rewrite_db = ''");
    expect(await choose(pair, 'kept')).toEqual([fence('gtid')]);
  });

  it('is no replica of a server that was reset', async () => {
    await pair.pause();
    await pair.onSource.run('RESET MASTER; INSERT INTO kept VALUES (99)');
    expect(await choose(pair, 'kept')).toEqual([none(/taken in more than the source has written/)]);
  });
});

const MYSQL = [
  { name: 'mysql-9', start: startMysqlReplica },
  { name: 'mysql-5.6', start: startMysql56Replica },
].filter(({ name }) => new RegExp(`\\b(${name}|all)\\b`).test(process.env.ROWPROOF_TEST_SERVERS ?? ''));

describe.each(MYSQL)('a replica of $name', ({ start }) => {
  let pair: ReplicationPair;
  beforeAll(async () => {
    pair = await start({ targetArgs: ['--replicate-do-table=shop.kept'] });
    await pair.onSource.run(
      'CREATE TABLE kept (id INT PRIMARY KEY); CREATE TABLE left_out (id INT PRIMARY KEY)',
    );
    await waitUntil('the target has the table', () => hasTable(pair));
    await pair.onTarget.run('CREATE TABLE left_out (id INT PRIMARY KEY)');
    for (const side of [pair.onSource, pair.onTarget])
      await side.run(
        "CREATE USER 'reader'@'%' IDENTIFIED BY 'secret'; GRANT SELECT ON shop.* TO 'reader'@'%'",
      );
  }, START_TIMEOUT_MS);
  afterAll(() => pair?.stop());

  it('names the grants that an account lacks, and the filter', async () => {
    const urls = { source: withAccount(pair.source, 'reader'), target: withAccount(pair.target, 'reader') };
    const grant = "GRANT REPLICATION CLIENT ON *.* TO 'reader'@'%'";
    expect(await choose(urls, 'kept')).toEqual([none(/what the target follows cannot be seen/, grant)]);
    await pair.onTarget.run(grant);
    expect(await choose(urls, 'kept')).toEqual([none(/leaves out of its binary log cannot be seen/, grant)]);
    await pair.onSource.run(grant);
    expect(await choose(urls, 'kept', 'left_out')).toEqual([
      fence('gtid'),
      leftOut('target', 'replicate_do_table=shop.kept'),
    ]);
  });

  it('has no fence once the log of the source was reset', async () => {
    const sides = await openFenceSides(pair);
    const fence = fenceOf((await sides.choose('kept'))[0]);
    expect(await sides.position(fence)).not.toBeNull();
    await resetLog(pair);
    await pair.onSource.run('INSERT INTO kept VALUES (1)');
    expect(await sides.position(fence)).toBeNull();
    await sides.close();
  });
});

async function resetLog({ onSource }: ReplicationPair): Promise<void> {
  await onSource.run('RESET BINARY LOGS AND GTIDS').catch(() => onSource.run('RESET MASTER'));
}

function hasTable({ onTarget }: ReplicationPair): Promise<boolean> {
  return onTarget.query('SELECT * FROM kept').then(
    () => true,
    () => false,
  );
}

describe('servers that have nothing to do with each other', () => {
  const pairs: ReplicationPair[] = [];
  const table = 'CREATE TABLE kept (id INT PRIMARY KEY)';
  afterAll(() => Promise.all(pairs.map((pair) => pair.stop())));
  const start = async (starting: readonly Promise<ReplicationPair>[]): Promise<ReplicationPair[]> => {
    const started = await Promise.all(starting);
    pairs.push(...started);
    return started;
  };
  const crossed = ([one, other]: readonly ReplicationPair[]) => ({
    source: one?.source ?? '',
    target: other?.target ?? '',
  });
  const makeTables = async (started: readonly ReplicationPair[]): Promise<void> => {
    for (const { onSource, onTarget } of started) {
      await onSource.run(table);
      await waitUntil('the table is there', () =>
        onTarget.query('SELECT * FROM kept').then(
          () => true,
          () => false,
        ),
      );
    }
  };

  it('get no fence though both are MariaDB', async () => {
    const started = await start([
      startMariadbReplica(),
      startMariadbReplica({ sourceArgs: ['--server-id=201'] }),
    ]);
    await makeTables(started);
    expect(await choose(crossed(started), 'kept')).toEqual([none(/is not a replica of the source/)]);
  });

  it('get no fence though the target is the standby of another server', async () => {
    const started = await start([startPostgresqlStandby(), startPostgresqlStandby()]);
    await makeTables(started);
    expect(await choose(crossed(started), 'kept')).toEqual([none(/standby of another server/)]);
  });

  it('get no fence though slots and subscriptions have the same names', async () => {
    const tables = table;
    const started = await start([
      startPostgresqlSubscriber({ tables }),
      startPostgresqlSubscriber({ tables }),
    ]);
    const [one, other] = started;
    await one?.onSource.run('INSERT INTO kept SELECT generate_series(1, 5000)');
    await waitUntil('all is confirmed', async () => {
      const rows = await one?.onSource.query(
        'SELECT 1 FROM pg_replication_slots WHERE confirmed_flush_lsn < pg_current_wal_lsn()',
      );
      return rows?.length === 0;
    });
    expect(await choose(crossed(started), 'kept')).toEqual([none(/is that of another server/)]);
    expect(await choose(crossed([...started].reverse()), 'kept')).toEqual([
      none(/is that of another server/),
    ]);
    expect(other).toBeDefined();
  });
});

describe('a PostgreSQL subscriber', () => {
  let pair: ReplicationPair;
  const tables = `CREATE TABLE kept (id INT PRIMARY KEY, a INT, b INT); CREATE TABLE filtered (id INT PRIMARY KEY, a INT);
    CREATE TABLE narrow (id INT PRIMARY KEY, a INT, b INT); CREATE TABLE lonely (id INT PRIMARY KEY);
    CREATE UNLOGGED TABLE fast (id INT PRIMARY KEY); CREATE TABLE late (id INT PRIMARY KEY);
    CREATE TABLE parted (id INT PRIMARY KEY, a INT) PARTITION BY RANGE (id);
    CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
    CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (10) TO (20)`;
  beforeAll(async () => {
    pair = await startPostgresqlSubscriber({
      tables,
      publishes: 'FOR TABLE kept, filtered WHERE (a > 3), narrow (id, a), parted',
    });
  }, START_TIMEOUT_MS);
  afterAll(() => pair?.stop());

  it('has a fence for what is published whole, and says what leaves out the rest', async () => {
    expect(await choose(pair, 'kept', 'filtered', 'narrow', 'lonely', 'fast', 'parted')).toEqual([
      fence('subscription'),
      leftOut('source', /^WHERE \(a > 3\) of publication shop_publication$/),
      leftOut('source', 'column list (id, a) of publication shop_publication'),
      leftOut('source', 'not in publication shop_publication'),
      leftOut('source', 'UNLOGGED'),
      fence('subscription'),
    ]);
  });

  it('has none for a table that is not copied yet', async () => {
    await pair.onSource.run('ALTER PUBLICATION shop_publication ADD TABLE late');
    expect(await choose(pair, 'late')).toEqual([halted(/does not carry it yet/)]);
    // What is there already cannot be copied, so that the copy is tried again and again.
    await pair.onSource.run('INSERT INTO late VALUES (1)');
    await pair.onTarget.run('INSERT INTO late VALUES (1)');
    await pair.onTarget.run(`ALTER SUBSCRIPTION ${SUBSCRIPTION} REFRESH PUBLICATION`);
    expect(await choose(pair, 'late')).toEqual([halted(/is still copying it \(srsubstate [di]\)/)]);
    await pair.onTarget.run('DELETE FROM late');
    await waitUntil('the table is copied', async () => (await choose(pair, 'late'))[0]?.kind === 'fence');
  });

  it('has none for changes that are not published', async () => {
    await pair.onSource.run("ALTER PUBLICATION shop_publication SET (publish = 'insert, update')");
    expect(await choose(pair, 'kept')).toEqual([
      leftOut('source', "publish = 'insert, update' of publication shop_publication"),
    ]);
    await pair.onSource.run("ALTER PUBLICATION shop_publication SET (publish = 'insert, update, delete')");
  });

  it('needs no grant but SELECT', async () => {
    for (const side of [pair.onSource, pair.onTarget]) {
      await side.run(
        "CREATE ROLE reader LOGIN PASSWORD 'secret'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
      );
    }
    const urls = { source: withAccount(pair.source, 'reader'), target: withAccount(pair.target, 'reader') };
    expect(await choose(urls, 'kept')).toEqual([fence('subscription')]);
  });

  it('proves nothing by its number of looks where a commit may wait before it is visible', async () => {
    const setNames = (names: string) =>
      pair.onSource.run(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
    await setNames('nobody');
    try {
      await pair.onSource.query('SELECT pg_reload_conf()');
      await waitUntil('it is chosen so', async () => {
        const [choice] = await choose(pair, 'kept');
        return choice?.kind === 'fence' && choice.fence.order === 'table';
      });
    } finally {
      await setNames('');
      await pair.onSource.query('SELECT pg_reload_conf()');
    }
  });

  it('has none while its subscription is disabled', async () => {
    await pair.pause();
    expect(await choose(pair, 'kept')).toEqual([halted(/is disabled|nobody reads from slot/)]);
    await pair.go();
  });
});

describe('a PostgreSQL standby', () => {
  let pair: ReplicationPair;
  beforeAll(async () => {
    pair = await startPostgresqlStandby();
    await pair.onSource.run(
      `CREATE TABLE kept (id INT PRIMARY KEY); CREATE UNLOGGED TABLE fast (id INT PRIMARY KEY);
       CREATE ROLE reader LOGIN PASSWORD 'secret'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader`,
    );
    await waitUntil(
      'the target has the account',
      async () => (await pair.onTarget.query("SELECT 1 FROM pg_roles WHERE rolname = 'reader'")).length > 0,
    );
  }, START_TIMEOUT_MS);
  afterAll(() => pair?.stop());

  it('has a fence for all but what no log takes in, without a grant but SELECT', async () => {
    const urls = { source: withAccount(pair.source, 'reader'), target: withAccount(pair.target, 'reader') };
    expect(await choose(urls, 'kept', 'fast')).toEqual([fence('standby'), leftOut('source', 'UNLOGGED')]);
  });

  it('names the grant where an administrator has taken away who the cluster is', async () => {
    await pair.onSource.run('REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC');
    await waitUntil('the target knows', async () =>
      (await pair.onTarget.query("SELECT has_function_privilege('reader', 'pg_control_system()', 'EXECUTE')"))
        .flat()
        .includes('f'),
    );
    const urls = { source: withAccount(pair.source, 'reader'), target: withAccount(pair.target, 'reader') };
    const grant = 'GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO reader';
    expect(await choose(urls, 'kept')).toEqual([none(/cannot be seen/, grant)]);
    await pair.onSource.run(grant);
    await waitUntil('it is granted', async () => (await choose(urls, 'kept'))[0]?.kind === 'fence');
  });

  it('has none the other way round, nor once it was promoted', async () => {
    const reversed = { source: pair.target, target: pair.source };
    expect(await choose(reversed, 'kept')).toEqual([none(/no standby, and has no subscription/)]);
    await pair.onTarget.query('SELECT pg_promote()');
    expect(await choose(pair, 'kept')).toEqual([none(/no standby, and has no subscription/)]);
  });
});
