import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../../src/core/encoding/byte-sink.js';
import { encodeDecimalText } from '../../../src/core/encoding/decimal.js';
import { readShortDecimal } from '../../../src/core/encoding/short-decimal.js';
import { compileStep } from '../../../src/core/encoding/value-step.js';
import { decimalText } from '../../../src/core/exact-number.js';
import { floatSpelledBy } from '../../../src/core/float-decimal.js';
import { propertySeed } from '../../support/property-seed.js';

/** Decimals of one to eighteen digits, with zeros in front and behind as they come. */
const decimal = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.nat(18), fc.nat(25), fc.nat(9))
  .map(([negative, digits, cut, scale, zeros]) => {
    const text = `${digits / 10n ** BigInt(cut)}${'0'.repeat(zeros)}`.padStart(scale + 1, '0');
    const point = text.length - scale;
    return `${negative ? '-' : ''}${text.slice(0, point)}${scale === 0 ? '' : `.${text.slice(point)}`}`;
  });

function encode(text: string): ByteSink {
  const sink = new ByteSink();
  const ascii = Buffer.from(text, 'latin1');
  if (!encodeDecimalText(sink, ascii, 0, ascii.length)) throw new Error(`Not a decimal: ${text}`);
  return sink;
}

const options = { numRuns: 20_000, ...propertySeed() };

describe('a short decimal', () => {
  it('is read as the double that its text is, or not at all', () => {
    let read = 0;
    fc.assert(
      fc.property(decimal, (text) => {
        const value = readShortDecimal(encode(text).bytes, 0, Number.MAX_SAFE_INTEGER);
        if (Number.isNaN(value)) return;
        read++;
        expect(value + 0).toBe(Number(text) + 0);
      }),
      options,
    );
    expect(read).toBeGreaterThan(5000);
  });

  it.each([32, 64] as const)('spells the float of %i bits that its text spells', (bits) => {
    const step = compileStep({ kind: 'to-float', bits });
    fc.assert(
      fc.property(decimal, (text) => {
        const sink = encode(text);
        const expected = floatSpelledBy(decimalText(sink.bytes, 0, sink.length), bits);
        step(sink, 0);
        const isFloat = sink.length === 9 && sink.bytes[0] === 0x04;
        expect(isFloat ? sink.bytes.readDoubleBE(1) : null).toBe(expected === null ? null : expected + 0);
      }),
      options,
    );
  });
});
