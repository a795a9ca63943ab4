import { isConditional, type TablePair } from '../core/pairing.js';
import type { TableRun } from '../run/table-run.js';
import type { TableState } from '../state/table-state.js';

/** Rows of the source that are about to be read; null where those of a table are not known. */
export function estimateLeft({ tables, openOf }: TableRun): number | null {
  return tables.reduce<number | null>((sum, table) => {
    const { pair } = table.planned;
    if (pair === null || openOf(table).isFinished) return sum;
    const rows = estimateRead(pair);
    return sum === null || rows === null ? null : sum + rows * table.ratio;
  }, 0);
}

/** Rows of the source in all tables; null where those of a table are not known. */
export function estimateRows(tables: readonly TableState[]): number | null {
  return tables.reduce<number | null>((sum, { planned: { pair } }) => {
    const rows = pair === null ? 0 : pair.source.estimatedRows;
    return sum === null || rows === null ? null : sum + rows;
  }, 0);
}

/** A condition may leave next to nothing of a table. */
export function estimateRead(pair: TablePair): number | null {
  return isConditional(pair) ? null : pair.source.estimatedRows;
}
