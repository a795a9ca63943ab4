import { textTypeOf } from '../../core/canonical-type.js';
import { encodeTexts } from '../../core/encoding/array.js';
import type { ByteSink } from '../../core/encoding/byte-sink.js';
import { encodeFloat, encodeSet, encodeSpan, TAG } from '../../core/encoding/canonical.js';
import { formatFloat64 } from '../../core/encoding/float-text.js';
import { encodeUuidBytes, encodeUuidText } from '../../core/encoding/uuid.js';
import { encodeJsonField, formatFloat, formatUtf8, guardForm, unexpectedRow } from '../field-format.js';
import type { CodecColumn, FieldEncoder, FieldFormatter, FieldSpans, RowCodec } from '../row-codec.js';
import { type Charset, decodeText, encodeText } from './charset.js';
import { bitStringEncoder, decimalEncoder, intEncoder, readBigint } from './codec-numbers.js';
import { encodePoint, inetEncoder, throughUtf8 } from './codec-special.js';
import { encodeTimeInterval, temporalEncoder, temporalFormatter } from './codec-temporal.js';
import { buildMysqlProgram } from './kernel-program.js';
import { encodeTypedJson, isTypedJson } from './typed-json.js';

const PACKET_HEADER = 4;
const LONGEST_PACKET = 0xffffff;

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
export function compileMysqlCodec(
  columns: readonly CodecColumn[],
  charsets: ReadonlyMap<string, Charset>,
): RowCodec {
  const widths = Int32Array.from(columns, ({ column }) => WIDTHS[column.wire.split(' ')[0] ?? ''] ?? -1);
  return {
    headerBytes: PACKET_HEADER,
    rowEnd,
    program: buildMysqlProgram(columns, charsets, widths),
    split: guardForm((buffer, offset, end, spans) => splitRow({ buffer, offset, end, spans, widths })),
    encoders: columns.map((column) => guardForm(compileEncoder(column, charsets))),
    formatters: columns.map((column) => guardForm(compileFormatter(column, charsets))),
  };
}

/** A packet's length; the driver joins packets of the greatest length with what follows, and such a row ends its span. */
function rowEnd(buffer: Buffer, start: number, end: number): number {
  const length = buffer.readUIntLE(start - PACKET_HEADER, 3);
  return length === LONGEST_PACKET ? end : start + length;
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
  if (buffer[offset] !== 0) throw unexpectedRow();
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
  if (at !== end) throw unexpectedRow();
  return at;
}

function compileEncoder(
  { column, canonical, partner }: CodecColumn,
  charsets: ReadonlyMap<string, Charset>,
): FieldEncoder {
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
    case 'geometry':
    case 'wire':
      return (buffer, start, end, sink) => encodeSpan(sink, TAG.bytes, buffer, start, end);
    case 'bits':
      return bitStringEncoder(column.type.kind === 'bits' ? column.type.length : null);
    case 'uuid':
      return column.wire === 'binary'
        ? (buffer, start, _end, sink) => encodeUuidBytes(sink, buffer, start)
        : throughUtf8(charsetOf(column, charsets), encodeUuidField);
    case 'json':
      return isTypedJson(column)
        ? encodeTypedJson
        : throughUtf8(charsetOf(column, charsets), encodeJsonField);
    case 'inet':
      return throughUtf8(charsetOf(column, charsets), inetEncoder(column, partner));
    case 'interval':
      return encodeTimeInterval;
    case 'geometric':
      return encodePoint;
    case 'text':
      return textEncoder(charsetOf(column, charsets));
    case 'set':
      return labelsEncoder(charsetOf(column, charsets), encodeSet);
    case 'array':
      return labelsEncoder(charsetOf(column, charsets), encodeTexts);
    default:
      return temporalEncoder(column.wire, canonical);
  }
}

const encodeUuidField: FieldEncoder = (buffer, start, end, sink) => encodeUuidText(sink, buffer, start, end);

function charsetOf(column: CodecColumn['column'], charsets: ReadonlyMap<string, Charset>): Charset | null {
  return charsets.get(textTypeOf(column.type)?.charset ?? '') ?? null;
}

function textEncoder(charset: Charset | null): FieldEncoder {
  if (charset === null) return (buffer, start, end, sink) => encodeSpan(sink, TAG.text, buffer, start, end);
  return (buffer, start, end, sink) => encodeText(charset, { buffer, start, end }, sink);
}

/** Labels hold no comma, so splitting the text at commas is exact; an empty text is the empty set. */
function labelsEncoder(
  charset: Charset | null,
  encode: (sink: ByteSink, labels: Buffer[]) => void,
): FieldEncoder {
  return throughUtf8(charset, (buffer, start, end, sink) => {
    const text = buffer.toString('utf8', start, end);
    encode(sink, text === '' ? [] : text.split(',').map((label) => Buffer.from(label, 'utf8')));
  });
}

function compileFormatter(
  { column, partner }: CodecColumn,
  charsets: ReadonlyMap<string, Charset>,
): FieldFormatter {
  const { wire, type } = column;
  switch (type.kind) {
    case 'int':
    case 'boolean':
    case 'bits':
      return (buffer, start, end) => readBigint(wire, buffer, start, end).toString();
    case 'float':
      return wire === 'float'
        ? (buffer, start) => formatFloat(buffer.readFloatLE(start), partner)
        : (buffer, start) => formatFloat64(buffer.readDoubleLE(start));
    case 'bytes':
    case 'geometry':
    case 'opaque':
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

function textFormatter(charset: Charset | null): FieldFormatter {
  if (charset === null) return formatUtf8;
  return (buffer, start, end) =>
    decodeText(charset, buffer, start, end) ?? { hex: buffer.toString('hex', start, end) };
}
