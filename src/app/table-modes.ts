import type { RunConfig } from '../config/run-config.js';
import type { LoadLimits } from '../core/load-limits.js';
import type { ModeChoice } from '../core/verdict.js';
import type { PlannedTable } from '../plan/table-pairing.js';

/** How a table is checked, and whether a sample was asked for that cannot be drawn. */
export interface TableMode extends ModeChoice {
  readonly isFullForWantOfOrder: boolean;
}

/**
 * How much of a table is checked: what was said of it, else what was said of the run. A table that has no order to draw
 * a sample by is read in full in spot mode too, and can be verified.
 */
export function modeOf(
  config: RunConfig,
  { source, pair }: Pick<PlannedTable, 'source' | 'pair'>,
): TableMode {
  const { mode, ratio } = (source === null ? null : config.tableModes.get(source.name)) ?? config;
  return mode === 'spot' && pair?.strategy === 'bucket'
    ? { mode: 'full', ratio: 1, isFullForWantOfOrder: true }
    : { mode, ratio, isFullForWantOfOrder: false };
}

/** The limits that a run keeps to: where rows are only counted, no row is sent, and the rates have nothing to hold back. */
export function limitsOf(config: RunConfig): LoadLimits {
  const { limits } = config;
  return readsRows(config) ? limits : { ...limits, maxRowsPerSecond: null, maxBytesPerSecond: null };
}

/** Whether some table may be read, and not only counted. */
export function readsRows({ mode, tableModes }: RunConfig): boolean {
  return mode !== 'count' || [...tableModes.values()].some((choice) => choice.mode !== 'count');
}
