import type { ByteSink } from './byte-sink.js';

/**
 * The canonical encoding, version 1: a value becomes a tag and a payload, so that equal values have equal bytes and
 * different values never do, whatever stands before or after them.
 *
 * The tag alone fixes the payload's length, or the length comes first; there are no separators and no sentinel text.
 * Numbers are big-endian, and signed 64-bit ones have their sign bit flipped, so that the bytes of integers, dates,
 * times and UUIDs sort as the values do and serve as key bytes unchanged. Golden vectors hold it in place: a change
 * is a new version, because saved state of another version cannot be compared.
 */
export const ENCODING_VERSION = 1;

export const TAG = {
  null: 0x00,
  intNegative: 0x01,
  intPositive: 0x02,
  decimal: 0x03,
  float: 0x04,
  text: 0x05,
  /** Text whose bytes do not decode in the column's character set: its raw bytes. */
  rawText: 0x06,
  bytes: 0x07,
  bits: 0x08,
  set: 0x09,
  date: 0x0a,
  /** A date or date and time that is on no calendar, such as 0000-00-00: its fields. */
  irregularDate: 0x0b,
  time: 0x0c,
  datetime: 0x0d,
  instant: 0x0e,
  json: 0x0f,
  /** A value paired with JSON that is not valid JSON: its text. */
  rawJson: 0x10,
  uuid: 0x11,
  /** A value paired with a UUID that is none: its text. */
  rawUuid: 0x12,
  array: 0x13,
  range: 0x14,
  multirange: 0x15,
  /** Values of several types in a fixed order: the fields of a composite, the coordinates of a shape. */
  composite: 0x16,
  interval: 0x17,
  inet: 0x18,
  /** A document with scalars that are no JSON: a digest of where they are, then the document's bytes as under `json`. */
  typedJson: 0x19,
} as const;

export function encodeNull(sink: ByteSink): void {
  sink.writeByte(TAG.null);
}

/** Encodes an integer given as two 32-bit halves in two's complement; `negative` tells -1 from 2^64-1. */
export function encodeInt(sink: ByteSink, high: number, low: number, negative: boolean): void {
  sink.writeTagged64(negative ? TAG.intNegative : TAG.intPositive, high, low);
}

/** Encodes an integer of at most 32 bits, signed or unsigned. */
export function encodeSmallInt(sink: ByteSink, value: number): void {
  encodeInt(sink, value < 0 ? -1 : 0, value, value < 0);
}

/** Encodes a value of known tag whose payload varies in length. */
export function encodeSpan(
  sink: ByteSink,
  tag: number,
  source: Uint8Array,
  start: number,
  end: number,
): void {
  sink.writeByte(tag);
  sink.writeLength(end - start);
  sink.copy(source, start, end);
}

/** Encodes a signed 64-bit count of microseconds under a temporal tag. */
export function encodeMicros(sink: ByteSink, tag: number, high: number, low: number): void {
  sink.writeTagged64(tag, high ^ 0x80000000, low);
}

const floatBits = new DataView(new ArrayBuffer(8));

/** Encodes an IEEE double; -0 is 0 and every NaN is one NaN. A 32-bit value is widened by the caller, exactly. */
export function encodeFloat(sink: ByteSink, value: number): void {
  floatBits.setFloat64(0, value === 0 ? 0 : Number.isNaN(value) ? Number.NaN : value);
  sink.writeTagged64(TAG.float, floatBits.getUint32(0), floatBits.getUint32(4));
}

/** Encodes a string of bits, first bit in the highest bit of the first byte; unused bits of the last byte are 0. */
export function encodeBits(sink: ByteSink, bitLength: number, source: Uint8Array, start: number): void {
  const byteLength = Math.ceil(bitLength / 8);
  sink.writeByte(TAG.bits);
  sink.writeLength(bitLength);
  sink.copy(source, start, start + byteLength);
}

/** Encodes a set of labels by their sorted UTF-8 bytes, so that the order of the declaration does not count. */
export function encodeSet(sink: ByteSink, labels: Buffer[]): void {
  const sorted = labels.sort(Buffer.compare);
  sink.writeByte(TAG.set);
  sink.writeLength(sorted.length);
  for (const label of sorted) {
    sink.writeLength(label.length);
    sink.copy(label, 0, label.length);
  }
}
