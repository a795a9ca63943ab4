import type { Column } from '../../core/schema.js';
import type { ChecksumProbe } from '../sql-dialect.js';

interface ProbeColumn {
  readonly type: string;
  readonly values: readonly (string | null)[];
  /** Whether the type is one of arrays, whose bytes begin with numbers of types. */
  readonly isArray?: true;
}

/** Columns of hard values: extremes, halves that a weak hash would fold, signs, separators, NULL and ''. */
const COLUMNS: readonly ProbeColumn[] = [
  { type: 'int8', values: ['1', '4294967296', '-9223372036854775808', null, '1', '1', '1', '1'] },
  { type: 'numeric', values: ['1', '1', '-1', 'NaN', '0.0001', null, '1.10', '1'] },
  {
    type: 'timestamp',
    values: ['2000-01-01 00:00:00.000001', 'infinity', null, '0044-03-15 BC', null, null, null, null],
  },
  {
    type: 'timestamptz',
    values: [null, '2024-02-29 23:59:59.999999+00', null, '-infinity', null, null, null, null],
  },
  { type: 'date', values: ['2024-02-29', '0001-01-01', null, 'infinity', null, null, null, null] },
  { type: 'text', values: ['a', 'a|b', '', null, 'ä 東 😀', 'NULL', null, null] },
  { type: 'text', values: ['b|c', 'c', null, '', 'a', null, null, 'N'] },
  { type: 'bytea', values: ['\\x00ff', '\\x00', '\\x', null, '\\x0000', null, null, null] },
  {
    type: 'uuid',
    values: ['00112233-4455-6677-8899-aabbccddeeff', null, null, null, null, null, null, null],
  },
  { type: 'float8', values: ['1.0000000000000002', '0', '-0', 'NaN', '5e-324', null, null, null] },
  { type: 'oid', values: ['1', '2', '4294967295', null, null, null, null, '0'] },
  {
    type: 'int4[]',
    isArray: true,
    values: ['{1}', '[2:2]={1}', '{{1}}', '{}', '{NULL}', null, '{0}', null],
  },
  { type: 'bool', values: ['true', 'false', null, 'true', 'false', null, null, null] },
];

const ROWS = COLUMNS[0]?.values.length ?? 0;

/**
 * A statement that hashes hard values in the way in which rows are hashed. A server of another byte order, version or
 * fork that hashes otherwise is found out, because both must report the same sum; one that takes two of the rows for the
 * same is found out by the number of different hashes.
 */
export function buildPostgresqlProbe(
  seed: bigint,
  buildRowHash: (columns: readonly Column[], seed: bigint) => string,
): ChecksumProbe {
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const values = rows
    .map((row) => `(${COLUMNS.map(({ type, values: all }) => spellValue(type, all[row])).join(', ')})`)
    .join(', ');
  const names = COLUMNS.map((_, i) => `c${i}`).join(', ');
  const hash = buildRowHash(COLUMNS.map(toColumn), seed);
  return {
    sql: `SELECT pg_catalog.count(DISTINCT h) AS row_count, pg_catalog.sum(h) AS hash_sum
      FROM (SELECT ${hash} AS h FROM (VALUES ${values}) AS hard (${names})) AS probe`,
    rows: ROWS,
    sum: null,
  };
}

function spellValue(type: string, value: string | null | undefined): string {
  return value == null ? `NULL::pg_catalog.${type}` : `'${value}'::pg_catalog.${type}`;
}

function toColumn({ type, isArray }: ProbeColumn, i: number): Column {
  const plain: Column = {
    name: `c${i}`,
    declared: type,
    wire: type.replace('[]', ''),
    type: { kind: 'bytes', length: null, fixed: false },
    nullable: true,
    generated: false,
    identity: 'none',
    invisible: false,
    collation: null,
  };
  return isArray ? { ...plain, wire: 'array', type: { kind: 'array', element: plain } } : plain;
}
