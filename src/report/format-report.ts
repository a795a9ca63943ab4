import { RowproofError } from '../core/errors.js';
import { refuseUnknownNames } from '../core/refuse-unknown-names.js';
import { isReportFormat, REPORT_FORMAT_NAMES } from '../core/report-format.js';
import type { RunResult } from '../core/result.js';
import { drawReport, type FormatReportOptions } from './draw-report.js';
import { REPORT_FORMATS } from './report-formats.js';

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
  const { format = 'table' } = options;
  if (!isReportFormat(format)) {
    throw new RowproofError({
      code: 'usage',
      message: `Expected format to be one of ${REPORT_FORMAT_NAMES.join(', ')}, got ${String(format)}.`,
      hint: 'table is for people, json for programs.',
    });
  }
  return drawReport(REPORT_FORMATS[format], result, options);
}
