import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../../src/core/encoding/byte-sink.js';
import {
  ENCODING_VERSION,
  encodeBits,
  encodeFloat,
  encodeInt,
  encodeMicros,
  encodeNull,
  encodeSet,
  encodeSmallInt,
  encodeSpan,
  TAG,
} from '../../../src/core/encoding/canonical.js';

function encoded(encode: (sink: ByteSink) => void): string {
  const sink = new ByteSink();
  encode(sink);
  return sink.toBuffer().toString('hex');
}

const spanOf = (tag: number, bytes: Buffer): string =>
  encoded((sink) => encodeSpan(sink, tag, bytes, 0, bytes.length));

describe('canonical encoding, version 1', () => {
  it('has the version that these vectors belong to', () => {
    expect(ENCODING_VERSION).toBe(1);
  });

  it('gives each kind of value the tag that saved state holds', () => {
    expect(Object.values(TAG)).toEqual(Array.from({ length: 0x1a }, (_, i) => i));
  });

  it('encodes NULL as its tag alone', () => {
    expect(encoded(encodeNull)).toBe('00');
  });

  it.each([
    [0, '020000000000000000'],
    [1, '020000000000000001'],
    [-1, '01ffffffffffffffff'],
    [-128, '01ffffffffffffff80'],
    [2147483647, '02000000007fffffff'],
    [-2147483648, '01ffffffff80000000'],
    [4294967295, '0200000000ffffffff'],
  ])('encodes the integer %d as %s', (value, hex) => {
    expect(encoded((sink) => encodeSmallInt(sink, value))).toBe(hex);
  });

  it.each([
    [0x00200000, 1, false, '020020000000000001'],
    [0x7fffffff, 0xffffffff, false, '027fffffffffffffff'],
    [0x80000000, 0, true, '018000000000000000'],
    [-1, -1, false, '02ffffffffffffffff'],
    [-1, -2, false, '02fffffffffffffffe'],
    [-1, -1, true, '01ffffffffffffffff'],
  ])('encodes the 64-bit halves %d and %d, negative %s, as %s', (high, low, negative, hex) => {
    expect(encoded((sink) => encodeInt(sink, high, low, negative))).toBe(hex);
  });

  it.each([
    [0, '040000000000000000'],
    [-0, '040000000000000000'],
    [1, '043ff0000000000000'],
    [-1.5, '04bff8000000000000'],
    [4e-7, '043e9ad7f29abcaf48'],
    [Number.MAX_VALUE, '047fefffffffffffff'],
    [Number.MIN_VALUE, '040000000000000001'],
    [Number.POSITIVE_INFINITY, '047ff0000000000000'],
    [Number.NEGATIVE_INFINITY, '04fff0000000000000'],
    [Number.NaN, '047ff8000000000000'],
  ])('encodes the double %d as %s', (value, hex) => {
    expect(encoded((sink) => encodeFloat(sink, value))).toBe(hex);
  });

  it('encodes every NaN as one NaN', () => {
    const odd = Buffer.from('fff8000000000123', 'hex').readDoubleBE(0);
    expect(encoded((sink) => encodeFloat(sink, odd))).toBe('047ff8000000000000');
  });

  it.each([
    [TAG.text, '', '0500'],
    [TAG.text, 'ab', '05026162'],
    [TAG.text, 'é😀', '0506c3a9f09f9880'],
    [TAG.rawText, 'ab', '06026162'],
    [TAG.bytes, '\0', '070100'],
    [TAG.rawJson, '{', '10017b'],
    [TAG.rawUuid, 'none', '12046e6f6e65'],
  ])('encodes under tag %d the bytes of %j as %s', (tag, text, hex) => {
    expect(spanOf(tag, Buffer.from(text, 'utf8'))).toBe(hex);
  });

  it.each([
    [127, '077f'],
    [128, '078001'],
    [16384, '07808001'],
    [2097152, '0780808001'],
  ])('writes the length %d as %s', (length, head) => {
    expect(spanOf(TAG.bytes, Buffer.alloc(length)).slice(0, head.length)).toBe(head);
  });

  it.each([
    [TAG.time, 0, 0, '0c8000000000000000'],
    [TAG.datetime, 0, 1, '0d8000000000000001'],
    [TAG.instant, -1, -1, '0e7fffffffffffffff'],
    [TAG.instant, 0x7fffffff, -1, '0effffffffffffffff'],
  ])('encodes under tag %d the microseconds %d, %d as %s', (tag, high, low, hex) => {
    expect(encoded((sink) => encodeMicros(sink, tag, high, low))).toBe(hex);
  });

  it.each([
    [0, '', '0800'],
    [1, '80', '080180'],
    [8, 'a5', '0808a5'],
    [9, 'a580', '0809a580'],
  ])('encodes %d bits as %s -> %s', (length, bytes, hex) => {
    expect(encoded((sink) => encodeBits(sink, length, Buffer.from(bytes, 'hex'), 0))).toBe(hex);
  });

  it.each([
    [[], '0900'],
    [['b', 'a'], '090201610162'],
    [['a', 'b'], '090201610162'],
    [['é', 'z'], '0902017a02c3a9'],
  ])('encodes the set %j as %s, whatever the order of its labels', (labels, hex) => {
    expect(
      encoded((sink) =>
        encodeSet(
          sink,
          labels.map((label) => Buffer.from(label)),
        ),
      ),
    ).toBe(hex);
  });

  it.each([
    [
      ['a|b', 'c'],
      ['a', 'b|c'],
    ],
    [
      ['ab', 'c'],
      ['a', 'bc'],
    ],
    [
      ['', 'a'],
      ['a', ''],
    ],
  ])('keeps the columns %j apart from %j', (one, other) => {
    const row = (values: readonly string[]): string =>
      values.map((value) => spanOf(TAG.text, Buffer.from(value))).join('');
    expect(row(one)).not.toBe(row(other));
  });
});
