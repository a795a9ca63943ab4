import { FINDING_EFFECTS, type Finding } from '../core/finding.js';
import type { RunResult, TableResult } from '../core/result.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { visibleMessage, visibleName } from '../words/visible-text.js';
import { type PlacedFinding, type ToldFinding, tellFindings } from './group-findings.js';
import type { Tone } from './paint.js';
import { formatPairName } from './verdict-text.js';

/** Findings of one effect on the verdict. */
export interface FindingSection {
  readonly effect: 'different' | 'unverified' | 'note';
  readonly title: string;
  readonly tone: Tone;
  readonly findings: readonly ToldFinding[];
}

const SECTIONS: readonly Omit<FindingSection, 'findings'>[] = [
  { effect: 'different', title: 'Differences beyond single rows', tone: 'bad' },
  { effect: 'unverified', title: 'Unverified: asked for, but not checked', tone: 'warn' },
  { effect: 'note', title: 'Notes', tone: 'strong' },
];

/**
 * Every finding with its code and hint, those that decide the verdict first; no empty section. What holds of several
 * tables is said once.
 */
export function listFindings(result: RunResult): FindingSection[] {
  const placed: PlacedFinding[] = [
    ...result.findings.map((finding) => ({ table: null, finding })),
    ...result.tables.flatMap((table) => table.findings.map((finding) => ({ table, finding }))),
  ];
  return SECTIONS.flatMap((section) => {
    const told = tellFindings(
      placed.filter(({ finding }) => FINDING_EFFECTS[finding.code] === section.effect),
    );
    const gaps = section.effect === 'unverified' ? result.tables.flatMap(listGaps) : [];
    const findings = [...told, ...gaps.map((text) => ({ text, hint: '' }))];
    return findings.length === 0 ? [] : [{ ...section, findings }];
  });
}

/** What a table pair left unchecked that no finding tells of. */
function listGaps(table: TableResult): string[] {
  const { unverifiedChunks, chunks } = table.coverage;
  if (unverifiedChunks > 0) {
    if (table.findings.some(({ code }) => code === 'chunk-unverified')) return [];
    const text = `${formatCount(unverifiedChunks)} of ${formatCounted(chunks, 'chunk')} could not be compared`;
    return [`${formatPairName(table)}: ${text}`];
  }
  const isUntold = table.verdict === 'unverified' && !table.findings.some(isUnverified);
  return isUntold ? [`${formatPairName(table)}: not verified`] : [];
}

function isUnverified({ code }: Finding): boolean {
  return FINDING_EFFECTS[code] === 'unverified';
}

/** Columns that were not compared and that no finding speaks of, each with its reason; a line for each table pair. */
export function listSkippedColumns(result: RunResult): string[] {
  return result.tables.flatMap((table) => {
    const skipped = table.columns.filter(
      ({ compared, reason }) => !compared && !table.findings.some(({ message }) => mentions(message, reason)),
    );
    if (skipped.length === 0) return [];
    const listed = skipped.map(
      ({ target, reason }) =>
        `${visibleName(target)}${reason === undefined ? '' : ` (${visibleMessage(reason)})`}`,
    );
    return [`${formatPairName(table)}: ${listed.join(', ')}`];
  });
}

function mentions(message: string, reason: string | undefined): boolean {
  return reason !== undefined && message.includes(reason);
}
