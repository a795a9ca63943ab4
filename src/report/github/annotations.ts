import { hasEffect } from '../../core/finding.js';
import { isPartlyUnverified } from '../../core/partly-unverified.js';
import type { RunResult, TableResult } from '../../core/result.js';
import type { Verdict } from '../../core/verdict.js';
import { formatCount, formatCounted } from '../../words/number-text.js';
import { listFindings } from '../told-findings.js';
import {
  countDifferences,
  formatDifferenceCounts,
  formatHeadline,
  formatPairName,
  formatShare,
} from '../verdict-text.js';
import { describeBaseline, isKnownAlone, isKnownRun } from '../waiver-text.js';
import type { Annotation } from './workflow-command.js';

/** GitHub shows no more of each kind of one step. */
const MOST_OF_KIND = 10;

/**
 * What a job should show at its head: an error for each table that differs, a warning for each that was not checked, a
 * notice for what is no full proof, or was known where the job asked for what is new. At most ten of each kind, of which the last says how many more there are.
 */
export function listAnnotations(result: RunResult): Annotation[] {
  const isKnown = isKnownRun(result);
  const differing = result.tables
    .filter((table) => table.verdict === 'different' && !isKnownAlone(result, table))
    .map(describeDifferent);
  const open = result.tables.filter(isPartlyUnverified).map(describeOpen);
  const errors = isKnown ? [] : [...listOfRun(result, 'different'), ...differing];
  const warnings = [...listOfRun(result, 'unverified'), ...open];
  return [
    ...limit(explain(errors, result, result.verdict === 'different' && !isKnown), 'error'),
    ...limit(explain(warnings, result, result.verdict === 'unverified' || result.interrupted), 'warning'),
    ...limit(listWeak(result), 'notice'),
  ];
}

type Remark = Omit<Annotation, 'kind'>;

/** What the run as a whole found. */
function listOfRun(result: RunResult, effect: 'different' | 'unverified'): Remark[] {
  return listFindings({ ...result, tables: [] })
    .filter((section) => section.effect === effect)
    .flatMap(({ findings }) => findings.map(({ text }) => ({ title: `Rowproof: ${effect}`, message: text })));
}

function describeDifferent(table: TableResult): Remark {
  const { findings } = table;
  const rows = countDifferences(table) > 0 ? [`Rows that differ: ${formatDifferenceCounts(table)}.`] : [];
  const beyond = findings
    .filter((finding) => hasEffect([finding], 'different'))
    .map(({ message }) => message);
  return { title: `${formatPairName(table)} differs`, message: [...rows, ...beyond].join(' ') };
}

function describeOpen(table: TableResult): Remark {
  const told = table.findings.filter((finding) => hasEffect([finding], 'unverified'));
  const { unverifiedChunks, chunks } = table.coverage;
  const gap = `${formatCount(unverifiedChunks)} of ${formatCounted(chunks, 'chunk')} could not be compared.`;
  const message = told.length > 0 ? told.map((each) => each.message).join(' ') : gap;
  return { title: `${formatPairName(table)} was not fully checked`, message };
}

function listWeak(result: RunResult): Remark[] {
  if (isKnownRun(result))
    return [{ title: 'Rowproof: nothing new', message: `${describeBaseline(result)}.` }];
  const weak: readonly Verdict[] = ['sampled', 'counted', 'waived'];
  return weak.includes(result.verdict)
    ? [{ title: `Rowproof: ${formatShare(result)}${result.verdict}`, message: formatHeadline(result) }]
    : [];
}

/** A verdict is told also where neither a table nor a finding accounts for it. */
function explain(remarks: readonly Remark[], result: RunResult, isNeeded: boolean): readonly Remark[] {
  if (remarks.length > 0 || !isNeeded) return remarks;
  return [{ title: `Rowproof: ${formatShare(result)}${result.verdict}`, message: formatHeadline(result) }];
}

function limit(remarks: readonly Remark[], kind: Annotation['kind']): Annotation[] {
  if (remarks.length <= MOST_OF_KIND) return remarks.map((remark) => ({ kind, ...remark }));
  const shown = remarks.slice(0, MOST_OF_KIND - 1);
  const more = `${formatCount(remarks.length - shown.length)} more, which the summary of the job lists.`;
  return [...shown, { title: 'Rowproof: more', message: more }].map((remark) => ({ kind, ...remark }));
}
