import type { RowDifference } from '../core/difference.js';
import type { RunResult, TableResult } from '../core/result.js';
import type { WaiverMark, WaiverUse } from '../core/waiver.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { visibleMessage, visibleName } from '../words/visible-text.js';

/** Reasons that a report names; programs find all in the JSON result. */
const MOST_NAMED = 40;

/** "3 of them waived", for behind the numbers of differing rows; empty where none is. */
export function formatWaivedCount({ waived = 0 }: Pick<TableResult, 'waived'>): string {
  return waived === 0 ? '' : `${formatCount(waived)} of them waived`;
}

/** Who accepted a difference, until when and why. */
export function formatMark({ owner, expires, reason }: WaiverMark): string {
  return `by ${visibleName(owner)} until ${visibleName(expires)}: ${visibleMessage(reason)}`;
}

/** The same of a row; empty where nobody did. */
export function formatRowMark({ waived }: Pick<RowDifference, 'waived'>): string {
  return waived === undefined ? '' : `waived ${formatMark(waived)}`;
}

/** What was forgiven of a run, a sentence for each table and reason. */
export function listWaivers({ waivers = [] }: Pick<RunResult, 'waivers'>): string[] {
  const named = waivers.slice(0, MOST_NAMED).map((use) => `Waived: ${describeUse(use)}`);
  const more = waivers.length - named.length;
  return more === 0
    ? named
    : [...named, `Waived: ${formatCounted(more, 'more reason')}, which the JSON result holds`];
}

/** What was forgiven, for behind a word that says so. */
export function describeUse(use: WaiverUse): string {
  const why =
    use.cause === undefined ? '' : ` (${visibleName(use.cause.code)} in ${visibleName(use.cause.column)})`;
  return `${formatCounted(use.rows, 'row')} of ${visibleName(use.table)}${why}, ${formatMark(use)}`;
}

/** Whether the job passes in spite of all that differs: it asked for new differences, and there is none. */
export function isKnownRun({ baseline, verdict }: RunResult): boolean {
  return verdict === 'different' && baseline?.failsOnNew === true && baseline.new === 0;
}

/** Whether the job passes in spite of what differs in a table: it asked for new differences, and here is none. */
export function isKnownAlone({ baseline }: RunResult, table: TableResult): boolean {
  return baseline?.failsOnNew === true && table.verdict === 'different' && table.new === 0;
}

/** How the differences of a run stand to its baseline; empty where it was compared with none. */
export function describeBaseline({ baseline, totals }: RunResult): string {
  if (baseline === undefined) return '';
  const differing = totals.missing + totals.extra + totals.changed - (totals.waived ?? 0);
  const schema = baseline.known + baseline.new - differing;
  const what = [
    ...(differing > 0
      ? [`${(totals.left ?? 0) === 0 ? '' : 'at least '}${formatCounted(differing, 'row')}`]
      : []),
    ...(schema > 0 ? [formatCounted(schema, 'schema difference')] : []),
  ];
  if (what.length === 0) return '';
  const fresh = baseline.new === 0 ? 'none' : formatCount(baseline.new);
  const of =
    baseline.acceptedAt === null
      ? 'since there is no baseline'
      : `against the baseline of ${visibleName(baseline.acceptedAt.slice(0, 10))}`;
  return `${what.join(' and ')}, ${fresh} new ${of}`;
}
