import { type Finding, hasEffect } from '../../core/finding.js';
import { isPartlyUnverified } from '../../core/partly-unverified.js';
import type { RunResult, TableResult } from '../../core/result.js';
import type { WaiverUse } from '../../core/waiver.js';
import { formatCounted } from '../../words/number-text.js';
import { formatDifferenceListing } from '../difference-listing.js';
import { tellFindings } from '../group-findings.js';
import { createPaint } from '../paint.js';
import { formatSummary } from '../summary.js';
import { countDifferences, formatDifferenceCounts, formatHeadline, formatPairName } from '../verdict-text.js';
import { describeBaseline, describeUse, isKnownAlone, isKnownRun } from '../waiver-text.js';
import { listLeftOut } from './left-out.js';
import type { TestCase } from './test-case.js';

/** What the weaker modes say in place of a pass. */
const NO_PROOF = {
  sampled: 'Sampled: only a sample of the rows was asked for, and no difference was found in it.',
  counted: 'Counted: only the numbers of rows were compared, no values.',
} as const;
const DETAILS_WIDTH = 100;
/** A message of a server may be megabytes long, and many tables may have one. */
const MOST_MESSAGE = 2000;

/** Every table pair, the run itself, and what was left out on request, as test cases. Names may occur twice. */
export function listTestCases(result: RunResult): TestCase[] {
  const tables = result.tables.map((table) =>
    caseOfTable(table, { waivers: waiversOf(result, table), isKnown: isKnownAlone(result, table) }),
  );
  return [...tables, caseOfRun(result, tables), ...listLeftOut(result.scope)];
}

function waiversOf({ waivers = [] }: RunResult, { target }: TableResult): readonly WaiverUse[] {
  return waivers.filter(({ table }) => table === target);
}

interface Told {
  readonly waivers: readonly WaiverUse[];
  /** Whether all that differs was known, and the job asked for what is new. */
  readonly isKnown: boolean;
}

function caseOfTable(table: TableResult, { waivers, isKnown }: Told): TestCase {
  const { verdict, elapsedMs } = table;
  const failure = verdict === 'different' && !isKnown ? describeDifference(table) : null;
  const known = isKnown ? `Known: ${describeDifference(table)}` : null;
  const error = isPartlyUnverified(table) ? describeGap(table) : null;
  return {
    group: 'tables',
    name: table.target ?? table.source ?? '(unnamed)',
    seconds: elapsedMs / 1000,
    failure,
    error,
    skipped: error === null ? (known ?? describeWeak(table, waivers)) : null,
    details: describeTable(table),
  };
}

/** Why a table without an unaccepted difference is no pass; null where it is one, or fails. */
function describeWeak({ verdict }: TableResult, waivers: readonly WaiverUse[]): string | null {
  if (verdict === 'waived') return `Waived: ${waivers.map(describeUse).join('; ')}`;
  return verdict === 'sampled' || verdict === 'counted' ? NO_PROOF[verdict] : null;
}

function describeDifference(table: TableResult): string {
  if (countDifferences(table) > 0) return `${formatDifferenceCounts(table)}.`;
  const [first] = table.findings.filter((finding) => hasEffect([finding], 'different'));
  return first?.message ?? 'The two sides differ.';
}

function describeGap({ findings, coverage }: TableResult): string {
  const [first] = findings.filter((finding) => hasEffect([finding], 'unverified'));
  if (first !== undefined) return first.message;
  const { unverifiedChunks, chunks } = coverage;
  if (unverifiedChunks === 0) return 'Not verified.';
  return `${unverifiedChunks} of ${formatCounted(chunks, 'chunk')} could not be compared.`;
}

function describeTable(table: TableResult): string {
  const rows =
    countDifferences(table) === 0
      ? formatPairName(table)
      : formatDifferenceListing({
          table,
          told: new Set(),
          width: DETAILS_WIDTH,
          paint: createPaint(false),
        });
  const findings = tellFindings(table.findings.map((finding) => ({ table, finding: shorten(finding) })));
  return [rows, ...findings.map(({ text, hint }) => (hint === '' ? text : `${text}\n→ ${hint}`))].join(
    '\n\n',
  );
}

/** What no table accounts for: a run never passes whose verdict says otherwise. */
function caseOfRun(result: RunResult, tables: readonly TestCase[]): TestCase {
  const { verdict, findings, interrupted, elapsedMs } = result;
  const isUnexplained = (outcome: 'failure' | 'error') => tables.every((each) => each[outcome] === null);
  const isKnown = isKnownRun(result);
  const isDifferent =
    !isKnown && (hasEffect(findings, 'different') || (verdict === 'different' && isUnexplained('failure')));
  const isOpen =
    interrupted || hasEffect(findings, 'unverified') || (verdict === 'unverified' && isUnexplained('error'));
  const told = tellFindings(findings.map((finding) => ({ table: null, finding: shorten(finding) })));
  const headline = formatHeadline(result);
  const isWeak =
    isKnown ||
    result.part !== undefined ||
    verdict === 'sampled' ||
    verdict === 'counted' ||
    verdict === 'waived';
  return {
    group: 'run',
    name: 'the run',
    seconds: elapsedMs / 1000,
    failure: isDifferent ? headline : null,
    error: isOpen ? headline : null,
    skipped: isWeak && !isOpen ? (isKnown ? `Known: ${describeBaseline(result)}.` : headline) : null,
    details: [formatSummary(result), ...told.map(({ text }) => text)].join('\n\n'),
  };
}

function shorten({ message, ...rest }: Finding): Finding {
  return {
    ...rest,
    message: message.length > MOST_MESSAGE ? `${message.slice(0, MOST_MESSAGE)} …` : message,
  };
}
