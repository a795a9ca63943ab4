import { EXIT_CODES, exitCodeOf } from '../../core/verdict.js';
import type { PassSummary } from '../../core/watch.js';
import { formatDuration } from '../../words/number-text.js';

/** What was asked of a watch. */
export interface WatchRules {
  /** Between the begins of two whole passes. */
  readonly passEveryMs: number;
  /** Between two looks at rows that differed. */
  readonly lookEveryMs: number;
  readonly isUntilReady: boolean;
  /** After how long it ends; null for never. */
  readonly untilTimeoutMs: number | null;
  readonly stopsOnDifference: boolean;
  /** How far the target may be behind where it is ready; null for any time. */
  readonly maxLagMs: number | null;
  readonly takeOverAfterMs: number;
  /** The file for probes; null for none. */
  readonly statePath: string | null;
}

/** How long the lag at the end of a pass is waited for where no limit was named. */
const DEFAULT_LAG_WAIT_MS = 10_000;
const LEAST_LAG_WAIT_MS = 5000;

/** How long it is waited to learn how far the target is behind: longer than it may be. */
export function lagWaitMs({ maxLagMs }: Pick<WatchRules, 'maxLagMs'>): number {
  return maxLagMs === null ? DEFAULT_LAG_WAIT_MS : Math.max(LEAST_LAG_WAIT_MS, 2 * maxLagMs);
}

/** Whether a whole pass found nothing that differs, and left nothing open. */
export function isClean({ verdict, unsettled }: PassSummary): boolean {
  return exitCodeOf(verdict) === EXIT_CODES.clean && unsettled === 0;
}

interface Judged {
  readonly lastPass: PassSummary | null;
  readonly lastLook: PassSummary | null;
}

/** The last pass or look, whichever was later. */
export function latestOf({ lastPass, lastLook }: Judged): PassSummary | null {
  return lastLook ?? lastPass;
}

/** Why it is not time to switch yet; null where it is. */
export function whyNotReady(judged: Judged, { maxLagMs }: Pick<WatchRules, 'maxLagMs'>): string | null {
  const { lastPass } = judged;
  const latest = latestOf(judged);
  if (lastPass === null || latest === null) return 'no whole pass has come to its end yet';
  if (!isClean(lastPass)) return `pass ${lastPass.pass}, the last whole one, was ${lastPass.verdict}`;
  if (maxLagMs === null) return null;
  const { lagMs, lagAtLeastMs } = latest;
  const allowed = `--max-lag allows ${formatDuration(maxLagMs)}`;
  if (lagMs !== null && lagMs <= maxLagMs) return null;
  if (lagMs !== null) return `the target is ${formatDuration(lagMs)} behind the source, and ${allowed}`;
  if (lagAtLeastMs !== null)
    return `the target is more than ${formatDuration(lagAtLeastMs)} behind the source, and ${allowed}`;
  return 'it is not known how far the target is behind the source, because no table has a fence';
}
