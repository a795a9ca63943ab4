import { hasEffect } from '../core/finding.js';
import { isPartlyUnverified } from '../core/partly-unverified.js';
import type { RowCounts, RunResult, TableResult } from '../core/result.js';
import type { Verdict } from '../core/verdict.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { visibleName } from '../words/visible-text.js';
import type { Tone } from './paint.js';
import { formatWaivedCount } from './waiver-text.js';

export const VERDICT_TONES: Readonly<Record<Verdict, Tone>> = {
  verified: 'good',
  different: 'bad',
  unverified: 'warn',
  sampled: 'good',
  counted: 'good',
  waived: 'warn',
};

/** Both names of a table pair: `shop.orders → public.orders`, or what it lacks. */
export function formatPairName({ source, target }: Pick<TableResult, 'source' | 'target'>): string {
  const left = source === null ? '(not on the source)' : visibleName(source);
  const right = target === null ? '(not on the target)' : visibleName(target);
  return left === right ? left : `${left} → ${right}`;
}

/** How many rows differ. */
export function countDifferences(counts: Pick<RowCounts, 'missing' | 'extra' | 'changed'>): number {
  return counts.missing + counts.extra + counts.changed;
}

/** A number of rows of a table, or of a run with such a table, that was left: there may be more of them. */
export function formatKnownCount({ left }: MaybeLeft, count: number): string {
  return `${left === undefined ? '' : '≥ '}${formatCount(count)}`;
}

/** What stands before counts of rows that may be more. */
export function atLeast({ left }: MaybeLeft): string {
  return left === undefined ? '' : 'at least ';
}

type MaybeLeft = Pick<TableResult, 'left'> | Pick<RunResult['totals'], 'left'>;

/** "1 missing, 2 changed"; kinds that do not occur are left out, "none" if there are none at all. */
export function formatDifferenceCounts(counts: RowCounts & Pick<TableResult, 'left'>): string {
  const parts = [];
  if (counts.missing > 0) parts.push(`${formatCount(counts.missing)} missing`);
  if (counts.extra > 0) parts.push(`${formatCount(counts.extra)} extra`);
  if (counts.changed > 0) parts.push(`${formatCount(counts.changed)} changed`);
  if ((counts.waived ?? 0) > 0) parts.push(formatWaivedCount(counts));
  if (counts.inFlight > 0) parts.push(`${formatCount(counts.inFlight)} in flight`);
  if ((counts.unsettled ?? 0) > 0) parts.push(`${formatCount(counts.unsettled ?? 0)} unsettled`);
  return parts.length === 0 ? 'none' : `${atLeast(counts)}${parts.join(', ')}`;
}

/** The verdict of a run as a sentence for the top of a report. */
export function formatHeadline(result: RunResult): string {
  const total = result.tables.length;
  const different = result.tables.filter((table) => table.verdict === 'different').length;
  const unverified = result.tables.filter(isPartlyUnverified).length;
  const left = unverified > 0 ? describeLeft(result, { unverified, total }) : describeFewRows(result);
  const word = formatVerdictWord(result);
  switch (result.verdict) {
    case 'different':
      return `${word}: ${differingTables(different, total)}${left === '' ? '' : `, and ${left}`}.`;
    case 'unverified':
      return `${word}: no difference was found${describeKnown(result)}, but ${left === '' ? 'not everything was checked' : left}.`;
    case 'waived':
      return `${word}: ${describeWaived(result)}.`;
    case 'verified':
      return `${word}: ${formatCounted(total, 'table')} ${total === 1 ? 'holds' : 'hold'} the same rows on both sides${describeEmpty(result)}.`;
    default:
      return `${word}: no difference was found in ${formatCounted(total, 'table')}; ${describeProof(result)}${describeEmpty(result)}.`;
  }
}

/** A table with fewer rows than were asked for was checked in full all the same. */
function describeLeft(
  { tables }: RunResult,
  { unverified, total }: { readonly unverified: number; readonly total: number },
): string {
  const few = tables.filter((table) => isPartlyUnverified(table) && hasOnlyFewRows(table)).length;
  if (few < unverified) return `${ofTables(unverified, total)} ${was(unverified)} not fully checked`;
  return `${ofTables(few, total)} ${few === 1 ? 'has' : 'have'} fewer rows than were asked for`;
}

function hasOnlyFewRows({ coverage, findings }: TableResult): boolean {
  const others = findings.filter(({ code }) => code !== 'few-rows');
  return (
    coverage.unverifiedChunks === 0 && others.length < findings.length && !hasEffect(others, 'unverified')
  );
}

function describeFewRows({ findings }: RunResult): string {
  return findings.some(({ code }) => code === 'few-rows') ? 'fewer rows were read than were asked for' : '';
}

/** Two schemas that nobody filled are equal too: whoever expected rows must read it in the first line. */
function describeEmpty({ tables }: RunResult): string {
  const empty = tables.filter(
    ({ sourceRows, targetRows, coverage }) => sourceRows + targetRows === 0 && coverage.chunks > 0,
  ).length;
  return empty === 0 ? '' : `; no row was there in ${ofTables(empty, tables.length)}`;
}

/** What a run proved that did not read every table in full. */
function describeProof({ tables }: RunResult): string {
  const kinds = (['verified', 'sampled', 'counted', 'waived'] as const)
    .map((verdict) => ({ verdict, count: tables.filter((table) => table.verdict === verdict).length }))
    .filter(({ count }) => count > 0);
  if (kinds.length < 2) return 'this mode is no full proof';
  return kinds.map(({ verdict, count }) => `${formatCount(count)} ${was(count)} ${verdict}`).join(', ');
}

/** Rows that are known to differ are no silence: whoever reads that something was not checked must know of them too. */
function describeKnown({ totals: { waived = 0 } }: RunResult): string {
  return waived === 0 ? '' : ` but for ${formatCounted(waived, 'waived row')}`;
}

function describeWaived(result: RunResult): string {
  const { tables } = result;
  const waived = tables.filter((table) => table.verdict === 'waived').length;
  const equal = tables.filter((table) => table.verdict === 'verified').length;
  const weak = tables.length - waived - equal;
  const others =
    equal === 0
      ? ''
      : `; ${formatCounted(equal, 'other table')} ${equal === 1 ? 'holds' : 'hold'} the same rows`;
  const proof = weak === 0 ? '' : `; ${describeProof(result)}`;
  return `what differs in ${ofTables(waived, tables.length)} was accepted${others}${proof}${describeEmpty(result)}`;
}

/** That a result is of a part of a run, to stand before its verdict; empty where it is of all of it. */
export function formatShare({ part }: Pick<RunResult, 'part'>): string {
  return part === undefined ? '' : `Part ${part.part} of ${part.of}: `;
}

/** The verdict in capitals, told apart from that of a part, and of a run that was stopped before its end. */
export function formatVerdictWord({
  verdict,
  interrupted,
  stoppedBy,
  part,
  tables,
  totals,
}: Pick<RunResult, 'verdict' | 'interrupted' | 'stoppedBy' | 'part' | 'tables' | 'totals'>): string {
  const share = part === undefined ? '' : `PART ${part.part} OF ${part.of}, `;
  if (verdict === 'waived' && !interrupted) {
    const isWhole = tables.every(({ mode }) => mode === 'full');
    const rows = formatCounted(totals.waived ?? 0, 'waived row').toUpperCase();
    return `${share}${isWhole ? 'EQUAL' : 'NO DIFFERENCE FOUND'} BUT FOR ${rows}`;
  }
  const stop = !interrupted ? '' : stoppedBy === undefined ? 'INTERRUPTED, ' : 'OUT OF TIME, ';
  return `${share}${stop}${verdict.toUpperCase()}`;
}

function differingTables(different: number, total: number): string {
  if (different === 0) return 'the two databases do not hold the same tables';
  return `${ofTables(different, total)} ${different === 1 ? 'differs' : 'differ'}`;
}

function ofTables(count: number, total: number): string {
  return `${formatCount(count)} of ${formatCounted(total, 'table')}`;
}

function was(count: number): string {
  return count === 1 ? 'was' : 'were';
}
