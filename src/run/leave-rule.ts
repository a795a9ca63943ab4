import type { TableState } from '../state/table-state.js';

/** When a table is left before its end. */
export interface LeaveRule {
  /** How many rows of a table the run was told to let differ, at the most. */
  readonly mostDifferences: number;
  /** The same and as many more as may be accepted of a table: no row that was accepted leaves it. Infinity where it is never left. */
  leavesAt(table: TableState): number;
}
