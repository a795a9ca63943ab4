import { FINDING_EFFECTS, type Finding } from '../core/finding.js';
import type { LoadResult, RunResult, TableResult } from '../core/result.js';
import type { Mode } from '../core/verdict.js';
import { type PlacedFinding, type ToldFinding, tellFindings } from './group-findings.js';
import { listSomeNames } from './name-list.js';
import { formatCount, formatCounted, formatDuration } from './number-text.js';
import type { Paint, Tone } from './paint.js';
import { formatPairName, isPartlyUnverified } from './verdict-text.js';
import { visibleMessage, visibleName } from './visible-text.js';
import { wrapWords } from './wrap-text.js';

interface Listing {
  readonly result: RunResult;
  readonly width: number;
  readonly paint: Paint;
}

const SECTIONS: readonly { effect: 'different' | 'unverified' | 'note'; title: string; tone: Tone }[] = [
  { effect: 'different', title: 'Differences beyond single rows', tone: 'bad' },
  { effect: 'unverified', title: 'Unverified: asked for, but not checked', tone: 'warn' },
  { effect: 'note', title: 'Notes', tone: 'strong' },
];

/**
 * Every finding with its code and hint, those that decide the verdict first; one text per section. What holds of several
 * tables is said once.
 */
export function formatFindings({ result, width, paint }: Listing): string[] {
  const placed: PlacedFinding[] = [
    ...result.findings.map((finding) => ({ table: null, finding })),
    ...result.tables.flatMap((table) => table.findings.map((finding) => ({ table, finding }))),
  ];
  return SECTIONS.flatMap(({ effect, title, tone }) => {
    const own = placed.filter(({ finding }) => FINDING_EFFECTS[finding.code] === effect);
    const lines = tellFindings(own).flatMap((told) => formatFinding(told, width));
    if (effect === 'unverified') lines.push(...result.tables.flatMap((table) => formatGaps(table, width)));
    return lines.length === 0 ? [] : [[paint(tone, title), ...lines].join('\n')];
  });
}

const CONSISTENCY = {
  full: 'Each chunk of rows was compared as it stood at the moment it was read',
  spot: 'Only a sample was read; each chunk of it was compared as it stood at the moment it was read',
  count: 'Only numbers of rows were compared, no values; each table was counted at its own moment',
} as const;

const WEAKER_MODES = [
  ['spot', 'Only a sample was read of'],
  ['count', 'Only the numbers of rows were compared of'],
] as const;

/** The mode of every table; null where they differ. */
function commonMode({ mode, tables }: RunResult): Mode | null {
  const modes = new Set(tables.map((table) => table.mode));
  return modes.size > 1 ? null : (tables[0]?.mode ?? mode);
}

/** What the run did not look at: columns and tables left out on request, and what no run of this kind checks. */
export function formatScope({ result, width, paint }: Listing): string {
  const { excluded, notChecked, conditions } = result.scope;
  const lines = [paint('strong', 'Scope')];
  const left = excluded.length === 0 ? 'nothing' : listSomeNames(excluded);
  lines.push(...paragraph(`Excluded on request: ${left}`, width));
  for (const { table, source, target } of conditions ?? []) {
    const where = source === target ? `${source}` : `${source ?? 'all rows'} (on the target: ${target})`;
    lines.push(...paragraph(`Only the rows of ${visibleName(table)} where ${visibleMessage(where)}`, width));
  }
  lines.push(...formatRemarks(result.scope).flatMap((text) => paragraph(text, width)));
  lines.push(...paragraph(`Never checked by this run: ${names(notChecked)}`, width));
  if (result.load !== undefined) lines.push(...paragraph(`${describeLoad(result.load)}.`, width));
  const when = `from ${visibleName(result.startedAt)} on, for ${formatDuration(result.elapsedMs)}`;
  lines.push(...paragraph(`${CONSISTENCY[commonMode(result) ?? 'full']}, ${when}.`, width));
  if (commonMode(result) === null) {
    for (const [mode, words] of WEAKER_MODES) {
      const weaker = result.tables.filter((table) => table.mode === mode).map(formatPairName);
      if (weaker.length > 0) lines.push(...paragraph(`${words}: ${weaker.join(', ')}`, width));
    }
  }
  const { inFlight } = result.totals;
  if (inFlight > 0) {
    const text = `${formatCounted(inFlight, 'row')} in flight: different when read first, equal when read again.`;
    lines.push(...paragraph(text, width));
  }
  return lines.join('\n');
}

/** What the user said of how columns are compared; results of older versions say nothing of it. */
function formatRemarks({ relaxations = [], assumptions = [] }: Partial<RunResult['scope']>): string[] {
  const list = (remarks: readonly string[]): string => remarks.map(visibleName).join(', ');
  const hasZone = assumptions.some(({ remarks }) => remarks.some((remark) => remark.startsWith('time zone')));
  return [
    ...relaxations.map(
      ({ column, remarks }) => `Relaxed on request: ${visibleName(column)} (${list(remarks)})`,
    ),
    ...assumptions.map(
      ({ column, remarks }) => `Taken on request: ${visibleName(column)} has ${list(remarks)}`,
    ),
    ...(hasZone ? ['Points in time are shown in UTC.'] : []),
  ];
}

/** What held the run back, so that a long time can be told from a slow server. */
function describeLoad({ maxRowsPerSecond, maxBytesPerSecond, maxLoad, pausedMs }: LoadResult): string {
  const rates = [
    ...(maxRowsPerSecond === null ? [] : [`${formatCounted(maxRowsPerSecond, 'row')} a second`]),
    ...(maxBytesPerSecond === null ? [] : [`${formatCounted(maxBytesPerSecond, 'byte')} a second`]),
  ];
  const rate = rates.length === 0 ? '' : `Read at most ${rates.join(' and ')} of each side`;
  if (maxLoad === null) return rate;
  const limit = `more than ${formatCounted(maxLoad, 'statement')} at work on a server`;
  const pause =
    pausedMs === 0 ? `never paused by ${limit}` : `paused for ${formatDuration(pausedMs)} by ${limit}`;
  return rate === '' ? pause.replace(/^./, (first) => first.toUpperCase()) : `${rate}; ${pause}`;
}

function formatFinding({ text, hint }: ToldFinding, width: number): string[] {
  const lines = paragraph(text, width);
  if (hint !== '') lines.push(...paragraph(`→ ${hint}`, width, '    '));
  return lines;
}

/** What a table pair left unchecked that no finding tells of. */
function formatGaps(table: TableResult, width: number): string[] {
  const lines: string[] = [];
  const { unverifiedChunks, chunks } = table.coverage;
  const untold = (code: string) => !table.findings.some((finding) => finding.code === code);
  if (unverifiedChunks > 0 && untold('chunk-unverified')) {
    const text = `${formatCount(unverifiedChunks)} of ${formatCounted(chunks, 'chunk')} could not be compared`;
    lines.push(...paragraph(`${formatPairName(table)}: ${text}`, width));
  }
  if (table.verdict === 'unverified' && unverifiedChunks === 0 && !table.findings.some(isUnverified)) {
    lines.push(...paragraph(`${formatPairName(table)}: not verified`, width));
  }
  return lines;
}

function isUnverified({ code }: Finding): boolean {
  return FINDING_EFFECTS[code] === 'unverified';
}

/** Columns that were not compared and that no finding speaks of, each with its reason. */
export function formatSkippedColumns({ result, width, paint }: Listing): string {
  const lines = result.tables.flatMap((table) => {
    const skipped = table.columns.filter(
      (column) => !column.compared && !table.findings.some(({ message }) => mentions(message, column.reason)),
    );
    if (skipped.length === 0) return [];
    const listed = skipped.map(
      ({ target, reason }) =>
        `${visibleName(target)}${reason === undefined ? '' : ` (${visibleMessage(reason)})`}`,
    );
    return paragraph(`${formatPairName(table)}: ${listed.join(', ')}`, width);
  });
  const tone: Tone = result.tables.some(isPartlyUnverified) ? 'warn' : 'strong';
  return lines.length === 0 ? '' : [paint(tone, 'Columns that were not compared'), ...lines].join('\n');
}

function mentions(message: string, reason: string | undefined): boolean {
  return reason !== undefined && message.includes(reason);
}

function names(list: readonly string[]): string {
  return list.length === 0 ? 'nothing' : list.map(visibleName).join(', ');
}

function paragraph(text: string, width: number, indent = '  '): string[] {
  const [first = '', ...rest] = wrapWords(text, width - indent.length - 2);
  return [`${indent}${first}`, ...rest.map((line) => `${indent}  ${line}`)];
}
