import type { ReportFormat } from '../core/report-format.js';
import type { RunResult } from '../core/result.js';
import { formatJsonReport, withoutValues } from './json-report.js';
import type { ReportOptions } from './report-options.js';
import { formatTableReport } from './table-report.js';

/** The renderer of each report format. A new one is a file, a name in `core/report-format.ts` and a line here. */
export const REPORT_FORMATS = {
  table: formatTableReport,
  json: (result: RunResult, { showValues }: ReportOptions) =>
    formatJsonReport(showValues ? result : withoutValues(result)),
} as const satisfies Readonly<Record<ReportFormat, (result: RunResult, options: ReportOptions) => string>>;
