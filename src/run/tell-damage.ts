import type { EmitEvent } from '../core/event.js';
import type { TableState } from '../state/table-state.js';

/** From so many rows on it is no accident where so large a share of them differ. */
const ROWS = 10_000;
const SHARE = 0.1;
const MOST_COLUMNS = 3;

const told = new WeakSet<TableState>();

/** Tells once of a table that many of its rows differ, as soon as enough of them were read: who hears it may stop the run. */
export async function tellDamage(emit: EmitEvent, table: TableState): Promise<void> {
  const { rowsRead: rows, differences: differing } = table;
  if (rows < ROWS || differing < rows * SHARE || told.has(table)) return;
  told.add(table);
  const columns = Object.entries(table.toResult([]).changedColumns)
    .sort(([, one], [, other]) => other - one)
    .slice(0, MOST_COLUMNS)
    .map(([name]) => name);
  await emit({ type: 'table:differs', table: table.name, rows, differing, columns });
}
