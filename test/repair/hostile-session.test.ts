import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableEngines, openTestDatabase, type TestDatabase } from '../support/database.js';
import { applySql, type ClientHabits, type WrittenRepair, writeRepair } from './repair-round.js';

/** The session of the person who applies a file, and what comes of it. */
interface HostileSession {
  readonly title: string;
  /** Settings that the database gives every new session of the client. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly habits?: ClientHabits;
  /** What the client says where the file must not be applied under these settings; absent where it must work. */
  readonly refused?: RegExp;
}

const POSTGRES: readonly HostileSession[] = [
  { title: 'array_nulls off', settings: { array_nulls: 'off' } },
  { title: 'transform_null_equals on', settings: { transform_null_equals: 'on' } },
  { title: 'operators, functions and types planted in front', settings: { search_path: 'planted, public' } },
  {
    title: 'planted operators in front of pg_catalog',
    settings: { search_path: 'planted, pg_catalog, public' },
  },
  { title: 'no schema to look in', settings: { search_path: "''" } },
  {
    title: 'backslashes that escape',
    settings: { standard_conforming_strings: 'off', backslash_quote: 'off' },
  },
  { title: 'another character set', settings: { client_encoding: 'LATIN1' } },
  {
    title: 'other dates, intervals and zone',
    settings: { DateStyle: "'SQL, DMY'", IntervalStyle: 'sql_standard', TimeZone: "'America/New_York'" },
  },
  { title: 'few digits of floats', settings: { extra_float_digits: '-15' } },
  { title: 'bytes as escapes', settings: { bytea_output: 'escape' } },
  { title: 'documents as XML', settings: { xmloption: 'document' } },
  { title: 'serializable transactions', settings: { default_transaction_isolation: 'serializable' } },
  {
    title: 'read-only transactions',
    settings: { default_transaction_read_only: 'on' },
    refused: /read-only transaction/,
  },
  {
    title: 'a session that plays a replica',
    settings: { session_replication_role: 'replica' },
    refused: /session_replication_role/,
  },
  { title: 'one transaction around the file', habits: { arguments: ['--single-transaction'] } },
  { title: 'no transaction by itself', habits: { arguments: ['--set=AUTOCOMMIT=off'] } },
  { title: 'a start-up file that goes on behind errors', habits: { readsStartUpFile: true } },
];

const MYSQL: readonly HostileSession[] = [
  { title: 'safe updates', habits: { arguments: ['--safe-updates'] } },
  { title: 'comments kept', habits: { arguments: ['--comments'] } },
  { title: 'named commands', habits: { arguments: ['--named-commands'] } },
  { title: 'another character set', habits: { arguments: ['--default-character-set=latin1'] } },
  ...[
    "sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE,NO_UNSIGNED_SUBTRACTION'",
    "sql_mode = ''",
    "sql_mode = 'TRADITIONAL,PAD_CHAR_TO_FULL_LENGTH'",
    'autocommit = 0',
    "time_zone = '+09:00'",
    'foreign_key_checks = 0, unique_checks = 0',
    'sql_auto_is_null = 1, sql_select_limit = 1',
    'timestamp = 1000000000, insert_id = 77',
    "completion_type = 'CHAIN'",
    'collation_connection = utf8mb4_general_ci, group_concat_max_len = 4',
    'max_sort_length = 64, div_precision_increment = 0, explicit_defaults_for_timestamp = 0',
    'TRANSACTION ISOLATION LEVEL SERIALIZABLE',
  ].map((setting) => ({ title: setting, habits: { arguments: [`--init-command=SET SESSION ${setting}`] } })),
  {
    title: 'read-only transactions',
    habits: { arguments: ['--init-command=SET SESSION TRANSACTION READ ONLY'] },
    refused: /READ ONLY transaction/i,
  },
];

/** What stands before the schema that the file means: all of it true or other than its name says. */
const PLANTED = `CREATE SCHEMA planted;
  CREATE FUNCTION planted.yes(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
  CREATE FUNCTION planted.yes(integer, integer) RETURNS boolean LANGUAGE sql AS 'SELECT true';
  CREATE OPERATOR planted.= (LEFTARG = text, RIGHTARG = text, PROCEDURE = planted.yes);
  CREATE OPERATOR planted.= (LEFTARG = integer, RIGHTARG = integer, PROCEDURE = planted.yes);
  CREATE FUNCTION planted.decode(text, text) RETURNS bytea LANGUAGE sql AS 'SELECT NULL::pg_catalog.bytea';
  CREATE DOMAIN planted.text AS pg_catalog.varchar CHECK (false);
  CREATE TYPE planted.mood AS ENUM ('none');
  CREATE TABLE planted.t (id integer)`;

const POSTGRES_TABLES = `CREATE TYPE public.mood AS ENUM ('sad', 'so\\so');
  CREATE TABLE public.parent (id INT PRIMARY KEY);
  CREATE TABLE public.t (id INT PRIMARY KEY, word TEXT, code VARCHAR(20) NOT NULL UNIQUE, list TEXT[], data BYTEA, at TIMESTAMPTZ, day DATE,
    span INTERVAL, ratio FLOAT8, feeling public.mood, document XML, pid INT REFERENCES public.parent (id))`;
const MYSQL_TABLES = `CREATE TABLE parent (id INT NOT NULL PRIMARY KEY);
  CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, word TEXT CHARACTER SET utf8mb4, code VARCHAR(20) NOT NULL UNIQUE, list CHAR(9), data BLOB,
    at TIMESTAMP NULL, day DATE, span TIME, ratio DOUBLE, feeling ENUM('sad', 'so\\\\so'), document DECIMAL(10,4), pid INT,
    FOREIGN KEY (pid) REFERENCES parent (id))`;

/** A row with a value of every kind; `pid` is the row of the parent that it needs. */
function rowSql(isPostgres: boolean, id: number, code: string, pid: number | null, at: string): string {
  const own = isPostgres
    ? [`ARRAY[NULL, 'NULL', 'a''b', 'c\\d']`, `'\\x00ff5c27'`, `'${at}+00'`, `'03:00'`]
    : [`'ab'`, `x'00ff5c27'`, `'${at}'`, `'03:00:01'`];
  const [list, data, instant, span] = own;
  const hex = Buffer.from(`back\\slash ' " \` € 😀 ${code}`).toString('hex');
  const word = isPostgres
    ? `convert_from(decode('${hex}', 'hex'), 'UTF8')`
    : `CONVERT(0x${hex} USING utf8mb4)`;
  const feeling = isPostgres ? "'so\\so'" : '2';
  const document = isPostgres ? "'a <b/> c'" : '1.2500';
  return `INSERT INTO t VALUES (${id}, ${word}, '${code}', ${list}, ${data}, ${instant}, '2021-02-03', ${span}, 0.1, ${feeling}, ${document}, ${pid})`;
}

describe.each(availableEngines())('a repair file of %s means the same', (engine) => {
  const isPostgres = engine === 'postgresql';
  let source: TestDatabase;
  let target: TestDatabase;
  let written: WrittenRepair;
  const row = rowSql.bind(null, isPostgres);
  const instants = isPostgres ? "SET TimeZone = 'UTC'" : "SET time_zone = '+00:00'";

  const targetRows = [
    instants,
    ...(isPostgres ? ['TRUNCATE public.t, public.parent'] : ['DELETE FROM t', 'DELETE FROM parent']),
    'INSERT INTO parent VALUES (1), (9)',
    row(1, 'b', 1, '2020-01-01 00:00:00'),
    row(2, 'a', 1, '2020-01-01 00:00:00'),
    row(3, 'c', 1, '2020-01-01 00:00:00'),
    row(5, 'extra', 9, '2020-01-01 00:00:00'),
  ].join('; ');
  const read = async (database: TestDatabase): Promise<string> =>
    JSON.stringify([
      await database.query(
        'SELECT id, word, code, list, data, at, day, span, ratio, feeling, document, pid FROM t ORDER BY id',
      ),
      await database.query('SELECT id FROM parent ORDER BY id'),
    ]);

  beforeAll(async () => {
    source = await openTestDatabase(engine);
    target = await openTestDatabase(engine);
    const tables = isPostgres ? POSTGRES_TABLES : MYSQL_TABLES;
    await source.run(
      [
        tables,
        instants,
        'INSERT INTO parent VALUES (1), (2)',
        row(1, 'a', 1, '2020-01-01 00:00:00'),
        row(2, 'b', 2, '2021-06-07 08:09:10'),
        row(3, 'c', 1, '2022-12-31 23:59:59'),
        row(4, 'd', 2, '2020-01-01 00:00:00'),
      ].join('; '),
    );
    await target.run(`${tables}; ${targetRows}`);
    if (isPostgres) await target.run(PLANTED);
    written = await writeRepair({ source, target });
    expect(written.repair).toContain(' 0 left alone.');
  }, 300_000);

  afterAll(async () => {
    written?.remove();
    for (const database of [source, target]) await database?.drop();
  });

  it.each(isPostgres ? POSTGRES : MYSQL)('under $title', async ({ settings = {}, habits = {}, refused }) => {
    await target.run(targetRows);
    const before = await read(target);
    for (const [name, value] of Object.entries(settings)) {
      await target.run(`ALTER DATABASE ${target.name} SET ${name} = ${value}`);
    }
    const startUp = `${written.paths.repair}.psqlrc`;
    writeFileSync(startUp, '\\set ON_ERROR_ROLLBACK on\n\\set AUTOCOMMIT off\n\\set ON_ERROR_STOP off\n');
    const own = { ...habits, environment: { PSQLRC: startUp } };
    try {
      const printsTo = written.paths.told;
      rmSync(printsTo, { force: true });
      const applied = applySql(target, written.paths.repair, { ...own, printsTo });
      if (refused === undefined) await applied;
      else await expect(applied).rejects.toThrow(refused);
      expect(await read(target)).toEqual(refused === undefined ? await read(source) : before);
      if (refused !== undefined) return;
      await applySql(target, written.paths.undo, { ...own, told: printsTo });
      expect(await read(target)).toEqual(before);
    } finally {
      for (const name of Object.keys(settings))
        await target.run(`ALTER DATABASE ${target.name} RESET ${name}`);
    }
  });
});
