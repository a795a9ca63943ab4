import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyPart } from '../../src/core/encoding/key-bytes.js';
import { StoredExtents } from '../../src/state/stored-extents.js';

const RANGES = 20;
const bound = (value: number): readonly KeyPart[] | null =>
  value === 0 || value === RANGES ? null : [{ kind: 'int', value: BigInt(value) }];

/** Ranges between whole numbers, each walked by some part, in any order; each has so many rows that differ. */
const walks = fc
  .record({
    order: fc.shuffledSubarray(Array.from({ length: RANGES }, (_, at) => at)),
    sorted: fc.boolean(),
    parts: fc.array(fc.nat(2), { minLength: RANGES, maxLength: RANGES }),
    rows: fc.array(fc.nat(2), { minLength: RANGES, maxLength: RANGES }),
  })
  .map(({ order, sorted, parts, rows }) =>
    (sorted ? order.toSorted((one, other) => one - other) : order).map((range) => ({
      range,
      part: parts[sorted ? Math.floor(range / 7) : range] ?? 0,
      rows: rows[range] ?? 0,
    })),
  );

describe('where differing rows lie', () => {
  it('is said in the order of their keys, each row once, whoever walked when', () => {
    fc.assert(
      fc.property(walks, (walked) => {
        const files = new Map<number, number[]>();
        const extents = new StoredExtents();
        for (const { range, part, rows } of walked) {
          const file = files.get(part) ?? [];
          files.set(part, file);
          const start = file.length;
          for (let row = 0; row < rows; row++) file.push(range);
          const stored = rows === 0 ? null : { part, start, end: file.length };
          extents.add({ part, range: { after: bound(range), upTo: bound(range + 1) }, stored });
        }
        const read = extents
          .inOrder()
          .flatMap(({ part, start, end }) => files.get(part)?.slice(start, end) ?? []);
        expect(read).toEqual(
          walked
            .toSorted((one, other) => one.range - other.range)
            .flatMap(({ range, rows }) => Array(rows).fill(range)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is one piece for a part that was walked without a gap', () => {
    const extents = new StoredExtents();
    for (let at = 0; at < RANGES; at++) {
      const range = { after: bound(at), upTo: bound(at + 1) };
      extents.add({ part: 3, range, stored: at % 4 === 0 ? { part: 3, start: at, end: at + 4 } : null });
    }
    expect(extents.inOrder()).toMatchObject([{ part: 3, start: 0, end: RANGES }]);
  });
});
