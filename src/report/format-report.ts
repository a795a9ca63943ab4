import { RowproofError } from '../core/errors.js';
import { refuseUnknownNames } from '../core/refuse-unknown-names.js';
import { isReportFormat, REPORT_FORMAT_NAMES, type ReportFormat } from '../core/report-format.js';
import type { RunResult } from '../core/result.js';
import { REPORT_FORMATS } from './report-formats.js';
import { guardText } from './visible-text.js';

/** For files and logs, whose reader's width nobody knows. */
export const DEFAULT_WIDTH = 120;

/** How a report is drawn: the table for people unless said otherwise, without colours, 120 wide, with values. */
export interface FormatReportOptions {
  readonly format?: ReportFormat;
  readonly color?: boolean;
  /** Terminal columns that lines should fit into. */
  readonly width?: number;
  readonly showValues?: boolean;
}

const OPTIONS: readonly (keyof FormatReportOptions)[] = ['format', 'color', 'width', 'showValues'];

/** Renders a result, of a run or saved by one, as `rowproof report` does. */
export function formatReport(result: RunResult, options: FormatReportOptions = {}): string {
  refuseUnknownNames(options, { of: 'formatReport', known: OPTIONS });
  const { format = 'table', color = false, width = DEFAULT_WIDTH, showValues = true } = options;
  if (!isReportFormat(format)) {
    throw new RowproofError({
      code: 'usage',
      message: `Expected format to be one of ${REPORT_FORMAT_NAMES.join(', ')}, got ${String(format)}.`,
      hint: 'table is for people, json for programs.',
    });
  }
  return guardText(REPORT_FORMATS[format](result, { color, width, showValues }));
}
