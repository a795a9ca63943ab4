import type { ColumnPair, Side, TablePair } from '../core/pairing.js';
import type { RowSelection } from './row-selection.js';

/**
 * All rows of one side of a table pair that the run compares, in key order, with these columns. Whoever reads a part of
 * them says so on top.
 */
export function selectRows(pair: TablePair, side: Side, columns: readonly ColumnPair[]): RowSelection {
  return {
    table: pair[side],
    columns: columns.map((column) => column[side]),
    key: pair.key.map((column) => column[side]),
    where: pair.where[side],
    range: { after: null, upTo: null },
    limit: null,
    offset: 0,
    descending: false,
  };
}
