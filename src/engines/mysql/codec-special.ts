import { encodeFloat, encodeSpan, TAG } from '../../core/encoding/canonical.js';
import { encodeAddressText } from '../../core/encoding/inet.js';
import type { Column, ValueType } from '../../core/schema.js';
import type { FieldEncoder } from '../row-codec.js';
import { type Charset, toUtf8 } from './charset.js';

/**
 * Spatial values are a little-endian reference system number and WKB; a point is a byte order, the number 1 and two
 * doubles.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/gis-data-formats.html
 */
const POINT_BYTES = 25;
const LITTLE_ENDIAN_POINT = 0x0000_0001;

/** The encoder of a spatial value that is paired with coordinates: only a point of the plain plane is one. */
export const encodePoint: FieldEncoder = (buffer, start, end, sink) => {
  const isPlain =
    end - start === POINT_BYTES &&
    buffer.readUInt32LE(start) === 0 &&
    buffer[start + 4] === 1 &&
    buffer.readUInt32LE(start + 5) === LITTLE_ENDIAN_POINT;
  if (!isPlain) {
    encodeSpan(sink, TAG.bytes, buffer, start, end);
    return;
  }
  sink.writeByte(TAG.composite);
  sink.writeLength(2);
  encodeFloat(sink, buffer.readDoubleLE(start + 9));
  encodeFloat(sink, buffer.readDoubleLE(start + 17));
};

/** The encoder of a network address; MariaDB sends both of its types as text. */
export function inetEncoder({ type }: Column, partner: ValueType): FieldEncoder {
  const isV6 = (one: ValueType): boolean => one.kind === 'inet' && one.family === 'v6';
  const mapped = isV6(partner) || isV6(type);
  return (buffer, start, end, sink) => encodeAddressText(sink, { buffer, start, end }, mapped);
}

/** Lets an encoder that reads UTF-8 read another character set; text that does not decode is compared as bytes. */
export function throughUtf8(charset: Charset | null, encode: FieldEncoder): FieldEncoder {
  if (charset === null) return encode;
  return (buffer, start, end, sink) => {
    const text = toUtf8(charset, { buffer, start, end });
    if (text === null) encodeSpan(sink, TAG.rawText, buffer, start, end);
    else encode(text, 0, text.length, sink);
  };
}
