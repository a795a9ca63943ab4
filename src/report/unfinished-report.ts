import type { ReportFormat } from '../core/report-format.js';
import { RUN_FORMAT } from '../core/result.js';
import { formatHtmlNotice } from './html/html-report.js';
import { formatJunitError } from './junit/junit-report.js';
import { type FailedRun, formatFailedMetrics } from './prometheus/last-run.js';

/** A run that has no result: it is still at work, or it could not come to its end. */
export interface UnfinishedRun {
  readonly state: 'running' | 'failed';
  readonly startedAt: string;
  /** The version of Rowproof. */
  readonly rowproof: string;
  /** What metrics say of it. */
  readonly metrics: FailedRun;
}

const SENTENCES = {
  running: 'has not ended',
  failed: 'ended before it had a result',
} as const;

const UNFINISHED: Readonly<Record<ReportFormat, (run: UnfinishedRun) => string | null>> = {
  table: (run) => `${describe(run)}\n`,
  json: formatUnfinishedJson,
  html: (run) => formatHtmlNotice(describe(run)),
  junit: (run) => formatJunitError(describe(run), run.startedAt),
  github: (run) => `${describe(run)}\n`,
  markdown: (run) => `${describe(run)}\n`,
  // Whoever watches metrics sees those of the last run that ended, until the next one does.
  prometheus: ({ state, metrics }) => (state === 'failed' ? formatFailedMetrics(metrics) : null),
};

/**
 * What stands in the place of a report until there is one, so that nobody takes an earlier run's for it; null where the
 * earlier one has to stay.
 */
export function formatUnfinished(format: ReportFormat, run: UnfinishedRun): string | null {
  return UNFINISHED[format](run);
}

function describe({ startedAt, state }: UnfinishedRun): string {
  return `UNVERIFIED: the run that began at ${startedAt} ${SENTENCES[state]}.`;
}

function formatUnfinishedJson({ state, startedAt, rowproof }: UnfinishedRun): string {
  const result = {
    format: RUN_FORMAT,
    rowproof,
    verdict: 'unverified',
    state,
    interrupted: false,
    startedAt,
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}
