import type { LoadResult, RunResult } from '../core/result.js';
import type { Mode } from '../core/verdict.js';
import { formatCounted, formatDuration } from '../words/number-text.js';
import { visibleMessage, visibleName } from '../words/visible-text.js';
import { listCanaries } from './canary-sentences.js';
import { listSomeNames } from './name-list.js';
import { listMovingRows, listReplication } from './replication-sentences.js';
import { formatConsistency, listSnapshots } from './snapshot-sentences.js';
import { listTimes } from './time-sentences.js';
import { formatPairName } from './verdict-text.js';
import { listWaivers } from './waiver-text.js';

const CONSISTENCY = {
  full: 'Each chunk of rows was compared as it stood at the moment it was read',
  spot: 'Only a sample was asked for, and a note says of each table how much was read; each chunk was compared as it stood at the moment it was read',
  count: 'Only numbers of rows were compared, no values; each table was counted at its own moment',
} as const;

const WEAKER_MODES = [
  ['spot', 'Only a sample was asked for of'],
  ['count', 'Only the numbers of rows were compared of'],
] as const;

/**
 * What the run did not look at, a sentence each: columns and tables left out on request, and what no run of this kind
 * checks. Names and messages in them are visible text.
 */
export function listScope(result: RunResult): string[] {
  const { excluded, notChecked, conditions } = result.scope;
  const when =
    result.parts !== undefined
      ? 'in parts'
      : `from ${visibleName(result.startedAt)} on, for ${formatDuration(result.elapsedMs)}`;
  return [
    `Excluded on request: ${excluded.length === 0 ? 'nothing' : listSomeNames(excluded)}`,
    ...(conditions ?? []).map(({ table, source, target }) => {
      const where = source === target ? `${source}` : `${source ?? 'all rows'} (on the target: ${target})`;
      return `Only the rows of ${visibleName(table)} where ${visibleMessage(where)}`;
    }),
    ...listRemarks(result.scope),
    ...listWaivers(result),
    ...describeHidden(result),
    ...listCanaries(result),
    `Never checked by this run: ${notChecked.length === 0 ? 'nothing' : notChecked.map(visibleName).join(', ')}`,
    ...(result.load === undefined ? [] : [`${describeLoad(result.load)}.`]),
    ...listWorkers(result),
    `${formatConsistency(result) ?? CONSISTENCY[commonMode(result) ?? 'full']}, ${when}.`,
    ...listSnapshots(result),
    ...listTimes(result),
    ...listWeakerModes(result),
    ...listReplication(result),
    ...listMovingRows(result.totals),
  ];
}

/** The mode of every table; null where they differ. */
function commonMode({ mode, tables }: RunResult): Mode | null {
  const modes = new Set(tables.map((table) => table.mode));
  return modes.size > 1 ? null : (tables[0]?.mode ?? mode);
}

function listWeakerModes(result: RunResult): string[] {
  if (commonMode(result) !== null) return [];
  return WEAKER_MODES.flatMap(([mode, words]) => {
    const weaker = result.tables.filter((table) => table.mode === mode).map(formatPairName);
    return weaker.length === 0 ? [] : [`${words}: ${weaker.join(', ')}`];
  });
}

/** What the user said of how columns are compared; results of older versions say nothing of it. */
function listRemarks({ relaxations = [], assumptions = [] }: Partial<RunResult['scope']>): string[] {
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

/** What the run does not tell of the rows that it found. */
export function describeHidden({ hidden }: RunResult): string[] {
  if (hidden === undefined) return [];
  const { values, keys, shownColumns } = hidden;
  const but = shownColumns.length === 0 ? '' : `, but for ${listSomeNames(shownColumns)}`;
  return [
    ...(values === 'hidden' ? [`Hidden on request: values of rows${but}`] : []),
    ...(keys === 'hashed' ? ['Keys are pseudonyms: who has the secret can tell whose they are'] : []),
  ];
}

/** What was found out of how many chunks should be read at a time; nothing where it was not looked into. */
function listWorkers({ workers }: RunResult): readonly string[] {
  if (workers === undefined) return [];
  const { used, tried, why, delayMs } = workers;
  const delay = delayMs === undefined ? '' : `; the link delays a statement by ${formatDuration(delayMs)}`;
  const chunks = `${formatCounted(used, 'chunk')} ${used === 1 ? 'was' : 'were'} read at a time, because`;
  if (why === 'faster') return [`${chunks} that was faster than fewer${delay}.`];
  if (why === 'not-shared') return ['Another worker had nothing to read: what was left could not be cut.'];
  return why === 'no-faster' ? [`${chunks} ${tried} at a time were no faster${delay}.`] : [];
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
