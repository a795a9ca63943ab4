import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayHoldTwiceEncoded } from '../../src/core/encoding/twice-encoded.js';
import { decodeCp1252, undoDoubleEncoding } from '../../src/diagnosis/text-encoding-rules.js';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'utf8');

describe('text that was encoded twice', () => {
  it.each([
    ['cp1252', decodeCp1252],
    ['latin1', (bytes: Buffer) => bytes.toString('latin1')],
  ])('as %s is seen in its bytes wherever it would be seen in the text', (_, misread) => {
    const around = fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), around, around, (text, before, after) => {
        const twice = misread(bytesOf(text));
        fc.pre(undoDoubleEncoding(twice) !== null);
        expect(mayHoldTwiceEncoded(Buffer.concat([before, bytesOf(twice), after]))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is seen for every character that takes more than one byte', () => {
    for (let code = 0x80; code <= 0x10ffff; code += code < 0x3000 ? 1 : 257) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const twice = decodeCp1252(bytesOf(String.fromCodePoint(code)));
      if (!mayHoldTwiceEncoded(bytesOf(twice))) expect.fail(`U+${code.toString(16)} is not seen`);
    }
  });

  it.each(['Zoë Müller, Köln', 'Ça va?', '東京, Ελλάδα, Київ', '😀', 'plain', '', 'Ä', 'Ã'])(
    'is not seen in %j, which was encoded once',
    (text) => expect(mayHoldTwiceEncoded(bytesOf(text))).toBe(false),
  );
});
