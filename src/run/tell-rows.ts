import type { EmitEvent } from '../core/event.js';
import type { Side } from '../core/pairing.js';
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

/** Adds up what is read while the listener is still busy with the event before, so that events cannot pile up. */
export function tellRowsRead(emit: EmitEvent, table: TableState): (side: Side, rows: number) => void {
  const untold = { source: 0, target: 0 };
  const busy = { source: false, target: false };
  return (side, read) => {
    untold[side] += read;
    if (busy[side]) return;
    const rows = untold[side];
    untold[side] = 0;
    busy[side] = true;
    const done = (): void => {
      busy[side] = false;
    };
    // A listener that fails ends the run through the events that the run waits for.
    void emit({ type: 'rows:read', table: table.name, side, rows }).then(done, done);
  };
}
