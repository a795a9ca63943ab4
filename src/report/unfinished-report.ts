import type { ReportFormat } from '../core/report-format.js';
import { RUN_FORMAT } from '../core/result.js';

/** A run that has no result: it is still at work, or it could not come to its end. */
export interface UnfinishedRun {
  readonly state: 'running' | 'failed';
  readonly startedAt: string;
  /** The version of Rowproof. */
  readonly rowproof: string;
}

const SENTENCES = {
  running: 'has not ended',
  failed: 'ended before it had a result',
} as const;

/** What stands in the place of a report until there is one, so that nobody takes an earlier run's for it. */
export function formatUnfinished(
  format: ReportFormat,
  { state, startedAt, rowproof }: UnfinishedRun,
): string {
  if (format === 'table') return `UNVERIFIED: the run that began at ${startedAt} ${SENTENCES[state]}.\n`;
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
