import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyPacker, unpackKeys } from '../../src/core/packed-keys.js';

/** No server sends a row whose size 32 bits cannot say. */
const LARGEST_ROW = 2 ** 32;
const rows = fc.array(
  fc.record({
    key: fc.uint8Array({ maxLength: 300 }),
    wireBytes: fc.maxSafeNat().map((size) => size % LARGEST_ROW),
  }),
);

describe('packed keys', () => {
  it('are unpacked in their order, with the size of their rows', () => {
    fc.assert(
      fc.property(rows, (packed) => {
        const packer = new KeyPacker();
        for (const { key, wireBytes } of packed) packer.add(key, wireBytes);
        expect(packer.count).toBe(packed.length);
        const unpacked = [...unpackKeys(packer.take())].map(({ key, wireBytes }) => ({
          key: new Uint8Array(key),
          wireBytes,
        }));
        expect(unpacked).toEqual(packed);
      }),
    );
  });

  it('stay as they are when more is packed', () => {
    const packer = new KeyPacker();
    packer.add(Uint8Array.of(1), 5);
    const taken = packer.take();
    packer.add(Uint8Array.of(2), 6);
    expect([...unpackKeys(taken)].map(({ key }) => [...key])).toEqual([[1]]);
  });
});
