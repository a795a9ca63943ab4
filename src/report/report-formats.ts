import type { ReportFormat } from '../core/report-format.js';
import type { RunResult } from '../core/result.js';
import { formatStepSummary } from './github/step-summary.js';
import { formatHtmlReport } from './html/html-report.js';
import { formatJsonReport, withoutValues } from './json-report.js';
import { formatJunitReport } from './junit/junit-report.js';
import { formatMarkdownReport } from './markdown/markdown-report.js';
import { formatPrometheusReport } from './prometheus/prometheus-report.js';
import type { ReportOptions } from './report-options.js';
import { formatTableReport } from './table-report.js';

/** Draws a result in one format. */
export type RenderReport = (result: RunResult, options: ReportOptions) => string;

/** The renderer of each report format. A new one is a folder, a name in `core/report-format.ts` and a line here. */
export const REPORT_FORMATS = {
  table: hidingValues(formatTableReport),
  json: hidingValues(formatJsonReport),
  html: hidingValues(formatHtmlReport),
  junit: hidingValues(formatJunitReport),
  github: hidingValues(formatStepSummary),
  markdown: hidingValues(formatMarkdownReport),
  prometheus: hidingValues(formatPrometheusReport),
} as const satisfies Readonly<Record<ReportFormat, RenderReport>>;

/** Where values are hidden no renderer gets to see one. */
function hidingValues(render: RenderReport): RenderReport {
  return (result, options) => render(options.showValues ? result : withoutValues(result), options);
}
