import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExact, stringifyExact } from '../../src/core/exact-json.js';

const name = fc.oneof(
  fc.string(),
  fc.constantFrom('$integer', '$bytes', '$map', '$entries', '__proto__', 'type', 'data'),
);
const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('7', 'AAAA'),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(null),
  fc.maxSafeInteger(),
  fc.uint8Array(),
);
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('data'), { maxLength: 3 }),
    fc.dictionary(name, tie('data'), { maxKeys: 3, noNullPrototype: true }),
    fc.array(fc.tuple(name, tie('data')), { maxLength: 3 }).map((entries) => new Map(entries)),
  ),
}));

describe('exact JSON', () => {
  it('is read back as what was written, whatever its names are', () => {
    fc.assert(
      fc.property(data, (written) => {
        expect(parseExact(stringifyExact(written))).toStrictEqual(written);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same for a Buffer as for its bytes, and has no line feed', () => {
    const bytes = Buffer.from('a\nb');
    expect(stringifyExact({ bytes })).toBe(stringifyExact({ bytes: new Uint8Array(bytes) }));
    expect(stringifyExact({ bytes, text: 'a\nb\u2028' })).not.toContain('\n');
  });
});
