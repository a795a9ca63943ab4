import type { Verdict } from '../../core/verdict.js';
import { formatMetrics, formatSeries, type Labels, type Metric } from './metric-lines.js';

/** The verdicts of a result, in the order in which they are told. */
export const VERDICTS = ['verified', 'sampled', 'counted', 'waived', 'unverified', 'different'] as const;
const LAST_SUCCESS = 'rowproof_last_success_timestamp_seconds';

/** Which run it was: the servers, and the digest of what it was asked. */
export interface RunLabels extends Labels {
  readonly source: string;
  readonly target: string;
  readonly asked: string;
}

/** A run that ended without a result, when, and the metrics that it replaces. */
export interface FailedRun {
  readonly labels: RunLabels;
  readonly endedAt: Date;
  readonly earlier: string;
}

/**
 * Metrics of a run that has no result: they are not verified, and everything that an earlier run counted is gone. When all
 * was well last stays, for any question about the same servers, since what was asked may only be known once they answer.
 */
export function formatFailedMetrics({ labels, endedAt, earlier }: FailedRun): string {
  const successes = readSuccesses(earlier, labels);
  return formatMetrics(
    [sayVerdict('failed'), sayEnd(Math.round(endedAt.getTime() / 1000)), saySuccesses(successes)],
    labels,
  );
}

/** A run that failed has no verdict, and must not leave that of an earlier one. */
export function sayVerdict(last: Verdict | 'failed'): Metric {
  return {
    name: 'rowproof_verdict',
    help: 'One for the verdict of the last run, or for failed where it ended without one; zero for each other.',
    samples: [...VERDICTS, 'failed' as const].map((verdict) => ({
      labels: { verdict },
      value: Number(verdict === last),
    })),
  };
}

/** When a run ended, in seconds since 1970; null where that is not known. */
export function sayEnd(ended: number | null): Metric {
  return {
    name: 'rowproof_last_run_timestamp_seconds',
    help: 'When the last run ended, as seconds since 1970.',
    samples: ended === null ? [] : [{ value: ended }],
  };
}

/** When a question was last answered by a run that was verified. */
export interface Success {
  readonly asked: string;
  /** Seconds since 1970. */
  readonly value: number;
}

/** The last success of each question. */
export function saySuccesses(successes: readonly Success[]): Metric {
  return {
    name: LAST_SUCCESS,
    help: 'When the last run ended that was verified, as seconds since 1970.',
    samples: successes.map(({ asked, value }) => ({ labels: { asked }, value })),
  };
}

/** What earlier metrics say of last successes on the same servers; nothing where somebody edited them. */
export function readSuccesses(earlier: string, { source, target }: RunLabels): Success[] {
  const begin = `${formatSeries(LAST_SUCCESS, { source, target }).slice(0, -1)},asked="`;
  return earlier.split('\n').flatMap((line) => {
    if (!line.startsWith(begin)) return [];
    const [, asked, seconds] = /^([0-9a-f]*)"\} (\d+)$/.exec(line.slice(begin.length)) ?? [];
    const value = Number(seconds);
    return asked !== undefined && value > 0 && Number.isSafeInteger(value) ? [{ asked, value }] : [];
  });
}
