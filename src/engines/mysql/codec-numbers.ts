import { encodeBits, encodeInt, encodeSmallInt } from '../../core/encoding/canonical.js';
import { encodeDecimalInt, encodeDecimalText } from '../../core/encoding/decimal.js';
import { RowproofError } from '../../core/errors.js';
import { unexpectedRow } from '../field-format.js';
import type { FieldEncoder } from '../row-codec.js';

type IntReader = (buffer: Buffer, start: number) => number;

/** Readers of the integers that fit a double exactly; `bigint` and `bit` have their own ways. */
const INT_READERS: Readonly<Record<string, IntReader>> = {
  tinyint: (buffer, start) => buffer.readInt8(start),
  'tinyint unsigned': (buffer, start) => buffer[start] as number,
  smallint: (buffer, start) => buffer.readInt16LE(start),
  'smallint unsigned': (buffer, start) => buffer.readUInt16LE(start),
  year: (buffer, start) => buffer.readUInt16LE(start),
  mediumint: (buffer, start) => buffer.readInt32LE(start),
  'mediumint unsigned': (buffer, start) => buffer.readUInt32LE(start),
  int: (buffer, start) => buffer.readInt32LE(start),
  'int unsigned': (buffer, start) => buffer.readUInt32LE(start),
};

/** The canonical encoder of an integer or BIT column that is paired with whole numbers. */
export function intEncoder(wire: string): FieldEncoder {
  if (wire === 'bit') {
    return (buffer, start, end, sink) => {
      const value = readBits(buffer, start, end);
      encodeInt(sink, Number(value >> 32n), Number(value & 0xffffffffn), false);
    };
  }
  if (wire.startsWith('bigint')) {
    const signed = wire === 'bigint';
    return (buffer, start, _end, sink) => {
      const high = buffer.readInt32LE(start + 4);
      encodeInt(sink, high, buffer.readInt32LE(start), signed && high < 0);
    };
  }
  const read = intReader(wire);
  return (buffer, start, _end, sink) => encodeSmallInt(sink, read(buffer, start));
}

function intReader(wire: string): IntReader {
  const read = INT_READERS[wire];
  if (read === undefined) throw new RowproofError({ code: 'internal', message: `No integer format ${wire}` });
  return read;
}

/** BIT(n) arrives with its last bit in the lowest bit of the last byte; a bit string begins in the highest of the first. */
export function bitStringEncoder(length: number | null): FieldEncoder {
  return (buffer, start, end, sink) => {
    const bits = length ?? (end - start) * 8;
    const aligned = Buffer.alloc(8);
    aligned.writeBigUInt64BE(BigInt.asUintN(64, readBits(buffer, start, end) << BigInt(64 - bits)));
    encodeBits(sink, bits, aligned, 0);
  };
}

function readBits(buffer: Buffer, start: number, end: number): bigint {
  let value = 0n;
  for (let i = start; i < end; i++) value = (value << 8n) | BigInt(buffer[i] as number);
  return value;
}

/** Reads an integer or BIT value exactly. */
export function readBigint(wire: string, buffer: Buffer, start: number, end: number): bigint {
  if (wire === 'bit') return readBits(buffer, start, end);
  if (wire === 'bigint') return buffer.readBigInt64LE(start);
  if (wire === 'bigint unsigned') return buffer.readBigUInt64LE(start);
  return BigInt(intReader(wire)(buffer, start));
}

/** The canonical encoder of a number column that is paired with a decimal. */
export function decimalEncoder(wire: string): FieldEncoder {
  if (!wire.startsWith('decimal')) {
    return (buffer, start, end, sink) => encodeDecimalInt(sink, readBigint(wire, buffer, start, end));
  }
  return (buffer, start, end, sink) => {
    if (!encodeDecimalText(sink, buffer, start, end)) throw unexpectedRow();
  };
}
