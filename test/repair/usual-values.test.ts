import { describe, expect, it } from 'vitest';
import type { Column, ValueType } from '../../src/core/schema.js';
import { createMysqlRepairDialect } from '../../src/engines/mysql/repair-dialect.js';
import { createPostgresqlRepairDialect } from '../../src/engines/postgresql/repair-dialect.js';
import type { RepairDialect } from '../../src/engines/repair.js';

const MYSQL = createMysqlRepairDialect({ version: '8.4.0', charsets: new Map() });
const POSTGRESQL = createPostgresqlRepairDialect(new Map());

function columnOf(type: ValueType, declared: string): Column {
  const [wire = ''] = declared.split('(');
  const rest = { generated: false, identity: 'none', invisible: false, collation: null } as const;
  return { name: 'c', declared, wire, type, nullable: true, ...rest };
}

const text = (padded: boolean): ValueType => ({
  kind: 'text',
  charset: 'utf8',
  padded,
  order: 'codepoint',
  uuidOrder: 'unknown',
});

const TINYINT = columnOf({ kind: 'int', bits: 8, unsigned: false }, 'tinyint');
const UNSIGNED = columnOf({ kind: 'int', bits: 64, unsigned: true }, 'bigint');
const DECIMAL = columnOf({ kind: 'decimal', precision: 5, scale: 2 }, 'decimal(5,2)');
const DOUBLE = columnOf({ kind: 'float', bits: 64 }, 'double');
const BOOLEAN = columnOf({ kind: 'boolean' }, 'boolean');
const DATE = columnOf({ kind: 'date' }, 'date');
const DATETIME = columnOf({ kind: 'datetime' }, 'datetime(3)');
const INSTANT = columnOf({ kind: 'instant' }, 'timestamp(6)');
const VARCHAR = columnOf(text(false), 'varchar(3)');
const BPCHAR = columnOf(text(true), 'bpchar(3)');
const TINYTEXT = columnOf(text(false), 'tinytext');

/** What each engine writes for a value; null where its column does not hold it. */
const LITERALS: readonly (readonly [Column, string, string | null, string | null])[] = [
  [TINYINT, '0', '0', "'0'"],
  [TINYINT, '127', '127', "'127'"],
  [TINYINT, '128', null, null],
  [TINYINT, '-128', '-128', "'-128'"],
  [TINYINT, '-129', null, null],
  [TINYINT, '-0', '0', "'0'"],
  [TINYINT, '007', '7', "'7'"],
  [TINYINT, '1.0', '1', "'1'"],
  [TINYINT, '', null, null],
  [TINYINT, '-', null, null],
  [UNSIGNED, '999999999999999', '999999999999999', "'999999999999999'"],
  [UNSIGNED, '18446744073709551615', '18446744073709551615', "'18446744073709551615'"],
  [UNSIGNED, '18446744073709551616', null, null],
  [UNSIGNED, '-1', null, null],
  [DECIMAL, '12.00', '12', "'12'"],
  [DECIMAL, '-0.00', '-0', "'-0'"],
  [DECIMAL, '999.99', '999.99', "'999.99'"],
  [DECIMAL, '1000', null, null],
  [DECIMAL, '1.234', null, null],
  [DECIMAL, '.5', null, null],
  [DECIMAL, '5.', null, null],
  [DECIMAL, '00.50', '00.50', "'00.50'"],
  [DECIMAL, '1e2', '1e2', "'1e2'"],
  [DECIMAL, 'NaN', null, "'NaN'"],
  [DOUBLE, '0.125', '0.125e0', "'0.125'"],
  [DOUBLE, '-3', '-3e0', "'-3'"],
  [DOUBLE, '1e300', '1e300', "'1e300'"],
  [DOUBLE, 'Infinity', null, "'Infinity'"],
  [DOUBLE, '-0', '-0e0', "'-0'"],
  [BOOLEAN, 'true', '1', 'true'],
  [BOOLEAN, '0', '0', 'false'],
  [BOOLEAN, '2', null, null],
  [DATE, '2020-01-31', "'2020-01-31'", "'2020-01-31'"],
  [DATE, '2020-02-29', "'2020-02-29'", "'2020-02-29'"],
  [DATE, '2021-02-29', "'2021-02-29'", null],
  [DATE, '0000-00-00', "'0000-00-00'", null],
  [DATE, '0044-03-15 BC', null, "'0044-03-15 BC'"],
  [DATE, '20200101', null, null],
  [DATETIME, '2020-01-31 23:59:59', "'2020-01-31 23:59:59'", "'2020-01-31 23:59:59'"],
  [DATETIME, '2020-01-31 23:59:59.123', "'2020-01-31 23:59:59.123'", "'2020-01-31 23:59:59.123'"],
  [DATETIME, '2020-01-31 23:59:59.1234', null, null],
  [DATETIME, '2020-01-31 23:59:59.1230', "'2020-01-31 23:59:59.1230'", "'2020-01-31 23:59:59.1230'"],
  [DATETIME, '2020-02-30 00:00:00', "'2020-02-30 00:00:00'", null],
  [DATETIME, '2020-01-31T00:00:00', null, null],
  [DATETIME, '2020-01-31 00:00:00.', "'2020-01-31 00:00:00.'", "'2020-01-31 00:00:00.'"],
  [INSTANT, '1970-01-01 00:00:01', "'1970-01-01 00:00:01'", "'1970-01-01 00:00:01+00'"],
  [INSTANT, '1971-01-01 00:00:00.5', "'1971-01-01 00:00:00.5'", "'1971-01-01 00:00:00.5+00'"],
  [INSTANT, '2038-01-19 03:14:08', null, "'2038-01-19 03:14:08+00'"],
  [INSTANT, '0001-01-01 00:00:00 BC', null, "'0001-01-01 00:00:00+00 BC'"],
  [INSTANT, 'infinity', null, "'infinity'"],
  [VARCHAR, '', "_utf8mb4''", "''"],
  [VARCHAR, 'abc', '_utf8mb4 0x616263', "'abc'"],
  [VARCHAR, 'abcd', null, null],
  [VARCHAR, 'é', '_utf8mb4 0xc3a9', "'é'"],
  [VARCHAR, "a'b", '_utf8mb4 0x612762', "'a''b'"],
  [VARCHAR, 'a\\b', '_utf8mb4 0x615c62', "E'a\\\\b'"],
  [VARCHAR, 'a\u0000b', '_utf8mb4 0x610062', null],
  [VARCHAR, 'a\n', '_utf8mb4 0x610a', "E'a\\u000a'"],
  [VARCHAR, '😀😀😀', '_utf8mb4 0xf09f9880f09f9880f09f9880', "'😀😀😀'"],
  [VARCHAR, 'ab ', '_utf8mb4 0x616220', "'ab '"],
  [VARCHAR, '', '_utf8mb4 0x7f', "E'\\u007f'"],
  [TINYTEXT, 'xxxxxxxxxxxxxxxxx', '_utf8mb4 0x7878787878787878787878787878787878', "'xxxxxxxxxxxxxxxxx'"],
];

function literalOf(dialect: RepairDialect, column: Column, value: string): string | null {
  const given = { value, from: column, to: column };
  const literal = dialect.literal(given);
  expect(dialect.findRefusal(given)).toBe(literal.kind === 'sql' ? null : literal.reason);
  return literal.kind === 'sql' ? literal.sql : null;
}

function conditionsOf(column: Column, value: string): unknown {
  const given = { value, from: column, to: column };
  return [MYSQL, POSTGRESQL].map((dialect) => [dialect.buildGuard(given), dialect.buildKeyCondition(given)]);
}

describe('a value, whether most values of its column are like it or not', () => {
  it.each(LITERALS)(
    '$declared %j is written so that it is read back as it was',
    (column, value, ...expected) => {
      expect([MYSQL, POSTGRESQL].map((dialect) => literalOf(dialect, column, value))).toEqual(expected);
    },
  );

  it('is asked for as it is found by an index, and by its bytes where letter case might not count', () => {
    const equals = 'OPERATOR(pg_catalog.=)';
    const own = `"c"::pg_catalog.text COLLATE pg_catalog."C" ${equals}`;
    const bytes = 'CAST(CONVERT(`c` USING utf8mb4) AS BINARY)';
    expect(conditionsOf(TINYINT, '7')).toEqual([
      ['`c` <=> 7', '`c` = 7'],
      [`"c" ${equals} '7'`, `"c" ${equals} '7'`],
    ]);
    expect(conditionsOf(DATE, '2020-01-31')).toEqual([
      ["`c` <=> DATE'2020-01-31'", "`c` = '2020-01-31'"],
      [`"c" ${equals} '2020-01-31'`, `"c" ${equals} '2020-01-31'`],
    ]);
    expect(conditionsOf(VARCHAR, 'abc')).toEqual([
      [`${bytes} <=> 0x616263`, `\`c\` = _utf8mb4 0x616263 AND ${bytes} = 0x616263`],
      [`${own} 'abc'`, `"c" ${equals} 'abc' AND ${own} 'abc'`],
    ]);
  });

  it('of CHAR is asked for in PostgreSQL without the spaces that fill it up', () => {
    const given = { value: 'a ', from: BPCHAR, to: BPCHAR };
    expect(POSTGRESQL.buildGuard(given)).toBe(POSTGRESQL.buildGuard({ ...given, value: 'a' }));
  });

  it('with a refusal of its own, or NULL, is not taken for what most are', () => {
    const given = { value: '7', from: TINYINT, to: TINYINT, refusal: 'column c has no such form' };
    for (const dialect of [MYSQL, POSTGRESQL]) {
      expect(dialect.findRefusal(given)).toBe('column c has no such form');
      expect(dialect.literal({ value: null, from: TINYINT, to: TINYINT })).toEqual({
        kind: 'sql',
        sql: 'NULL',
      });
    }
  });
});
