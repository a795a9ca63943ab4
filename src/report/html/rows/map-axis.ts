import type { TableResult } from '../../../core/result.js';
import { formatCount } from '../../../words/number-text.js';
import { BYTES_END } from './key-scale.js';
import type { KeyMap } from './table-rows.js';

/** The stretch of the key space that a map shows, and what is known of its ends. */
export interface MapAxis {
  readonly first: bigint;
  readonly last: bigint;
  readonly note: string;
}

/** Keys up to so many times the number of rows are taken for rows that are numbered through. */
const DENSE_FACTOR = 4n;

/**
 * Chooses the ends of a map. A result does not hold the first and the last key of a table; where keys look like rows that are
 * numbered through, the map begins at 1 and ends at the number of rows at least, so that a missing tail is seen as one.
 */
export function chooseAxis({ scale, histogram }: KeyMap, table: TableResult): MapAxis | null {
  const { range } = histogram;
  if (range === null) return null;
  const { first, last } = range;
  if (scale.kind === 'bytes')
    return { first: 0n, last: BYTES_END, note: 'The map shows all keys that there can be.' };
  const rows = BigInt(Math.max(table.sourceRows, table.targetRows));
  // Of a table that was left it is not known how many rows it has.
  const isDense =
    table.left === undefined && scale.kind === 'number' && first >= 0n && last <= rows * DENSE_FACTOR;
  if (!isDense) return { first, last, note: 'The map goes from the first to the last key that differs.' };
  return {
    first: first < 1n ? first : 1n,
    last: last > rows ? last : rows,
    note: `The map begins at 1 and ends at ${formatCount(Number(rows))}, the number of rows, or at the last key that differs: the result does not hold the first and the last key of the table.`,
  };
}
