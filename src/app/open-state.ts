import type { PlannedTable } from '../plan/table-pairing.js';
import { readInFull } from '../run/compare-by-buckets.js';
import { planForCounting } from '../run/count-tables.js';
import type { TableRecord } from '../state/table-record.js';
import { TableState } from '../state/table-state.js';
import type { TableMode } from './table-modes.js';

/** Begins to keep what is known of a table; `onRecord` is told each thing that is learned of it. */
export function openState(
  planned: PlannedTable,
  mode: TableMode,
  onRecord: (table: TableState, record: TableRecord) => void = () => undefined,
): TableState {
  const table = mode.mode === 'count' ? planForCounting(planned) : planned;
  const state: TableState = new TableState(table, mode, (record) => onRecord(state, record));
  if (mode.isFullForWantOfOrder) state.addFinding(readInFull(state.name));
  return state;
}
