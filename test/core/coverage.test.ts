import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addSpan,
  type Coverage,
  coverSpans,
  findGaps,
  findGapsOf,
  intersect,
  type KeySpan,
  overlaps,
  unite,
  WHOLE_SPAN,
} from '../../src/core/coverage.js';
import type { KeyPart } from '../../src/core/encoding/key-bytes.js';
import { compareKeyParts } from '../../src/core/key-order.js';

/** Keys of two columns with few values each, so that a set of them says what a coverage means. */
const VALUES = [0n, 1n, 2n, 3n];
const int = (value: bigint): KeyPart => ({ kind: 'int', value });
const KEYS = VALUES.flatMap((a) => VALUES.map((b) => [int(a), int(b)]));
const bound = fc.oneof(
  fc.constant(null),
  fc.constantFrom(...VALUES).map((a) => [int(a)]),
  fc.constantFrom(...KEYS),
);
const span: fc.Arbitrary<KeySpan> = fc.record({ after: bound, upTo: bound });
const coverage = fc.array(span, { maxLength: 6 }).map((spans) => spans.reduce(addSpan, [] as Coverage));

/** Whether a key is in a range, said once more: a bound of one column stands behind all keys that begin with it. */
function isIn([a, b]: readonly KeyPart[], { after, upTo }: KeySpan): boolean {
  const place = (parts: readonly KeyPart[]): number =>
    Number(parts[0]?.value) * 10 + (parts.length === 1 ? 9 : Number(parts[1]?.value));
  const own = Number(a?.value) * 10 + Number(b?.value);
  return (after === null || own > place(after)) && (upTo === null || own <= place(upTo));
}
const keysOf = (spans: Coverage): string[] =>
  KEYS.filter((key) => spans.some((each) => isIn(key, each))).map((key) =>
    key.map(({ value }) => value).join(),
  );
const all = keysOf([WHOLE_SPAN]);
const without = (keys: readonly string[]): string[] => all.filter((key) => !keys.includes(key));

describe('the key ranges that were compared', () => {
  it('hold the keys of every range that was added, in order and apart', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
        const covered = spans.reduce(addSpan, [] as Coverage);
        expect(keysOf(covered)).toEqual(keysOf(spans));
        for (const [i, next] of covered.slice(1).entries())
          expect(compareKeyParts(covered[i]?.upTo ?? [], next.after ?? [])).toBeLessThan(0);
      }),
    );
  });

  it('do not depend on the order in which they were added, nor on being cut', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 6 }), bound, (spans, cut) => {
        const covered = spans.reduce(addSpan, [] as Coverage);
        expect(spans.toReversed().reduce(addSpan, [] as Coverage)).toEqual(covered);
        const halves = spans.flatMap((each) =>
          cut === null || !isProper(each, cut) ? [each] : cutAt(each, cut),
        );
        expect(halves.reduce(addSpan, [] as Coverage)).toEqual(covered);
      }),
    );
  });

  it('are the same where they are added all at once', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
        expect(coverSpans(spans)).toEqual(spans.reduce(addSpan, [] as Coverage));
      }),
    );
  });

  it('leave of each of many ranges what they leave of it alone', () => {
    fc.assert(
      fc.property(coverage, coverage, bound, (covered, wholes, cut) => {
        const ranges = wholes.flatMap((each) =>
          cut !== null && isProper(each, cut) ? cutAt(each, cut) : [each],
        );
        expect(findGapsOf(covered, ranges)).toEqual(ranges.flatMap((range) => findGaps(covered, range)));
      }),
    );
  });

  it('are as many as one likes: a hundred thousand take a moment', () => {
    const spans = Array.from({ length: 100_000 }, (_, at): KeySpan => {
      const number = BigInt((at * 7919) % 100_000) * 2n;
      return { after: [int(number)], upTo: [int(number + 1n)] };
    });
    const covered = coverSpans(spans);
    expect(covered).toHaveLength(spans.length);
    expect(findGapsOf(covered, covered)).toEqual([]);
    const some = covered.slice(0, 10_000).toReversed();
    expect(some.reduce(addSpan, [] as Coverage)).toEqual(covered.slice(0, 10_000));
  });

  it('and their gaps are the whole, and have nothing in common', () => {
    fc.assert(
      fc.property(coverage, (covered) => {
        const gaps = findGaps(covered);
        expect(keysOf(gaps)).toEqual(without(keysOf(covered)));
        expect(gaps.reduce(addSpan, covered)).toEqual([WHOLE_SPAN]);
      }),
    );
  });

  it('leave the gaps of a part of the keys', () => {
    fc.assert(
      fc.property(coverage, span, (covered, part) => {
        const inPart = keysOf([part]);
        expect(keysOf(findGaps(covered, part))).toEqual(
          inPart.filter((key) => !keysOf(covered).includes(key)),
        );
      }),
    );
  });
});

describe('two coverages', () => {
  it('together hold the keys of both, in order and apart, whichever is first', () => {
    fc.assert(
      fc.property(coverage, coverage, (one, other) => {
        const both = unite(one, other);
        expect(keysOf(both)).toEqual(
          all.filter((key) => [one, other].some((each) => keysOf(each).includes(key))),
        );
        expect(unite(other, one)).toEqual(both);
        for (const [i, next] of both.slice(1).entries())
          expect(compareKeyParts(both[i]?.upTo ?? [], next.after ?? [])).toBeLessThan(0);
      }),
    );
  });

  it('have the keys of a range in common that are in it and in them, and with its gaps none', () => {
    fc.assert(
      fc.property(coverage, span, (covered, part) => {
        const common = intersect(covered, part);
        expect(keysOf(common)).toEqual(keysOf(covered).filter((key) => keysOf([part]).includes(key)));
        const gaps = findGaps(covered, part);
        expect(common.filter((each) => overlaps(gaps, each))).toEqual([]);
        expect(unite(common, gaps)).toEqual(addSpan([], part));
      }),
    );
  });

  it('overlap a range where keys are in both', () => {
    fc.assert(
      fc.property(coverage, span, (covered, part) => {
        const isShared = keysOf(covered).some((key) => keysOf([part]).includes(key));
        // Between two bounds there may be keys that this test does not have.
        if (isShared) expect(overlaps(covered, part)).toBe(true);
        if (!overlaps(covered, part)) expect(isShared).toBe(false);
        expect(overlaps(covered, part)).toBe(intersect(covered, part).length > 0);
      }),
    );
  });
});

function cutAt(each: KeySpan, cut: readonly KeyPart[]): Coverage {
  return [
    { ...each, upTo: cut },
    { ...each, after: cut },
  ];
}

function isProper({ after, upTo }: KeySpan, cut: readonly KeyPart[]): boolean {
  return (
    (after === null || compareKeyParts(after, cut) < 0) && (upTo === null || compareKeyParts(cut, upTo) < 0)
  );
}

describe('the order of bounds', () => {
  it.each([
    [[int(1n)], [int(1n), int(99n)], 1],
    [[int(1n)], [int(2n), int(0n)], -1],
    [[int(1n)], [int(1n)], 0],
    [[{ kind: 'text', value: '\u{e000}' }], [{ kind: 'text', value: '😀' }], -1],
    [[{ kind: 'decimal', value: '-10.5' }], [{ kind: 'decimal', value: '-9.25' }], -1],
    [[{ kind: 'decimal', value: '1.50' }], [{ kind: 'decimal', value: '1.5' }], 0],
    [[{ kind: 'decimal', value: 'NaN' }], [{ kind: 'decimal', value: 'Infinity' }], 1],
    [[{ kind: 'decimal', value: '-Infinity' }], [{ kind: 'decimal', value: '-1e30' }], -1],
    [[{ kind: 'bytes', value: Uint8Array.of(1) }], [{ kind: 'bytes', value: Uint8Array.of(1, 0) }], -1],
  ] as const)('of bounds (%#)', (one, other, expected) => {
    expect(Math.sign(compareKeyParts(one, other))).toBe(expected);
    expect(Math.sign(compareKeyParts(other, one))).toBe(0 - expected);
  });
});
