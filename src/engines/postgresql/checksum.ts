import type { KeyPart } from '../../core/encoding/key-bytes.js';
import type { Column } from '../../core/schema.js';
import type { ChecksumColumns } from '../engine.js';
import { buildAggregate, buildPartAggregates } from '../select.js';
import type { ChecksumRequest } from '../session.js';
import type { ChecksumDialect } from '../sql-dialect.js';
import { buildPostgresqlProbe } from './checksum-probe.js';
import { hashedForm, meanTheSame } from './checksum-types.js';
import { quoteName, selects } from './dialect.js';
import { ACCOUNT_PATH } from './session-state.js';

function findObstacle({ source, target }: ChecksumColumns): string | null {
  if (hashedForm(source) === null) return `is ${source.declared}, which servers are not asked to hash`;
  if (meanTheSame(source, target)) return null;
  return source.declared === target.declared
    ? `is ${source.declared}, which is not the same on both sides`
    : `is ${source.declared} on the source and ${target.declared} on the target`;
}

const GOLDEN = 0x9e3779b97f4a7c15n;

/**
 * The hash of a row: of the bytes in which the server would send it, which hold a type, a length or NULL, and the value of
 * each column. The types' own hash functions are no way: that of `bigint` and of timestamps folds both halves of the
 * number, that of `numeric` ignores the sign, and `hash_record_extended` of several columns adds their hashes up, so that
 * a value that moves from one row to another most often leaves the sum over rows as it was.
 *
 * The two numbers at the end make sure that every byte of the row goes through the whole of the hash.
 *
 * @see https://github.com/postgres/postgres/blob/REL_15_STABLE/src/common/hashfn.c
 */
export function buildRowHash(columns: readonly Column[], seed: bigint): string {
  const numbers = [1n, 2n].map((i) => `'${BigInt.asIntN(64, (seed + i) * GOLDEN)}'::pg_catalog.int8`);
  const row = `ROW(${[...columns.map(buildValue), ...numbers].join(', ')})`;
  const bytes = `ROW(pg_catalog.record_send(${row}))`;
  return `pg_catalog.hash_record_extended(${bytes}, '${BigInt.asIntN(64, seed)}'::pg_catalog.int8)`;
}

const NO_TYPE = "'\\x00000000'::pg_catalog.bytea";

/**
 * A value in its form. A row of one column begins with the number of columns and that of the type, four bytes each; an array
 * goes on with its length, its dimensions and flags, and then has the number of the type of its elements. What is behind them
 * is what a read gets.
 *
 * No value is cast to a type of another name, for the owner of an enum may have made a cast under which labels are alike.
 *
 * @see https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/utils/adt/rowtypes.c (record_send)
 * @see https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/utils/adt/arrayfuncs.c (array_send)
 */
function buildValue(column: Column): string {
  const name = quoteName(column.name);
  const sent = `pg_catalog.record_send(ROW(${name}))`;
  switch (hashedForm(column)) {
    case 'own':
      return `${name}::pg_catalog.${quoteName(column.wire)}`;
    case 'text':
      return selects.selectColumn?.(column) ?? name;
    case 'elements':
      return `pg_catalog.substr(pg_catalog.overlay(${sent}, ${NO_TYPE}, 21, 4), 9)`;
    default:
      return `pg_catalog.substr(${sent}, 9)`;
  }
}

function buildChecksum({ columns, seed, ...rows }: ChecksumRequest): string {
  return buildAggregate(selects, rows, buildSums(buildRowHash(columns, seed)));
}

/** Without the fence the number of the part would be written out, and computed, at every place where it is named. */
function buildPartChecksums(
  { columns, seed, ...rows }: ChecksumRequest,
  ends: readonly (readonly KeyPart[])[],
): string {
  const rowHash = buildRowHash(columns, seed);
  const aggregates = buildSums('row_hash');
  return buildPartAggregates(selects, rows, { ends, rowHash, aggregates, fence: ' OFFSET 0' });
}

function buildSums(hash: string): string {
  return `${selects.rowCount} AS row_count, pg_catalog.sum(${hash}) AS hash_sum`;
}

/**
 * Servers from version 14 on, which have `hash_record_extended`. A sum over a range could be shared out to parallel
 * processes of the server; the load is meant to be one process for each session.
 */
export const postgresqlChecksum: ChecksumDialect = {
  settings: { ...ACCOUNT_PATH, max_parallel_workers_per_gather: '0' },
  findObstacle,
  buildChecksum,
  buildPartChecksums,
  buildProbe: (seed) => buildPostgresqlProbe(seed, buildRowHash),
};
