import { encodeBits, encodeFloat, encodeInt, encodeSmallInt, encodeSpan, encodeSet, TAG } from '../../core/encoding/canonical.js';
import type { ByteSink } from '../../core/encoding/byte-sink.js';
import { encodeDecimalInt, encodeDecimalText } from '../../core/encoding/decimal.js';
import { encodeJson } from '../../core/encoding/json-encoding.js';
import { formatFloat32, formatFloat64 } from '../../core/encoding/float-text.js';
import { encodeUuidBytes, encodeUuidText } from '../../core/encoding/uuid.js';
import { textTypeOf } from '../../core/canonical-type.js';
import { RowproofError } from '../../core/errors.js';
import type { Value } from '../../core/difference.js';
import type { CodecColumn, FieldEncoder, FieldFormatter, FieldSpans, RowCodec } from '../engine.js';
import { type Charset, decodeText, encodeText } from './charset.js';
import { temporalEncoder, temporalFormatter } from './codec-temporal.js';

/** Field widths in a binary row; -1 is a length-encoded string, -2 a value behind a one-byte length. */
const WIDTHS: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  year: 2,
  mediumint: 4,
  int: 4,
  float: 4,
  bigint: 8,
  double: 8,
  date: -2,
  time: -2,
  datetime: -2,
  timestamp: -2,
};

/**
 * Compiles the codec of a column list for rows of the binary protocol: a zero byte, a NULL bitmap that starts at its
 * third bit, then the values.
 *
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 */
export function compileMysqlCodec(columns: readonly CodecColumn[], charsets: ReadonlyMap<string, Charset>): RowCodec {
  const widths = Int32Array.from(columns, ({ column }) => WIDTHS[column.wire.split(' ')[0] ?? ''] ?? -1);
  return {
    split: (buffer, offset, end, spans) => splitRow({ buffer, offset, end, spans, widths }),
    encoders: columns.map((column) => compileEncoder(column, charsets)),
    formatters: columns.map((column) => compileFormatter(column, charsets)),
  };
}

function splitRow(row: {
  buffer: Buffer;
  offset: number;
  end: number;
  spans: FieldSpans;
  widths: Int32Array;
}): number {
  const { buffer, offset, end, spans, widths } = row;
  const count = widths.length;
  if (buffer[offset] !== 0) throw brokenRow();
  let at = offset + 1 + ((count + 9) >> 3);
  for (let i = 0; i < count; i++) {
    const bit = i + 2;
    if (((buffer[offset + 1 + (bit >> 3)] as number) >> (bit & 7)) & 1) {
      spans.starts[i] = -1;
      continue;
    }
    const width = widths[i] as number;
    let length = width;
    if (width < 0) {
      length = buffer[at++] as number;
      if (width === -1 && length > 250) {
        const bytes = length === 252 ? 2 : length === 253 ? 3 : 8;
        length = bytes === 8 ? Number(buffer.readBigUInt64LE(at)) : buffer.readUIntLE(at, bytes);
        at += bytes;
      }
    }
    spans.starts[i] = at;
    at += length;
    spans.ends[i] = at;
  }
  if (at !== end) throw brokenRow();
  return at;
}

function brokenRow(): RowproofError {
  return new RowproofError({
    code: 'wire-format',
    message: 'A row arrived in another form than the catalog says.',
    hint: 'Run again: the table was probably altered meanwhile.',
  });
}

function compileEncoder({ column, canonical }: CodecColumn, charsets: ReadonlyMap<string, Charset>): FieldEncoder {
  switch (canonical) {
    case 'int':
      return intEncoder(column.wire);
    case 'decimal':
      return decimalEncoder(column.wire);
    case 'float':
      return column.wire === 'float'
        ? (buffer, start, _end, sink) => encodeFloat(sink, buffer.readFloatLE(start))
        : (buffer, start, _end, sink) => encodeFloat(sink, buffer.readDoubleLE(start));
    case 'bytes':
      return (buffer, start, end, sink) => encodeSpan(sink, TAG.bytes, buffer, start, end);
    case 'bits':
      return bitStringEncoder(column.type.kind === 'bits' ? column.type.length : null);
    case 'uuid':
      return column.wire === 'binary'
        ? (buffer, start, _end, sink) => encodeUuidBytes(sink, buffer, start)
        : (buffer, start, end, sink) => encodeUuidText(sink, buffer, start, end);
    case 'json':
      return encodeJsonField;
    case 'text':
      return textEncoder(charsetOf(column, charsets));
    case 'set':
      return setEncoder(charsetOf(column, charsets));
    default:
      return temporalEncoder(column.wire, canonical);
  }
}

function charsetOf(column: CodecColumn['column'], charsets: ReadonlyMap<string, Charset>): Charset | null {
  return charsets.get(textTypeOf(column.type)?.charset ?? '') ?? null;
}

function textEncoder(charset: Charset | null): FieldEncoder {
  if (charset === null) return (buffer, start, end, sink) => encodeSpan(sink, TAG.text, buffer, start, end);
  return (buffer, start, end, sink) => encodeText(charset, { buffer, start, end }, sink);
}

/** Labels hold no comma, so splitting the text at commas is exact; an empty text is the empty set. */
function setEncoder(charset: Charset | null): FieldEncoder {
  return (buffer, start, end, sink) => {
    const text = charset === null ? buffer.toString('utf8', start, end) : (decodeText(charset, buffer, start, end) ?? '');
    encodeSet(sink, text === '' ? [] : text.split(',').map((label) => Buffer.from(label, 'utf8')));
  };
}

function encodeJsonField(buffer: Buffer, start: number, end: number, sink: ByteSink): void {
  const before = sink.length;
  sink.writeByte(TAG.json);
  if (encodeJson(buffer, start, end, sink)) return;
  sink.length = before;
  encodeSpan(sink, TAG.rawJson, buffer, start, end);
}

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

function intEncoder(wire: string): FieldEncoder {
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
function bitStringEncoder(length: number | null): FieldEncoder {
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

function readBigint(wire: string, buffer: Buffer, start: number, end: number): bigint {
  if (wire === 'bit') return readBits(buffer, start, end);
  if (wire === 'bigint') return buffer.readBigInt64LE(start);
  if (wire === 'bigint unsigned') return buffer.readBigUInt64LE(start);
  return BigInt(intReader(wire)(buffer, start));
}

function decimalEncoder(wire: string): FieldEncoder {
  if (!wire.startsWith('decimal')) {
    return (buffer, start, end, sink) => encodeDecimalInt(sink, readBigint(wire, buffer, start, end));
  }
  return (buffer, start, end, sink) => {
    if (!encodeDecimalText(sink, buffer, start, end)) throw brokenRow();
  };
}

function compileFormatter({ column }: CodecColumn, charsets: ReadonlyMap<string, Charset>): FieldFormatter {
  const { wire, type } = column;
  switch (type.kind) {
    case 'int':
    case 'boolean':
    case 'bits':
      return (buffer, start, end) => readBigint(wire, buffer, start, end).toString();
    case 'float':
      return wire === 'float'
        ? (buffer, start) => formatFloat32(buffer.readFloatLE(start))
        : (buffer, start) => formatFloat64(buffer.readDoubleLE(start));
    case 'bytes':
      return (buffer, start, end) => ({ hex: buffer.toString('hex', start, end) });
    case 'date':
    case 'time':
    case 'datetime':
    case 'instant':
      return temporalFormatter(wire);
    default:
      return textFormatter(charsetOf(column, charsets));
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textFormatter(charset: Charset | null): FieldFormatter {
  return (buffer, start, end): Value => {
    if (charset !== null) {
      return decodeText(charset, buffer, start, end) ?? { hex: buffer.toString('hex', start, end) };
    }
    try {
      return strictUtf8.decode(buffer.subarray(start, end));
    } catch {
      return { hex: buffer.toString('hex', start, end) };
    }
  };
}
