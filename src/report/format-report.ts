import { RowproofError } from '../core/errors.js';
import { refuseUnknownNames } from '../core/refuse-unknown-names.js';
import { isReportFormat, REPORT_FORMAT_NAMES, type ReportFormat } from '../core/report-format.js';
import type { RunResult } from '../core/result.js';
import type { Night } from '../core/trend.js';
import { guardText } from '../words/visible-text.js';
import type { HtmlRows } from './html/rows/html-rows.js';
import { REPORT_FORMATS } from './report-formats.js';

/** For files and logs, whose reader's width nobody knows. */
export const DEFAULT_WIDTH = 120;

/** How a report is drawn: the table for people unless said otherwise, without colours, 120 wide, with values. */
export interface FormatReportOptions {
  readonly format?: ReportFormat;
  readonly color?: boolean;
  /** Terminal columns that lines should fit into. */
  readonly width?: number;
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

const OPTIONS: readonly (keyof FormatReportOptions)[] = [
  'format',
  'color',
  'width',
  'showValues',
  'earlier',
  'mostBytes',
  'rows',
  'trend',
];

/**
 * Renders a result, of a run or saved by one, as `rowproof report` does. Nothing in the text is obeyed by a terminal or a build
 * server, but for `prometheus`, whose labels hold real names: it is for a file.
 */
export function formatReport(result: RunResult, options: FormatReportOptions = {}): string {
  refuseUnknownNames(options, { of: 'formatReport', known: OPTIONS });
  const { format = 'table', color = false, width = DEFAULT_WIDTH, showValues = true, ...rest } = options;
  if (!isReportFormat(format)) {
    throw new RowproofError({
      code: 'usage',
      message: `Expected format to be one of ${REPORT_FORMAT_NAMES.join(', ')}, got ${String(format)}.`,
      hint: 'table is for people, json for programs.',
    });
  }
  const text = REPORT_FORMATS[format](result, { color, width, showValues, ...rest });
  return format === 'prometheus' ? text : guardText(text);
}
