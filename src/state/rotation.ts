import { addSpan, type Coverage, compareStarts, findGaps, type KeySpan } from '../core/coverage.js';
import { addClean } from './clean-spans.js';
import type { ReadSpan } from './read-span.js';
import { type Passes, TableProgress } from './table-progress.js';

/** A key range, when it was looked at last, and when it was last proved equal: null for never, and where it differs since. */
export interface AgedSpan {
  readonly range: KeySpan;
  readonly seenMs: number;
  readonly provedMs: number | null;
  /** Whether rows of it differed when it was looked at last. */
  readonly differs: boolean;
}

/**
 * When each key was proved last: of ranges that overlap the one counts that was looked at later. Together they are all keys, each in one
 * range, in the order of their keys.
 */
export function ageKeys(spans: readonly AgedSpan[]): readonly AgedSpan[] {
  const aged: AgedSpan[] = [];
  let covered: Coverage = [];
  for (const span of spans.toSorted((one, other) => other.seenMs - one.seenMs)) {
    for (const range of findGaps(covered, span.range)) aged.push({ ...span, range });
    covered = addSpan(covered, span.range);
  }
  for (const range of findGaps(covered)) aged.push({ range, seenMs: 0, provedMs: null, differs: false });
  return aged.sort((one, other) => compareStarts(one.range.after, other.range.after));
}

/** The ages of all keys of a table. */
export function agesOf({ clean, doubtful, broken }: TableProgress): readonly AgedSpan[] {
  return ageKeys([
    ...clean.map(({ range, atMs }) => ({ range, seenMs: atMs, provedMs: atMs, differs: false })),
    ...[...doubtful, ...broken].map(({ range, atMs }) => ({
      range,
      seenMs: atMs,
      provedMs: null,
      differs: true,
    })),
  ]);
}

/** What the rotation over a table knows, without what later reads stand for. How many rows are in a range that was cut is not known. */
export function renewProgress(progress: TableProgress): TableProgress {
  const clean = new Map<string, ReadSpan>();
  const differing: ReadSpan[] = [];
  for (const { range, provedMs, seenMs, differs } of agesOf(progress)) {
    if (differs) differing.push({ ...UNCOUNTED, rows: DIFFERING, range, atMs: seenMs, sitting: seenMs });
    if (provedMs !== null) addClean(clean, { ...UNCOUNTED, range, atMs: provedMs, sitting: provedMs });
  }
  return TableProgress.of({ clean: [...clean.values()], broken: differing, passes: progress.passes });
}

/** Comes before whatever else is due: nothing may be said of rows that differed by what they were. */
export const AT_ONCE = -1;

/**
 * When a table that is read as a whole comes up again. One that was never proved comes after those that were never tried, and one that
 * differed at once, unless its last pass was cut: it may be longer than any night.
 */
export function dueOf({ provedMs, triedMs, differs, wasCut }: Passes): number {
  return differs && !wasCut ? AT_ONCE : (provedMs ?? triedMs ?? 0);
}

const UNCOUNTED = {
  hasher: 'client',
  chunks: 1,
  keys: null,
  rows: {
    sourceRows: 0,
    targetRows: 0,
    counts: { missing: 0, extra: 0, changed: 0, inFlight: 0 },
    changedColumns: {},
    undecidedColumns: {},
  },
} as const;

/** That rows of a range differed, and nothing of which. */
const DIFFERING = { ...UNCOUNTED.rows, counts: { ...UNCOUNTED.rows.counts, changed: 1 } };
