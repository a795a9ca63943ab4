import { readsRows } from '../app/table-modes.js';
import { filesOfUrls, refuseInputsAsOutputs } from '../config/file-place.js';
import { optionError } from '../config/raw-flags.js';
import type { CliIo } from './cli-io.js';
import { type OutputPlan, plannedFiles, planOutput } from './output-plan.js';
import type { Settings } from './read-settings.js';

/**
 * Reads what `verify` writes, and refuses what it could not write or should not. `plan` asks too, so that it does not plan a
 * run that would be refused.
 */
export function planVerifyOutputs(
  { config, flags, path }: Pick<Settings, 'config' | 'flags' | 'path'>,
  { env }: Pick<CliIo, 'env'>,
): OutputPlan {
  const plan = planOutput(flags, env);
  if (plan.repairPaths !== null && !readsRows(config)) {
    throw optionError({
      option: '--repair',
      message: 'Expected --repair or --mode count, got both.',
      hint: 'Count mode finds no rows that could be repaired: use --mode full.',
    });
  }
  if (plan.differencesPath !== null && !readsRows(config)) {
    throw optionError({
      option: '--differences',
      message: 'Expected --differences or --mode count, got both.',
      hint: 'Count mode finds no rows that differ: use --mode full.',
    });
  }
  const inputs = filesOfUrls([config.sourceUrl, config.targetUrl], env);
  refuseInputsAsOutputs(plannedFiles(plan), path === null ? inputs : [path, ...inputs]);
  return plan;
}
