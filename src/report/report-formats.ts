import type { ReportFormat } from '../core/report-format.js';
import type { RenderReport } from './draw-report.js';
import { formatStepSummary } from './github/step-summary.js';
import { formatHtmlReport } from './html/html-report.js';
import { formatJsonReport } from './json-report.js';
import { formatJunitReport } from './junit/junit-report.js';
import { formatMarkdownReport } from './markdown/markdown-report.js';
import { formatPrometheusReport } from './prometheus/prometheus-report.js';
import { formatTableReport } from './table-report.js';

/** The renderer of each report format. A new one is a folder, a name in `core/report-format.ts` and a line here. */
export const REPORT_FORMATS = {
  table: formatTableReport,
  json: formatJsonReport,
  html: formatHtmlReport,
  junit: formatJunitReport,
  github: formatStepSummary,
  markdown: formatMarkdownReport,
  prometheus: formatPrometheusReport,
} as const satisfies Readonly<Record<ReportFormat, RenderReport>>;
