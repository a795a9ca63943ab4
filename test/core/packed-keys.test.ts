import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countKeys, KeyPacker, pickKeys, unpackKeys } from '../../src/core/packed-keys.js';

/** No server sends a row whose size 32 bits cannot say. */
const LARGEST_ROW = 2 ** 32;
const key = fc.uint8Array({ maxLength: 300 });
const rows = fc.array(
  fc.record({
    source: key,
    // Mostly both sides have the same key.
    target: fc.option(key, { freq: 2, nil: null }),
    wireBytes: fc.maxSafeNat().map((size) => size % LARGEST_ROW),
  }),
);

type Row = { source: Uint8Array; target: Uint8Array | null; wireBytes: number };

function pack(packed: readonly Row[]): KeyPacker {
  const packer = new KeyPacker();
  for (const row of packed) packer.add({ ...row, target: row.target ?? row.source });
  return packer;
}

const plain = (packed: Uint8Array) =>
  [...unpackKeys(packed)].map(({ source, target, wireBytes }) => [[...source], [...target], wireBytes]);
const expected = (packed: readonly Row[]) =>
  packed.map(({ source, target, wireBytes }) => [[...source], [...(target ?? source)], wireBytes]);

describe('packed keys', () => {
  it('are unpacked in their order, with the size of their rows', () => {
    fc.assert(
      fc.property(rows, (packed) => {
        const packer = pack(packed);
        expect(packer.count).toBe(packed.length);
        expect(countKeys(packer.take())).toBe(packed.length);
        expect(plain(packer.take())).toEqual(expected(packed));
      }),
    );
  });

  it('can be picked by their numbers', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.boolean()), (packed, wanted) => {
        const numbers = packed.flatMap((_, at) => (wanted[at] === true ? [at] : []));
        const picked = pickKeys(pack(packed).take(), Uint32Array.from(numbers));
        expect(plain(picked)).toEqual(expected(numbers.map((at) => packed[at] as Row)));
      }),
    );
  });

  it('stay as they are when more is packed', () => {
    const packer = pack([{ source: Uint8Array.of(1), target: null, wireBytes: 5 }]);
    const taken = packer.take();
    packer.add({ source: Uint8Array.of(2), target: Uint8Array.of(2), wireBytes: 6 });
    expect(plain(taken)).toEqual([[[1], [1], 5]]);
  });
});
