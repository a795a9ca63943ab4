import type { RunResult } from '../core/result.js';
import { formatDifferenceListing } from './difference-listing.js';
import { formatFindings, formatScope, formatSkippedColumns } from './findings-listing.js';
import { createPaint } from './paint.js';
import type { ReportOptions } from './report-options.js';
import { findSharedCauses, formatSharedCauses } from './shared-causes.js';
import { formatSide } from './side-text.js';
import { formatSummary } from './summary.js';
import { formatOverview } from './table-overview.js';
import { countDifferences, formatHeadline, VERDICT_TONES } from './verdict-text.js';
import { wrapWords } from './wrap-text.js';

const LEAST_WIDTH = 72;

/**
 * The report for people: verdict first, then every table pair, the first differing rows of each, what was found and
 * what was not checked; the last line sums it up and names everything unverified.
 */
export function formatTableReport(result: RunResult, options: ReportOptions): string {
  const paint = createPaint(options.color);
  const width = Math.max(LEAST_WIDTH, options.width);
  const tone = VERDICT_TONES[result.verdict];
  const differing = result.tables.filter((table) => countDifferences(table) > 0);
  const shared = findSharedCauses(differing);
  const told = new Set(shared.flat().map(({ diagnosis }) => diagnosis));
  const headline = wrapWords(formatHeadline(result), width).map((line) => paint(tone, line));
  const sections = [
    [...headline, formatSide('source', result.source), formatSide('target', result.target)].join('\n'),
    result.tables.length === 0
      ? ''
      : formatOverview({ tables: result.tables, mode: result.mode, width, paint }),
    formatSharedCauses({ shared, width, paint }),
    ...differing.map((table) => formatDifferenceListing({ table, told, width, paint })),
    ...formatFindings({ result, width, paint }),
    formatSkippedColumns({ result, width, paint }),
    formatScope({ result, width, paint }),
    paint(tone, formatSummary(result)),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}
