import { describe, expect, it } from 'vitest';
import { availableEngines, type TestDatabase, type TestEngine, useDatabase } from '../support/database.js';
import { expectRoundTrip, type RepairSides } from './repair-round.js';

const MYSQL_TABLE = `CREATE TABLE v (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, b TINYINT(1), i BIGINT, n DECIMAL(40,10), d DOUBLE,
  t TEXT, c CHAR(5), y VARBINARY(300), day DATE, at DATETIME(6), moment TIMESTAMP(6) NULL, clock TIME(6), j JSON,
  u CHAR(36), w BINARY(16), e ENUM('red','it''s','Ünï')) CHARACTER SET utf8mb4`;
const POSTGRES_TABLE = `CREATE TYPE colour AS ENUM ('red', 'it''s', 'Ünï');
  CREATE TABLE v (id NUMERIC(20) NOT NULL PRIMARY KEY, b BOOLEAN, i BIGINT, n NUMERIC(40,10), d DOUBLE PRECISION,
  t TEXT, c CHAR(5), y BYTEA, day DATE, at TIMESTAMP, moment TIMESTAMPTZ, clock TIME, j JSONB,
  u UUID, w UUID, e colour)`;

const HOSTILE = [
  "a'b\\\\c\\'\"`;--",
  'line\nfeed\r\t',
  '💾 Ünï ﷽',
  ' :x $1 ? %s ',
  '',
  '\u2028\u0085',
  "\\x41'';",
];

/** The literal of a text in a test's own words: MySQL takes hexadecimal digits, PostgreSQL an escape function. */
function text(engine: TestEngine, value: string): string {
  const hex = Buffer.from(value, 'utf8').toString('hex');
  return engine === 'postgresql'
    ? `convert_from(decode('${hex}', 'hex'), 'UTF8')`
    : `CONVERT(x'${hex}' USING utf8mb4)`;
}

function bytes(engine: TestEngine, hex: string): string {
  return engine === 'postgresql' ? `decode('${hex}', 'hex')` : `x'${hex}'`;
}

function rowSql(engine: TestEngine, id: number, shift: number): string {
  const isPostgres = engine === 'postgresql';
  const word = HOSTILE[(id + shift) % HOSTILE.length] ?? '';
  const json = JSON.stringify({ a: [1.5, null, word], [word]: `${shift}` });
  const uuid = `a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a${String(10 + ((id + shift) % 80))}`;
  const zone = isPostgres ? '+00' : '';
  const values = [
    `${id}`,
    isPostgres ? `${(id + shift) % 2 === 0}` : `${(id + shift) % 2 === 0 ? 1 : 0}`,
    shift === 0 ? '-9223372036854775808' : `${id - shift}`,
    shift === 0 ? '123456789012345678901234567890.0123456789' : `${-id}.5`,
    shift === 0 ? '1.7976931348623157e308' : `${id / 7 + shift}e0`,
    text(engine, word),
    text(engine, `ü${shift}`),
    bytes(engine, `00ff27${id.toString(16).padStart(2, '0')}5c0${shift}`),
    `'2024-02-2${(id + shift) % 10}'`,
    `'2024-03-10 02:30:00.00000${shift}'`,
    `'2024-11-03 06:30:0${shift}.123456${zone}'`,
    `'23:59:5${shift}.999999'`,
    isPostgres ? `${text(engine, json)}::jsonb` : text(engine, json),
    `'${uuid}'`,
    isPostgres ? `'${uuid}'` : `x'${uuid.replaceAll('-', '')}'`,
    text(engine, ['red', "it's", 'Ünï'][(id + shift) % 3] ?? '') + (isPostgres ? '::colour' : ''),
  ];
  return `(${values.join(', ')})`;
}

async function fill(
  database: TestDatabase,
  ids: readonly number[],
  shift: (id: number) => number,
): Promise<void> {
  await database.run(database.engine === 'postgresql' ? POSTGRES_TABLE : MYSQL_TABLE);
  const zone = database.engine === 'postgresql' ? '' : "SET time_zone = '+00:00';";
  const rows = ids.map((id) => rowSql(database.engine, id, shift(id)));
  await database.run(
    `${zone} INSERT INTO v VALUES ${rows.join(', ')}, (${[99, ...Array(15).fill('NULL')].join(', ')})`,
  );
}

describe.each(
  availableEngines().flatMap((source) => availableEngines().map((target) => ({ source, target }))),
)('repair from $source to $target', ({ source, target }) => {
  const sides: RepairSides = { source: useDatabase(source), target: useDatabase(target) };

  it('writes every type exactly, whatever is in it', async () => {
    await fill(sides.source, [1, 2, 3, 4, 5, 6, 7, 8], () => 0);
    await fill(sides.target, [3, 4, 5, 6, 7, 8, 9, 10, 11], (id) =>
      id % 3 === 0 ? 1 : id % 3 === 1 ? 2 : 0,
    );
    const { repair } = await expectRoundTrip(sides);
    expect(repair).toContain('0 left alone');
  });
});
