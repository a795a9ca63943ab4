import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Piece, sharePieces } from '../../src/app/share-pieces.js';
import { addSpan, type Coverage, overlaps, WHOLE_SPAN } from '../../src/core/coverage.js';
import type { KeyPart } from '../../src/core/encoding/key-bytes.js';
import type { TableId } from '../../src/core/pairing.js';
import type { TableShare } from '../../src/core/share.js';

const int = (value: number): readonly KeyPart[] => [{ kind: 'int', value: BigInt(value) }];

/** The pieces of a table: one without a range, or ranges from open end to open end, of any number of rows each. */
const pieces = fc
  .array(fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 8 })
  .chain((tables) => fc.tuple(fc.constant(tables), fc.array(fc.boolean(), { minLength: 8, maxLength: 8 })))
  .map(([tables, walked]) =>
    tables.flatMap((sizes, at): Piece[] => {
      const table = { id: `t${at}` as unknown as TableId, name: `t${at}` };
      if (walked[at] !== true) return [{ table, range: null, rows: sizes[0] ?? 0 }];
      return sizes.map((rows, i) => ({
        table,
        rows,
        range: { after: i === 0 ? null : int(i), upTo: i === sizes.length - 1 ? null : int(i + 1) },
      }));
    }),
  );
const counts = fc.integer({ min: 1, max: 40 });

const sharesOf = (parts: readonly (readonly TableShare[])[], id: TableId): readonly TableShare[] =>
  parts.flatMap((tables) => tables.filter((each) => each.id === id));

describe('the division of a run', () => {
  it('gives each key range, and each table without ranges, to one part, and leaves nothing out', () => {
    fc.assert(
      fc.property(pieces, counts, (all, count) => {
        const parts = sharePieces(all, count);
        expect(parts).toHaveLength(count);
        for (const id of new Set(all.map(({ table }) => table.id))) {
          const shares = sharesOf(parts, id);
          if (all.some(({ table, range }) => table.id === id && range === null)) {
            expect(shares.map(({ ranges }) => ranges)).toEqual([null]);
            continue;
          }
          const united = shares.reduce<Coverage>((covered, { ranges }) => {
            expect((ranges ?? []).some((range) => overlaps(covered, range))).toBe(false);
            return (ranges ?? []).reduce(addSpan, covered);
          }, []);
          expect(united).toEqual([WHOLE_SPAN]);
        }
      }),
    );
  });

  it('keeps tables in their order, and gives a part one range of a table at most', () => {
    fc.assert(
      fc.property(pieces, counts, (all, count) => {
        const parts = sharePieces(all, count);
        const order = [...new Set(all.map(({ table }) => table.id))];
        const places = parts.flat().map(({ id }) => order.indexOf(id));
        expect(places).toEqual(places.toSorted((one, other) => one - other));
        for (const share of parts.flat()) expect(share.ranges?.length ?? 1).toBe(1);
      }),
    );
  });

  it('gives no part more than its share and one piece', () => {
    fc.assert(
      fc.property(pieces, counts, (all, count) => {
        const sizes = all.map(({ rows }) => Math.max(1, rows));
        const total = sizes.reduce((sum, rows) => sum + rows, 0);
        const loads = Array.from({ length: count }, () => 0);
        const parts = sharePieces(all, count);
        for (const [at, { table, range }] of all.entries()) {
          const owner = parts.findIndex((tables) =>
            tables.some(
              ({ id, ranges }) =>
                id === table.id && (ranges === null || (range !== null && overlaps(ranges, range))),
            ),
          );
          loads[owner] = (loads[owner] ?? 0) + (sizes[at] ?? 0);
        }
        for (const load of loads) expect(load).toBeLessThanOrEqual(total / count + Math.max(...sizes));
      }),
    );
  });
});
