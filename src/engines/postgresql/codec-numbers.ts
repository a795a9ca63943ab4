import { encodeInt, encodeSmallInt } from '../../core/encoding/canonical.js';
import { encodeDecimalInt } from '../../core/encoding/decimal.js';
import { RowproofError } from '../../core/errors.js';
import { unexpectedRow } from '../field-format.js';
import type { FieldEncoder } from '../row-codec.js';
import { encodeNumeric } from './numeric.js';

/** Guards a fixed-width value: a column that was altered in mid-run must not be read as something it is not. */
export function sized(width: number, encode: FieldEncoder): FieldEncoder {
  return (buffer, start, end, sink) => {
    if (end - start !== width) throw unexpectedRow();
    encode(buffer, start, end, sink);
  };
}

type IntFormat = {
  readonly width: number;
  read(buffer: Buffer, start: number): bigint;
  readonly encode: FieldEncoder;
};

const INT_FORMATS: Readonly<Record<string, IntFormat>> = {
  bool: {
    width: 1,
    read: (buffer, start) => BigInt(buffer[start] as number),
    encode: (buffer, start, _end, sink) => encodeSmallInt(sink, buffer[start] as number),
  },
  int2: {
    width: 2,
    read: (buffer, start) => BigInt(buffer.readInt16BE(start)),
    encode: (buffer, start, _end, sink) => encodeSmallInt(sink, buffer.readInt16BE(start)),
  },
  int4: {
    width: 4,
    read: (buffer, start) => BigInt(buffer.readInt32BE(start)),
    encode: (buffer, start, _end, sink) => encodeSmallInt(sink, buffer.readInt32BE(start)),
  },
  int8: {
    width: 8,
    read: (buffer, start) => buffer.readBigInt64BE(start),
    encode: (buffer, start, _end, sink) => {
      const high = buffer.readInt32BE(start);
      encodeInt(sink, high, buffer.readInt32BE(start + 4), high < 0);
    },
  },
  oid: {
    width: 4,
    read: (buffer, start) => BigInt(buffer.readUInt32BE(start)),
    encode: (buffer, start, _end, sink) => encodeSmallInt(sink, buffer.readUInt32BE(start)),
  },
};

/** How an integer or boolean lies on the wire. */
export function intFormat(wire: string): IntFormat {
  const format = INT_FORMATS[wire];
  if (format === undefined)
    throw new RowproofError({ code: 'internal', message: `No integer format ${wire}` });
  return format;
}

/** The canonical encoder of a number column that is paired with a decimal. */
export function decimalEncoder(wire: string): FieldEncoder {
  if (wire === 'numeric') return encodeNumeric;
  const { width, read } = intFormat(wire);
  return sized(width, (buffer, start, _end, sink) => encodeDecimalInt(sink, read(buffer, start)));
}
