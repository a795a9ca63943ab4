/** A table with fewer rows is read in a moment, however many such tables there are. */
export const LONG_TABLE_ROWS = 1000;

/**
 * Rows of the tables that take longer than a moment, of which threads may do several at once; null where nobody knows how many rows
 * a table has.
 */
export function sumLongTables(rows: Iterable<number | null>): number | null {
  let sum = 0;
  for (const count of rows) {
    if (count === null) return null;
    if (count >= LONG_TABLE_ROWS) sum += count;
  }
  return sum;
}
