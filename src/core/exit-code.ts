import { hasEffect } from './finding.js';
import { isPartlyUnverified } from './partly-unverified.js';
import type { RunResult } from './result.js';
import { EXIT_CODES, exitCodeOf } from './verdict.js';

/** Whether anything that was asked for was not checked, whatever the verdict says. */
export function isAnythingUnverified({ tables, findings, interrupted }: RunResult): boolean {
  return interrupted || tables.some(isPartlyUnverified) || hasEffect(findings, 'unverified');
}

/**
 * The exit code of a result, of a run or saved by one. A difference that the baseline knows is still a difference: it only
 * ends no job that asked for new ones, and never where something was not checked.
 */
export function exitCodeOfResult(result: RunResult): number {
  if (result.interrupted && result.stoppedBy === undefined) return EXIT_CODES.interrupted;
  const { verdict, baseline } = result;
  const isKnown = verdict === 'different' && baseline?.failsOnNew === true && baseline.new === 0;
  if (!isKnown) return exitCodeOf(verdict);
  return isAnythingUnverified(result) ? EXIT_CODES.unverified : EXIT_CODES.clean;
}
