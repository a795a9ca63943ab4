import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../../src/core/encoding/byte-sink.js';
import {
  DECIMAL_CLASS,
  encodeDecimalClass,
  encodeDecimalInt,
  encodeDecimalText,
  formatDecimalPayload,
} from '../../../src/core/encoding/decimal.js';

function encodeText(text: string): Buffer | null {
  const sink = new ByteSink();
  const bytes = Buffer.from(text, 'latin1');
  return encodeDecimalText(sink, bytes, 0, bytes.length) ? sink.toBuffer() : null;
}

const hexOf = (text: string): string | undefined => encodeText(text)?.toString('hex');

const decimalText = fc
  .tuple(fc.boolean(), fc.stringMatching(/^\d{1,40}$/), fc.stringMatching(/^\d{0,30}$/))
  .map(
    ([negative, whole, fraction]) => `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`,
  );

/** The value as a fraction of 10^30. */
function scaledOf(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const scaled = BigInt(whole + fraction.padEnd(30, '0'));
  return text.startsWith('-') ? -scaled : scaled;
}

describe('canonical decimals, version 1', () => {
  it.each([
    ['0', '030102'],
    ['1', '03050380000001'],
    ['-1', '03050180000001'],
    ['1.1', '0307038000000103e8'],
    ['10000', '03050380010001'],
    ['100', '03050380000064'],
    ['9999', '0305038000270f'],
    ['12345.6789', '0309038001000109291a85'],
    ['0.0001', '0305037fff0001'],
    ['0.00001', '0305037ffe03e8'],
    ['9007199254740993', '030b038003232f07c8156203e1'],
  ])('encodes %s as %s', (text, hex) => {
    expect(hexOf(text)).toBe(hex);
  });

  it.each([
    [DECIMAL_CLASS.negativeInfinity, '030100'],
    [DECIMAL_CLASS.positiveInfinity, '030104'],
    [DECIMAL_CLASS.nan, '030105'],
  ])('encodes the class %d as %s', (decimalClass, hex) => {
    const sink = new ByteSink();
    encodeDecimalClass(sink, decimalClass);
    expect(sink.toBuffer().toString('hex')).toBe(hex);
  });

  it.each([
    ['1.10', '1.1000'],
    ['0', '-0'],
    ['0', '-0.000'],
    ['100', '00100.0'],
    ['.5', '0.5'],
    ['5.', '5'],
  ])('encodes %s as %s is encoded', (one, other) => {
    expect(hexOf(one)).toBe(hexOf(other));
  });

  it.each(['', '-', '.', '-.', '1e2', '1.2.3', ' 1', '1 ', '+1', 'NaN', '--1'])(
    'takes %j for no decimal',
    (text) => {
      expect(encodeText(text)).toBe(null);
    },
  );

  it('encodes different values differently, equal ones alike', () => {
    fc.assert(
      fc.property(decimalText, decimalText, (one, other) => {
        expect(hexOf(one) === hexOf(other)).toBe(scaledOf(one) === scaledOf(other));
      }),
    );
  });

  it('reads a payload back as the same value', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        const bytes = encodeText(text) ?? Buffer.alloc(0);
        expect(scaledOf(formatDecimalPayload(bytes, 2, bytes.length))).toBe(scaledOf(text));
      }),
    );
  });

  it('encodes a whole number as its decimal text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), (value) => {
        const sink = new ByteSink();
        encodeDecimalInt(sink, value);
        expect(sink.toBuffer().toString('hex')).toBe(hexOf(String(value)));
      }),
    );
  });
});
