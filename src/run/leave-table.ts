import type { TableState } from '../state/table-state.js';
import type { TableRun } from './table-run.js';

/**
 * Whether the rest of a table is not to be read, because enough of its rows are confirmed to differ, whichever lane found them.
 * Whoever is about to read more of it asks; the first who is told so tells who listens.
 */
export async function leaves({ leaving, emit }: TableRun, table: TableState): Promise<boolean> {
  if (leaving === null || table.differences < leaving.leavesAt(table)) return false;
  if (table.isLeft) return true;
  const { mostDifferences } = leaving;
  const { name, differences } = table;
  table.record({ kind: 'left', mostDifferences });
  await emit({ type: 'table:left', table: name, differences, mostDifferences });
  return true;
}

/** Notes that a table was read to its end, unless it was left. */
export function noteDone(table: TableState): void {
  if (!table.isLeft) table.record({ kind: 'done' });
}
