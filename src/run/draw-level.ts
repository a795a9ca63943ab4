import { drawLevel } from '../core/drawn-rows.js';
import type { TableState } from '../state/table-state.js';
import type { TableRun } from './table-run.js';

/** Which rows a task keeps of those that differ: null for all of them. */
export function drawLevelOf({ keepsRows }: TableRun, { differences }: TableState): number | null {
  return keepsRows ? null : drawLevel(differences);
}
