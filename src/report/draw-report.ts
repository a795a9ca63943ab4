import type { ReportFormat } from '../core/report-format.js';
import type { RunResult } from '../core/result.js';
import type { Night } from '../core/trend.js';
import { guardText } from '../words/visible-text.js';
import type { HtmlRows } from './html/rows/html-rows.js';
import type { ReportOptions } from './report-options.js';
import { withoutValues } from './without-values.js';

/** For files and logs, whose reader's width nobody knows. */
export const DEFAULT_WIDTH = 120;

/** How a report is drawn: the table for people unless said otherwise, without colours, 120 wide, with values. */
export interface FormatReportOptions {
  readonly format?: ReportFormat;
  readonly color?: boolean;
  /** Terminal columns that lines should fit into. */
  readonly width?: number;
  /** False takes the values out of a result that holds them, and leaves out `rows`, where these may hold them too. */
  readonly showValues?: boolean;
  /** For `prometheus`, the metrics of the run before: when all was well last is taken over from them. */
  readonly earlier?: string;
  /** For `markdown` and `github`, the most bytes that the report may take; 64,000 and 1,000,000 unless said otherwise. */
  readonly mostBytes?: number;
  /** For `html`, what `collectHtmlRows` made of every difference; the result's own first rows unless said otherwise. */
  readonly rows?: HtmlRows;
  /** For `html`, the runs of a history, this one last. */
  readonly trend?: readonly Night[];
}

/** Draws a result in one format. */
export type RenderReport = (result: RunResult, options: ReportOptions) => string;

/**
 * Draws a result by the renderer of its format. Nothing in the text is obeyed by a terminal or a build server, but for
 * `prometheus`, whose labels hold real names: it is for a file.
 */
export function drawReport(render: RenderReport, result: RunResult, options: FormatReportOptions): string {
  const { format = 'table', color = false, width = DEFAULT_WIDTH, showValues = true, ...rest } = options;
  const text = showValues
    ? render(result, { color, width, ...rest })
    : drawHidden(render, result, { color, width, ...rest });
  return format === 'prometheus' ? text : guardText(text);
}

/** Rows that were collected from a run which shows values hold them: the result's own first rows stand for them. */
function drawHidden(render: RenderReport, result: RunResult, { rows, ...options }: ReportOptions): string {
  const areHidden = result.hidden?.values === 'hidden';
  const told = areHidden && rows !== undefined ? { ...options, rows } : options;
  return render(withoutValues(result), told);
}
