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
  const joined = { ...span };
  const apart: KeySpan[] = [];
  for (const other of coverage) {
    if (endsBefore(other, joined) || endsBefore(joined, other)) apart.push(other);
    else {
      joined.after = smallerStart(joined.after, other.after);
      joined.upTo = greaterEnd(joined.upTo, other.upTo);
    }
  }
  const at = apart.findIndex((other) => compareStarts(joined.after, other.after) < 0);
  return at < 0 ? [...apart, joined] : apart.toSpliced(at, 0, joined);
}

/** All keys that are in one of many ranges, in any order. */
export function coverSpans(spans: readonly KeySpan[]): Coverage {
  const joined: KeySpan[] = [];
  for (const span of spans.toSorted((one, other) => compareStarts(one.after, other.after))) {
    if (isEmpty(span)) continue;
    const last = joined.at(-1);
    if (last === undefined || endsBefore(last, span)) joined.push(span);
    else joined[joined.length - 1] = { after: last.after, upTo: greaterEnd(last.upTo, span.upTo) };
  }
  return joined;
}

/** Takes in all ranges of another coverage. */
export function unite(one: Coverage, other: Coverage): Coverage {
  return other.reduce(addSpan, one);
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
