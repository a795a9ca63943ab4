import { createHash } from 'node:crypto';
import type { Column, ValueType } from '../../core/schema.js';
import type { ChecksumProbe } from '../sql-dialect.js';

/** A column of the probe: how SQL spells its values, and whether they go into the hash with their length. */
interface ProbeColumn {
  readonly type: ValueType;
  readonly isSized: boolean;
  readonly spell: (value: string) => string;
  /** Values, as the server must print them. */
  readonly values: readonly (string | null)[];
}

const TEXT: ValueType = {
  kind: 'text',
  charset: 'utf8',
  padded: false,
  order: 'other',
  uuidOrder: 'unknown',
};
const cast = (type: string) => (value: string) => `CAST('${value}' AS ${type})`;
const hex = (value: string): string => `x'${Buffer.from(value, 'utf8').toString('hex')}'`;

/** Values on which servers could part: extremes, signs, fractions, separators, characters of four bytes, NULL and ''. */
const COLUMNS: readonly ProbeColumn[] = [
  {
    type: { kind: 'int', bits: 64, unsigned: false },
    isSized: false,
    spell: cast('SIGNED'),
    values: ['-9223372036854775808', '9223372036854775807', null, '1', '4294967296'],
  },
  {
    type: { kind: 'int', bits: 64, unsigned: true },
    isSized: false,
    spell: cast('UNSIGNED'),
    values: ['18446744073709551615', '0', '18446744073709551614', null, '9007199254740993'],
  },
  {
    type: { kind: 'decimal' },
    isSized: false,
    spell: cast('DECIMAL(30,10)'),
    values: ['-0.0000000001', '12345678901234567890.1234567890', '0.0000000000', '1.1000000000', null],
  },
  {
    type: { kind: 'datetime' },
    isSized: false,
    spell: cast('DATETIME(6)'),
    values: [
      '9999-12-31 23:59:59.999999',
      '1000-01-01 00:00:00.000000',
      null,
      '2024-02-29 12:00:00.000001',
      null,
    ],
  },
  {
    type: { kind: 'date' },
    isSized: false,
    spell: cast('DATE'),
    values: ['2024-02-29', null, '9999-12-31', '1000-01-01', '1970-01-01'],
  },
  {
    type: { kind: 'time' },
    isSized: false,
    spell: cast('TIME(6)'),
    values: ['-838:59:59.000000', '00:00:00.000000', '838:59:59.000000', null, '00:00:00.000001'],
  },
  {
    type: { kind: 'float', bits: 64 },
    isSized: false,
    spell: (value) => (value.includes('e') ? value : `${value}e0`),
    values: ['0.1', '0.30000000000000004', '-2.5', null, '1e300'],
  },
  {
    type: TEXT,
    isSized: true,
    spell: (value) => `CONVERT(${hex(value)} USING utf8mb4)`,
    values: ['a,b', 'a', '', null, 'ä 東 😀\0\\'],
  },
  {
    type: { kind: 'bytes', length: null, fixed: false },
    isSized: true,
    spell: hex,
    values: ['c', ',b1:c', 'N', '', null],
  },
];

const ROWS = COLUMNS[0]?.values.length ?? 0;

/**
 * A statement that hashes hard values in the way in which rows are hashed, with the sum that it must come to: SHA-256 is
 * the same everywhere, so a server that prints a value otherwise, or computes otherwise, is found out.
 */
export function buildMysqlProbe(
  seed: bigint,
  buildRowHash: (columns: readonly Column[], seed: bigint) => string,
): ChecksumProbe {
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const values = rows
    .map((row) => `SELECT ${COLUMNS.map((column, i) => `${spellValue(column, row)} AS c${i}`).join(', ')}`)
    .join(' UNION ALL ');
  const hash = buildRowHash(COLUMNS.map(toColumn), seed);
  const sum = rows.reduce((total, row) => total + hashRow(row, seed), 0n);
  return {
    sql: `SELECT COUNT(*) AS row_count, SUM(${hash}) AS hash_sum FROM (${values}) AS probe`,
    rows: ROWS,
    sum,
  };
}

function spellValue({ spell, values }: ProbeColumn, row: number): string {
  const value = values[row];
  return value == null ? 'NULL' : spell(value);
}

function toColumn({ type }: ProbeColumn, i: number): Column {
  return {
    name: `c${i}`,
    declared: '',
    wire: '',
    type,
    nullable: true,
    generated: false,
    identity: 'none',
    invisible: false,
    collation: null,
  };
}

function hashRow(row: number, seed: bigint): bigint {
  const values = COLUMNS.map(({ values: all, isSized }) => {
    const value = all[row];
    if (value == null) return 'N';
    return isSized ? `${Buffer.byteLength(value)}:${value}` : `${value},`;
  });
  return createHash('sha256')
    .update(`${seed},${values.join('')}`)
    .digest()
    .readBigUInt64BE(0);
}
