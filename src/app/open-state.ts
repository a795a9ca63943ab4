import type { PlannedTable } from '../plan/table-pairing.js';
import { readInFull } from '../run/compare-by-buckets.js';
import { planForCounting } from '../run/count-tables.js';
import type { TableRecord } from '../state/table-record.js';
import { TableState } from '../state/table-state.js';
import type { TableMode } from './table-modes.js';

interface StateParts {
  /** Is told each thing that is learned of the table. */
  readonly onRecord: (table: TableState, record: TableRecord) => void;
  /** Whether a sentence may name keys. */
  readonly showsKeys: boolean;
}

const UNHEARD: StateParts = { onRecord: () => undefined, showsKeys: true };

/** Begins to keep what is known of a table. */
export function openState(
  planned: PlannedTable,
  mode: TableMode,
  { onRecord, showsKeys }: StateParts = UNHEARD,
): TableState {
  const table = mode.mode === 'count' ? planForCounting(planned) : planned;
  const state: TableState = new TableState(table, mode, (record) => onRecord(state, record), showsKeys);
  if (mode.isFullForWantOfOrder) state.addFinding(readInFull(state.name));
  return state;
}
