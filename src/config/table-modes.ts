import type { ModeChoice } from '../core/verdict.js';
import type { PlannedTable } from '../verifier/table-pairing.js';
import type { RunConfig } from './run-config.js';

/** How much of a table is checked: what was said of it, else what was said of the run. */
export function modeOf(config: RunConfig, { source }: Pick<PlannedTable, 'source'>): ModeChoice {
  return (source === null ? null : config.tableModes.get(source.name)) ?? config;
}
