import type { RunResult } from '../../core/result.js';
import { formatMarkdownReport } from '../markdown/markdown-report.js';
import type { ReportOptions } from '../report-options.js';

/** GitHub refuses the summary of a step as a whole above 1,024 kB, whoever wrote its parts. */
export const MOST_STEP_SUMMARY_BYTES = 1_000_000;

/** The result as the summary of a step of a GitHub job, or as much of it as there is room for. */
export function formatStepSummary(result: RunResult, options: ReportOptions): string {
  return formatMarkdownReport(result, { mostBytes: MOST_STEP_SUMMARY_BYTES, ...options });
}
