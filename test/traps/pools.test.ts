import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare, tableResult } from '../app/compare.js';
import { apply, changedFile, dump, repairFile } from '../apply/applied.js';
import { availableEngines, type TestDatabase, useDatabase } from '../support/database.js';
import { type Pool, startPgbouncer } from '../support/pgbouncer.js';
import { useOwnServer } from '../support/private-server.js';
import { openTcpProxy, type Tap } from '../support/tcp-proxy.js';
import { processList, slowCondition, waitForSlowRead } from './slow-reads.js';
import { fillTable } from './type-words.js';

const ROWS = 3000;
/** As many as the pool has to a server, all of them at once. */
const CONNECTIONS = 3;

describe('a run through a pool in transaction mode', () => {
  const source = useOwnServer('postgresql');
  const target = useDatabase('postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-pool-'));
  let pool: Pool;
  let targetPool: Pool;
  const pooled = (): { source: { url: string }; target: { url: string } } => ({
    source: { url: pool.urlFor(source.url) },
    target: { url: targetPool.urlFor(target.url) },
  });

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    for (const database of [source, target]) {
      await database.run(
        'CREATE TABLE word (id int PRIMARY KEY, word varchar(20)); CREATE TABLE bag (n int)',
      );
      await fillTable(database as TestDatabase, { table: 'word', count: ROWS, select: "n, 'word'" });
      await fillTable(database as TestDatabase, { table: 'bag', count: ROWS, select: 'n' });
    }
    await target.run("UPDATE word SET word = 'other' WHERE id = 7");
    const folders = ['source', 'target'].map((name) => mkdtempSync(join(folder, name)));
    for (const each of folders) chmodSync(each, 0o755);
    [pool, targetPool] = (await Promise.all([
      startPgbouncer(folders[0] ?? '', source.url),
      startPgbouncer(folders[1] ?? '', target.url),
    ])) as [Pool, Pool];
    await expectUntouched();
  }, 300_000);
  afterAll(async () => {
    await pool?.stop();
    await targetPool?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** All connections of the pool are as the application had them, and it can write on each. */
  async function expectUntouched(): Promise<void> {
    const { url } = pooled().source;
    const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client({ connectionString: url }));
    await Promise.all(clients.map((client) => client.connect()));
    // A transaction that stays open holds its connection, so that each of the clients has another one.
    const ids = new Set<number>();
    for (const client of clients) {
      await client.query('BEGIN; SELECT pg_advisory_xact_lock_shared(1)');
      const { rows } = await client.query(
        "SELECT name, setting, reset_val FROM pg_settings WHERE source = 'session' AND setting IS DISTINCT FROM reset_val",
      );
      expect(rows.filter(({ name }) => !/^transaction_|^application_name$/.test(name))).toEqual([]);
      await client.query("UPDATE word SET word = 'word' WHERE id = -1");
      const [row] = (await client.query('SELECT pg_backend_pid() AS pid')).rows;
      ids.add(row.pid);
    }
    expect(ids.size).toBe(CONNECTIONS);
    for (const client of clients) {
      await client.query('COMMIT');
      await client.end();
    }
  }

  it('finds what differs, and leaves every connection of the pool as it was', async () => {
    const run = await compare(pooled());
    expect(tableResult(run, 'word')).toMatchObject({
      verdict: 'different',
      changed: 1,
      missing: 0,
      extra: 0,
    });
    expect(tableResult(run, 'bag')).toMatchObject({ verdict: 'verified', sourceRows: ROWS });
    await expectUntouched();
  });

  it('leaves them so after checksums and counts', async () => {
    await compare({ ...pooled(), flags: { 'checksum-on': 'server' } });
    await compare({ ...pooled(), flags: { mode: 'count' } });
    await expectUntouched();
  });

  it('undoes what a function in the condition of the user sets', async () => {
    const where = "word:set_config('statement_timeout', '1ms', false) IS NOT NULL";
    await compare({ ...pooled(), flags: { tables: 'word', where } });
    await expectUntouched();
  });

  it('applies a repair and takes it back', async () => {
    const { source: target } = pooled();
    const before = await dump(source as TestDatabase, ['word']);
    const file = await repairFile({ source: pooled().target, target });
    const { result } = await apply(target, file);
    expect(result).toMatchObject({ applied: 1, refused: 0, differing: 0 });
    await expectUntouched();
    const undone = await apply(target, result.undoPath ?? '');
    expect(undone.result).toMatchObject({ applied: 1, differing: 0 });
    expect(await dump(source as TestDatabase, ['word'])).toEqual(before);
    await expectUntouched();
  });

  it('cancels its statements when it is stopped, and nobody else', async () => {
    const stop = new AbortController();
    const running = compare({
      ...pooled(),
      flags: { where: `word:${slowCondition('postgresql', 0.01)}`, tables: 'word' },
      signal: stop.signal,
    });
    await waitForSlowRead(source as TestDatabase);
    const stranger = new pg.Client({ connectionString: pooled().source.url });
    await stranger.connect();
    const waiting = stranger.query('SELECT pg_sleep(4)');
    await delay(200);
    stop.abort();
    const { result } = await running;
    expect(result.verdict).toBe('unverified');
    await expect
      .poll(() =>
        source.query(
          "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '/*NO LOAD BALANCE*/ SELECT%FROM%pg\\_sleep%' AND state = 'active' AND pid <> pg_backend_pid()",
        ),
      )
      .toEqual([['0']]);
    await expect(waiting).resolves.toBeDefined();
    await stranger.end();
    await expectUntouched();
  });
});

describe.each(availableEngines().filter((engine) => engine !== 'postgresql'))(
  'a connection to %s that a proxy gives to the next client',
  (engine) => {
    const isThere = process.env.ROWPROOF_TEST_MYSQL_URL !== undefined || engine === 'mariadb';
    const database = useDatabase(isThere ? engine : 'mariadb');
    const target = useDatabase('postgresql');
    const SCHEMA = engine === 'mysql' ? 'performance_schema' : 'information_schema';

    /** Where a client says goodbye, has its session write down its own variables first. */
    function tapGoodbyes(): Tap {
      // Between the command and its text MySQL wants to know that there are no attributes.
      const command = engine === 'mysql' ? '\x03\x00\x01' : '\x03';
      const statement = Buffer.from(
        `${command}INSERT INTO noted SELECT * FROM ${SCHEMA}.session_variables WHERE variable_name NOT IN
       ('timestamp', 'rand_seed1', 'rand_seed2', 'statement_id', 'pseudo_thread_id', 'error_count', 'warning_count', 'last_gtid')
       UNION ALL SELECT '@rowproof_sees_all', IF(@rowproof_sees_all IS NULL, 'forgotten', 'kept')`,
      );
      const header = Buffer.alloc(4);
      header.writeUIntLE(statement.length, 0, 3);
      const goodbye = Buffer.from([1, 0, 0, 0, 1]);
      return (bytes) => (bytes.equals(goodbye) ? Buffer.concat([header, statement, goodbye]) : bytes);
    }

    beforeAll(async () => {
      for (const each of [database, target]) await each.run('CREATE TABLE word (id int PRIMARY KEY)');
      await database.run(
        'INSERT INTO word VALUES (1); CREATE TABLE noted (variable_name varchar(100), variable_value varchar(4000))',
      );
      await target.run('INSERT INTO word VALUES (1)');
    });

    /** Waits until all sessions said goodbye, and compares what they wrote down with what sessions begin with. */
    async function expectAsBefore(least: number): Promise<void> {
      await expect
        .poll(() =>
          database.query(
            `SELECT count(*) FROM ${processList(engine)} WHERE db = '${database.name}' AND id <> CONNECTION_ID()`,
          ),
        )
        .toEqual([['0']]);
      const sessions = await database.query("SELECT count(*) FROM noted WHERE variable_name = 'sql_mode'");
      expect(Number(sessions[0]?.[0])).toBeGreaterThanOrEqual(least);
      const changed = await database.query(
        `SELECT DISTINCT n.variable_name, n.variable_value, g.variable_value
       FROM noted n JOIN ${SCHEMA}.global_variables g ON LOWER(g.variable_name) = LOWER(n.variable_name)
       WHERE REPLACE(n.variable_value, 'IGNORE_SPACE,', '') <> g.variable_value AND LOWER(n.variable_name) NOT IN
         ('character_set_client', 'character_set_connection', 'character_set_results', 'collation_connection',
          'character_set_database', 'collation_database', 'sql_auto_is_null')`,
      );
      expect(changed).toEqual([]);
      const charsets = await database.query(
        "SELECT DISTINCT variable_value FROM noted WHERE LOWER(variable_name) IN ('character_set_client', 'character_set_results')",
      );
      expect(charsets).toEqual([['utf8mb4']]);
      const own = await database.query(
        "SELECT DISTINCT variable_value FROM noted WHERE variable_name LIKE '@%'",
      );
      expect(own).toEqual([['forgotten']]);
      await database.run('DELETE FROM noted');
    }

    // A flag of the login adds IGNORE_SPACE to the modes, whatever a session does later.
    it('has all variables as before, and can write', async () => {
      const proxy = await openTcpProxy(() => database.url, tapGoodbyes);
      const plain = new URL(proxy.urlFor(database.url));
      plain.searchParams.set('ssl-mode', 'DISABLED');
      const run = await compare({ source: { url: plain.href }, target, flags: { tables: 'word' } });
      await expectAsBefore(2);
      await proxy.close();
      expect(run.result.verdict).toBe('verified');
    });

    it('has them so, and no variable of ours, once a repair was applied', async () => {
      const proxy = await openTcpProxy(() => database.url, tapGoodbyes);
      const plain = new URL(proxy.urlFor(database.url));
      plain.searchParams.set('ssl-mode', 'DISABLED');
      await database.run('DELETE FROM word');
      const file = await repairFile({ source: target, target: { url: plain.href } }, ['--tables', 'word']);
      await expectAsBefore(1);
      const asking = changedFile(file, (text) =>
        text.replace('SET NAMES utf8mb4;', 'SET NAMES utf8mb4;\nSET @rowproof_sees_all = 0;'),
      );
      const { result } = await apply({ url: plain.href }, asking);
      expect(result).toMatchObject({ applied: 1, refused: 0, differing: 0 });
      await expectAsBefore(2);
      await proxy.close();
    });

    it('refuses in a sentence to apply through a proxy that takes one statement at a time, and changes nothing', async () => {
      await database.run('DELETE FROM word');
      const file = await repairFile({ source: target, target: database }, ['--tables', 'word']);
      // The third byte of what a client says that it can do, behind the header of its first packet.
      const [place, severalStatements] = [6, 1];
      const proxy = await openTcpProxy(
        () => database.url,
        () => {
          let isLogin = true;
          return (bytes) => {
            if (isLogin) bytes.writeUInt8(bytes.readUInt8(place) & ~severalStatements, place);
            isLogin = false;
            return bytes;
          };
        },
      );
      const plain = new URL(proxy.urlFor(database.url));
      plain.searchParams.set('ssl-mode', 'DISABLED');
      await expect(
        apply({ url: plain.href }, file, { otherTarget: true }).finally(() => proxy.close()),
      ).rejects.toMatchObject({
        code: 'session-state',
        message: 'The target does not take several statements in one message.',
      });
      expect(await database.query('SELECT count(*) FROM word')).toEqual([['0']]);
    });
  },
);
