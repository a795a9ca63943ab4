import type { RunResult } from '../core/result.js';
import { formatJsonReport, withoutValues } from './json-report.js';
import type { ReportOptions } from './report-options.js';
import { formatTableReport } from './table-report.js';

/** Every report format by the name that `--report` knows it by. A new renderer is one file and one line here. */
export const REPORT_FORMATS = {
  table: formatTableReport,
  json: (result: RunResult, { showValues }: ReportOptions) =>
    formatJsonReport(showValues ? result : withoutValues(result)),
} as const satisfies Readonly<Record<string, (result: RunResult, options: ReportOptions) => string>>;

export type ReportFormat = keyof typeof REPORT_FORMATS;

/** Whether a word is the name of a report format. */
export function isReportFormat(word: string): word is ReportFormat {
  return Object.hasOwn(REPORT_FORMATS, word);
}
