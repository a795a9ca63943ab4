import type { KeyPart } from './encoding/key-bytes.js';
import { compareKeyParts } from './key-order.js';

/**
 * Keys behind `after` and up to `upTo`; null is an open end. A bound of fewer columns than the key has stands behind all keys
 * that begin with it.
 */
export interface KeySpan {
  readonly after: readonly KeyPart[] | null;
  readonly upTo: readonly KeyPart[] | null;
}

/** All keys. */
export const WHOLE_SPAN: KeySpan = { after: null, upTo: null };

/** Key ranges that were looked at: in key order, none empty, none touching the next. */
export type Coverage = readonly KeySpan[];

/** Takes in one more range. */
export function addSpan(coverage: Coverage, span: KeySpan): Coverage {
  if (isEmpty(span)) return coverage;
  const from = findFirst(coverage, (other) => !endsBefore(other, span));
  const to = findFirst(coverage, (other) => endsBefore(span, other));
  return coverage.toSpliced(from, to - from, coverage.slice(from, to).reduce(join, span));
}

/** All keys that are in one of many ranges, in any order. */
export function coverSpans(spans: readonly KeySpan[]): Coverage {
  const covered: KeySpan[] = [];
  for (const span of spans.toSorted((one, other) => compareStarts(one.after, other.after))) {
    if (isEmpty(span)) continue;
    const last = covered.at(-1);
    if (last === undefined || endsBefore(last, span)) covered.push(span);
    else covered[covered.length - 1] = join(last, span);
  }
  return covered;
}

/** Takes in all ranges of another coverage. */
export function unite(one: Coverage, other: Coverage): Coverage {
  return coverSpans([...one, ...other]);
}

/** The parts of a range that lie in a coverage. */
export function intersect(coverage: Coverage, { after, upTo }: KeySpan): Coverage {
  return coverage
    .map((span) => ({ after: greaterStart(span.after, after), upTo: smallerEnd(span.upTo, upTo) }))
    .filter((span) => !isEmpty(span));
}

/** Whether a range has keys in common with a coverage. */
export function overlaps(coverage: Coverage, span: KeySpan): boolean {
  return intersect(coverage, span).length > 0;
}

/** What is left of a range that nobody looked at. */
export function findGaps(coverage: Coverage, whole: KeySpan = WHOLE_SPAN): Coverage {
  const gaps: KeySpan[] = [];
  let { after } = whole;
  for (const span of coverage) {
    const gap = { after, upTo: smallerEnd(whole.upTo, span.after) };
    if (span.after !== null && !isEmpty(gap)) gaps.push(gap);
    if (span.upTo === null) return gaps;
    after = compareStarts(span.upTo, after) > 0 ? span.upTo : after;
  }
  const rest = { after, upTo: whole.upTo };
  return isEmpty(rest) ? gaps : [...gaps, rest];
}

/** What is left of each of many ranges, which are in key order, as a coverage is. */
export function findGapsOf(coverage: Coverage, ranges: readonly KeySpan[]): Coverage {
  let from = 0;
  return ranges.flatMap((range) => {
    while (coverage[from] !== undefined && isBehind(range, coverage[from] as KeySpan)) from++;
    let to = from;
    while (coverage[to] !== undefined && !isBehind(coverage[to] as KeySpan, range)) to++;
    return findGaps(coverage.slice(from, to), range);
  });
}

/** Whether a range has no key that another one has, and lies behind it. */
function isBehind({ after }: KeySpan, { upTo }: KeySpan): boolean {
  return after !== null && upTo !== null && compareKeyParts(upTo, after) <= 0;
}

function join(one: KeySpan, other: KeySpan): KeySpan {
  return { after: smallerStart(one.after, other.after), upTo: greaterEnd(one.upTo, other.upTo) };
}

/** Where the ranges begin of which something is true that, once it is, stays true for all behind; behind the last where it is for none. */
function findFirst(coverage: Coverage, isReached: (span: KeySpan) => boolean): number {
  let [from, to] = [0, coverage.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isReached(coverage[middle] as KeySpan)) to = middle;
    else from = middle + 1;
  }
  return from;
}

function isEmpty({ after, upTo }: KeySpan): boolean {
  return after !== null && upTo !== null && compareKeyParts(after, upTo) >= 0;
}

/** Whether a range ends before another one begins, with keys between them. */
function endsBefore(one: KeySpan, other: KeySpan): boolean {
  return one.upTo !== null && other.after !== null && compareKeyParts(one.upTo, other.after) < 0;
}

/** Compares where two ranges begin; an open end comes first. */
export function compareStarts(one: KeySpan['after'], other: KeySpan['after']): number {
  if (one === null || other === null) return Number(one !== null) - Number(other !== null);
  return compareKeyParts(one, other);
}

function smallerStart(one: KeySpan['after'], other: KeySpan['after']): KeySpan['after'] {
  return compareStarts(one, other) <= 0 ? one : other;
}

function greaterStart(one: KeySpan['after'], other: KeySpan['after']): KeySpan['after'] {
  return compareStarts(one, other) >= 0 ? one : other;
}

function smallerEnd(one: KeySpan['upTo'], other: KeySpan['upTo']): KeySpan['upTo'] {
  if (one === null || other === null) return one ?? other;
  return compareKeyParts(one, other) <= 0 ? one : other;
}

function greaterEnd(one: KeySpan['upTo'], other: KeySpan['upTo']): KeySpan['upTo'] {
  return one === null || other === null ? null : compareKeyParts(one, other) >= 0 ? one : other;
}
