import { type Coverage, findGaps, findGapsOf, WHOLE_SPAN } from '../core/coverage.js';
import type { ReadSpan } from './read-span.js';
import type { Drawn, TableProgress } from './table-progress.js';

/** What of a table is left to be read. */
export interface OpenRanges {
  /** Whether nothing is. */
  readonly isFinished: boolean;
  /** Whether all of its rows were compared before, so that only what differed is looked at again. */
  readonly isComplete: boolean;
  /** Whether it was begun before and nothing of that counts, so that what never was begun comes first. */
  readonly isRepeated: boolean;
  /** Ranges of which single rows are looked at again. */
  readonly again: readonly ReadSpan[];
  /** Key ranges to be read; those of a table without an order are all of it. */
  readonly ranges: Coverage;
  /** How far a walk that draws a sample has come; null where it begins. */
  readonly walk: SpotWalk | null;
}

/** A walk that draws a sample, as an earlier sitting left it. */
export interface SpotWalk {
  readonly last: Drawn;
  /** Whether nothing is left to be drawn. */
  readonly isFinished: boolean;
  /** What was drawn and is not compared. */
  readonly open: Coverage;
}

/** All of a table. */
export const ALL_OPEN: OpenRanges = {
  isFinished: false,
  isComplete: false,
  isRepeated: false,
  again: [],
  ranges: [WHOLE_SPAN],
  walk: null,
};

/** Nothing of a table. */
export const NOTHING_OPEN: OpenRanges = {
  isFinished: true,
  isComplete: true,
  isRepeated: false,
  again: [],
  ranges: [],
  walk: null,
};

/** What is left of a table after what is known of it. */
export function findOpen(progress: TableProgress | undefined): OpenRanges {
  if (progress === undefined) return ALL_OPEN;
  const { coverage, drawn, share } = progress;
  const again = progress.doubtful;
  const last = drawn.at(-1);
  if (last !== undefined) {
    const open = findGapsOf(
      coverage,
      drawn.map(({ range }) => range),
    );
    const walk = { last: share === null ? last : { ...last, share }, isFinished: share !== null, open };
    // Even of a walk that is over it is to be said what it drew.
    const isComplete = walk.isFinished && open.length === 0;
    return { isFinished: false, isComplete, isRepeated: false, again, ranges: [WHOLE_SPAN], walk };
  }
  const ranges = findGaps(coverage);
  const isFinished = progress.isWhole || ranges.length + again.length === 0;
  const isComplete = ranges.length === 0 || progress.isReadWhole;
  return {
    ...{ isFinished, isComplete, again, ranges },
    isRepeated: progress.isRepeated && !isFinished,
    walk: null,
  };
}
