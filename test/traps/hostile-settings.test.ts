import { beforeAll, describe, expect, it } from 'vitest';
import { processEnvironment } from '../../src/config/environment.js';
import type { SqlSession } from '../../src/engines/sql-session.js';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { apply, repairFile } from '../apply/applied.js';
import { expectRoundTrip } from '../repair/repair-round.js';
import type { TestDatabase } from '../support/database.js';
import { useOwnServer } from '../support/private-server.js';
import { sqlPartsFor } from '../support/sql-engine.js';
import { fillTable } from './type-words.js';

const ROWS = 2000;

async function openSession(url: string): Promise<SqlSession> {
  const address = new URL(url);
  const engine = sqlPartsFor(url);
  return engine.openSql(engine.resolveConnection(address, processEnvironment()));
}

/** The address of a server for an account that owns nothing. */
function urlFor(url: string, user: string): { url: string } {
  const address = new URL(url);
  address.username = user;
  address.password = 'reader';
  return { url: address.href };
}

const MODES = [
  'ANSI_QUOTES',
  'PIPES_AS_CONCAT',
  'NO_BACKSLASH_ESCAPES',
  'PAD_CHAR_TO_FULL_LENGTH',
  'HIGH_NOT_PRECEDENCE',
  'IGNORE_SPACE',
  'REAL_AS_FLOAT',
  'TIME_ROUND_FRACTIONAL',
  'NO_ZERO_IN_DATE',
  'NO_ZERO_DATE',
  'STRICT_ALL_TABLES',
  'EMPTY_STRING_IS_NULL',
  'SIMULTANEOUS_ASSIGNMENT',
  'NO_UNSIGNED_SUBTRACTION',
];

describe('a MariaDB whose settings hide or change rows', () => {
  const source = useOwnServer('mariadb');
  const target = useOwnServer('mariadb');
  const HOSTILE: Readonly<Record<string, string>> = {
    system_versioning_asof: "'2026-01-01 00:00:00'",
    sql_select_limit: '1',
    max_recursive_iterations: '1',
    group_concat_max_len: '4',
    div_precision_increment: '0',
    completion_type: "'CHAIN'",
    tx_isolation: "'SERIALIZABLE'",
    sql_mode: `'${MODES.join(',')}'`,
    old_mode: "'ZERO_DATE_TIME_CAST'",
    character_set_server: "'latin1'",
    character_set_client: "'latin1'",
    character_set_connection: "'latin1'",
    character_set_results: "'latin1'",
    collation_connection: "'latin1_general_cs'",
    explicit_defaults_for_timestamp: '0',
    big_tables: '1',
    sql_big_selects: '0',
    sql_safe_updates: '1',
    foreign_key_checks: '0',
    unique_checks: '0',
    sql_warnings: '1',
    autocommit: '0',
    optimizer_switch: "'mrr=on,index_merge_sort_intersection=on,derived_merge=off,materialization=off'",
    join_cache_level: '8',
    sql_auto_is_null: '1',
    max_join_size: '1',
    max_sort_length: '8',
    idle_transaction_timeout: '1',
    idle_readonly_transaction_timeout: '1',
    wait_timeout: '2',
    lock_wait_timeout: '1',
    max_statement_time: '1',
    lc_time_names: "'de_DE'",
    default_week_format: '3',
    time_zone: "'+07:00'",
    sql_buffer_result: '1',
    init_connect: "'SET sql_select_limit = 3'",
  };

  /** Values that settings would show, read or write as others. */
  const VALUES: Readonly<Record<string, string>> = {
    c: "'a'",
    word: "'it''s \\\\ \"é\" ☃'",
    t: "'-01:02:03.456789'",
    at: "'0000-00-00 00:00:00'",
    ts: "'2024-07-01 12:00:00.999999'",
    f: '0.1',
    r: '1e-300',
    s: "'x,z'",
  };

  beforeAll(async () => {
    for (const server of [source, target]) {
      await server.run(`SET SESSION sql_mode = ''; CREATE TABLE kinds (id int PRIMARY KEY, c char(5), word varchar(40), t time(6),
          at datetime, ts timestamp(6) NULL, f float, r double, s set('x','y','z'));
        INSERT INTO kinds SELECT seq, ${Object.values(VALUES).join(', ')} FROM seq_1_to_9; SET SESSION sql_mode = DEFAULT`);
      await server.run(`SET timestamp = UNIX_TIMESTAMP('2025-06-01 00:00:00');
        CREATE TABLE versioned (id int PRIMARY KEY, word varchar(20)) WITH SYSTEM VERSIONING;
        INSERT INTO versioned VALUES (1, 'one'), (2, 'two'); SET timestamp = DEFAULT`);
      await server.run('CREATE TABLE word (id int PRIMARY KEY, word varchar(20), n int)');
      await fillTable(server as TestDatabase, { table: 'word', count: ROWS, select: "n, 'word', n" });
      await server.run(`CREATE VIEW lists AS SELECT GROUP_CONCAT(n ORDER BY id) AS list FROM word WHERE id < 100;
        CREATE VIEW shares AS SELECT id, n / 7 AS share FROM word;
        CREATE VIEW deep AS WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r WHERE i < 50)
          SELECT i, (SELECT word FROM word WHERE id = i) AS word FROM r;
        CREATE USER reader IDENTIFIED BY 'reader'; GRANT SELECT ON shop.* TO reader`);
    }
    await target.run(`UPDATE versioned SET word = 'changed' WHERE id = 2;
      UPDATE word SET word = 'changed' WHERE id IN (40, 1999); UPDATE word SET n = n + 1 WHERE id = 50`);
    await target.run(`DELETE FROM kinds WHERE id = 1; INSERT INTO kinds (id, c, word) VALUES (20, '', '');
      ${Object.keys(VALUES)
        .map((name, i) => `UPDATE kinds SET ${name} = NULL WHERE id = ${i + 2}`)
        .join('; ')}`);
    for (const server of [source, target]) {
      for (const [name, value] of Object.entries(HOSTILE)) await server.run(`SET GLOBAL ${name} = ${value}`);
    }
  });

  it('is read as it is by an account without privileges', async () => {
    const run = await compare({
      source: urlFor(source.url, 'reader'),
      target: urlFor(target.url, 'reader'),
      flags: { tables: ['versioned', 'word', 'lists', 'shares', 'deep'], 'chunk-rows': '700' },
    });
    expect(listDifferences(run)).toEqual(
      expect.arrayContaining(['changed 2 word', 'changed 1999 word', 'changed 50 n']),
    );
    expect(tableResult(run, 'word')).toMatchObject({ sourceRows: ROWS, changed: 3 });
    expect(tableResult(run, 'versioned')).toMatchObject({ sourceRows: 2, changed: 1 });
    expect(tableResult(run, 'deep')).toMatchObject({ sourceRows: 50, verdict: 'different' });
    for (const view of ['lists', 'shares']) expect(tableResult(run, view).verdict).toBe('different');
  });

  it('is repaired and taken back value by value, by the client and by apply', async () => {
    const sides = { source: source as TestDatabase, target: target as TestDatabase };
    const before = await target.query('SELECT * FROM kinds ORDER BY id');
    const run = await compare({ ...sides, flags: { tables: 'kinds' } });
    expect(listDifferences(run)).toEqual([
      'missing 1',
      ...Object.keys(VALUES).map((name, i) => `changed ${i + 2} ${name}`),
      'extra 20',
    ]);
    const { paths, remove } = await expectRoundTrip(sides, {
      flags: ['--tables', 'kinds'],
      rawFlags: { tables: 'kinds' },
    });
    remove();
    expect(paths.repair).not.toBe('');
    const { result } = await apply(target, await repairFile(sides, ['--tables', 'kinds']));
    expect(result).toMatchObject({ applied: 10, verified: 10, differing: 0 });
    expect(await target.query('SELECT * FROM kinds ORDER BY id')).toEqual(
      await source.query('SELECT * FROM kinds ORDER BY id'),
    );
    await apply(target, result.undoPath ?? '');
    expect(await target.query('SELECT * FROM kinds ORDER BY id')).toEqual(before);
  });

  it('is left by a session with no transaction open', async () => {
    const session = await openSession(source.url);
    const reading = await session.query('SELECT @@in_transaction AS inside, COUNT(*) AS row_count FROM word');
    expect(reading).toEqual([{ inside: '1', row_count: String(ROWS) }]);
    const open = `SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = ${session.serverSessionId}`;
    await expect.poll(() => source.query(open)).toEqual([['0']]);
    await session.close();
  });
});

describe('a PostgreSQL whose settings hide or change rows', () => {
  const source = useOwnServer('postgresql');
  const target = useOwnServer('postgresql');
  const HOSTILE: Readonly<Record<string, string>> = {
    gin_fuzzy_search_limit: '5',
    array_nulls: 'off',
    transform_null_equals: 'on',
    bytea_output: 'escape',
    quote_all_identifiers: 'on',
    extra_float_digits: '-15',
    datestyle: "'SQL, DMY'",
    intervalstyle: "'sql_standard'",
    default_transaction_isolation: "'serializable'",
    default_transaction_read_only: 'on',
    default_transaction_deferrable: 'on',
    statement_timeout: "'2s'",
    lock_timeout: "'1s'",
    idle_in_transaction_session_timeout: "'1ms'",
    idle_session_timeout: "'500ms'",
    timezone: "'Asia/Kathmandu'",
    timezone_abbreviations: "'Australia'",
    xmloption: "'document'",
    xmlbinary: "'hex'",
    exit_on_error: 'on',
    row_security: 'on',
    standard_conforming_strings: 'off',
    backslash_quote: 'off',
  };

  beforeAll(async () => {
    for (const server of [source, target]) {
      await server.run(`CREATE TABLE word (id int PRIMARY KEY, tags int[], at timestamptz, f float8);
        INSERT INTO word SELECT n, ARRAY[n % 3, NULL], '2024-01-01 00:00:00+00', n / 3.0 FROM generate_series(1, ${ROWS}) AS n;
        CREATE INDEX ON word USING gin (tags); ANALYZE word;
        CREATE ROLE reader LOGIN PASSWORD 'reader'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
        GRANT USAGE ON SCHEMA public TO reader`);
    }
    await target.run('UPDATE word SET f = f + 1e-9 WHERE id IN (6, 999)');
    for (const server of [source, target]) {
      for (const [name, value] of Object.entries(HOSTILE))
        await server.run(`ALTER ROLE reader SET ${name} = ${value}`);
      await server.run(
        'ALTER ROLE reader SET enable_seqscan = off; ALTER ROLE reader SET enable_indexscan = off',
      );
    }
  });

  it('is read as it is by an account without privileges', async () => {
    const sides = { source: urlFor(source.url, 'reader'), target: urlFor(target.url, 'reader') };
    const whole = await compare({ ...sides, flags: { 'chunk-rows': '500' } });
    expect(listDifferences(whole)).toEqual(['changed 6 f', 'changed 999 f']);
    expect(tableResult(whole, 'word')).toMatchObject({ sourceRows: ROWS, verdict: 'different' });
    const some = await compare({ ...sides, flags: { where: 'word:tags @> ARRAY[0]' } });
    expect(tableResult(some, 'word')).toMatchObject({ sourceRows: Math.floor(ROWS / 3), changed: 2 });
  });

  it('that passes over damaged pages is not read by an account that cannot forbid it', async () => {
    await source.run('ALTER ROLE reader SET zero_damaged_pages = on');
    await expect(
      compare({ source: urlFor(source.url, 'reader'), target: urlFor(target.url, 'reader') }),
    ).rejects.toMatchObject({ message: expect.stringContaining('zero_damaged_pages') });
    expect((await compare({ source, target })).result.verdict).toBe('different');
    await source.run('ALTER ROLE reader RESET zero_damaged_pages');
  });
});
