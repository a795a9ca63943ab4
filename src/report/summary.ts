import { FINDING_EFFECTS, type Finding } from '../core/finding.js';
import { isPartlyUnverified } from '../core/partly-unverified.js';
import type { RunResult, TableResult } from '../core/result.js';
import { formatCount, formatCounted, formatDuration } from '../words/number-text.js';
import { formatTableName } from '../words/table-name.js';
import { formatUnsettled } from './replication-sentences.js';
import { summarizeTimes } from './time-sentences.js';
import { atLeast, formatVerdictWord } from './verdict-text.js';
import { describeBaseline } from './waiver-text.js';

/** Looks that are over sooner are none that anybody asks about. */
const LEAST_LOOKED_MS = 1000;

/**
 * The last line of every report, on one line so that `tail -1` is enough: verdict, counts, and by name everything that
 * stayed unverified. Differences never push the unverified part out: a reader who stops here must not take "two rows
 * differ" for "all else is equal".
 */
export function formatSummary(result: RunResult): string {
  const { totals } = result;
  const differing = result.tables.filter((table) => table.verdict === 'different').map(formatTableName);
  const unverified = listUnverified(result);
  const rows = `${formatCount(totals.sourceRows)} source and ${formatCount(totals.targetRows)} target rows`;
  const counted = result.tables.filter(({ mode }) => mode === 'count').length;
  const isCounted = { some: counted > 0, every: counted > 0 && counted === result.tables.length };
  const parts = [
    `${formatCounted(totals.tables, 'table')}, ${rows} ${isCounted.every ? 'counted' : isCounted.some ? 'read or counted' : 'read'}`,
  ];
  if (!isCounted.every) parts.push(formatCounts(totals));
  if (differing.length > 0) parts.push(`different: ${differing.join(', ')}`);
  parts.push(unverified.length > 0 ? `unverified: ${unverified.join(', ')}` : 'nothing unverified');
  parts.push(...summarizeTimes(result));
  parts.push(formatElapsed(result));
  const known = describeBaseline(result);
  return `${formatVerdictWord(result)}: ${[...(known === '' ? [] : [known]), ...parts].join('; ')}`;
}

/** A run that waits for rows to settle, and says so nowhere else, looks as if it were slow. */
function formatElapsed({ elapsedMs, lookedMs = 0 }: RunResult): string {
  const elapsed = formatDuration(elapsedMs);
  return lookedMs < LEAST_LOOKED_MS
    ? elapsed
    : `${elapsed}, ${formatDuration(lookedMs)} of it looking again at what differed`;
}

function formatCounts(totals: RunResult['totals']): string {
  const { missing, extra, changed, inFlight, waived = 0 } = totals;
  const accepted = waived === 0 ? '' : `${formatCount(waived)} of them waived, `;
  return `${atLeast(totals)}${formatCount(missing)} missing, ${formatCount(extra)} extra, ${formatCount(changed)} changed, ${accepted}${formatCount(inFlight)} in flight${formatUnsettled(totals)}`;
}

/** What stayed unverified, by name and with the codes that say why. */
export function listUnverified(result: RunResult): string[] {
  const items = result.tables.filter(isPartlyUnverified).map(describeTable);
  items.push(...unverifiedCodes(result.findings));
  if (items.length === 0 && (result.interrupted || result.verdict === 'unverified'))
    items.push('part of the run');
  return items;
}

function describeTable(table: TableResult): string {
  const codes = unverifiedCodes(table.findings);
  const { unverifiedChunks, chunks } = table.coverage;
  if (unverifiedChunks > 0)
    codes.push(`${formatCount(unverifiedChunks)} of ${formatCounted(chunks, 'chunk')}`);
  const name = formatTableName(table);
  return codes.length === 0 ? name : `${name} (${codes.join(', ')})`;
}

function unverifiedCodes(findings: readonly Finding[]): string[] {
  const counts = new Map<string, number>();
  for (const { code } of findings) {
    if (FINDING_EFFECTS[code] === 'unverified') counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts].map(([code, count]) => (count === 1 ? code : `${formatCount(count)} × ${code}`));
}
