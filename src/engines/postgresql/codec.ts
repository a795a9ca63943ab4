import { encodeBits, encodeFloat, encodeMicros, encodeSpan, TAG } from '../../core/encoding/canonical.js';
import { formatFloat64 } from '../../core/encoding/float-text.js';
import {
  encodeDays,
  encodeSeconds,
  formatDays,
  formatMicros,
  formatTimeOfDay,
} from '../../core/encoding/temporal.js';
import { encodeUuidBytes, encodeUuidText, formatUuid } from '../../core/encoding/uuid.js';
import { encodeJsonField, formatFloat, formatUtf8, guardForm, unexpectedRow } from '../field-format.js';
import type { CodecColumn, FieldEncoder, FieldFormatter, FieldSpans, RowCodec } from '../row-codec.js';
import { decimalEncoder, intFormat, sized } from './codec-numbers.js';
import {
  encodeChar,
  formatMoney,
  geometricEncoder,
  inetEncoder,
  intervalEncoder,
  moneyEncoder,
  SCALAR_FORMATTERS,
} from './codec-scalars.js';
import { structureEncoder } from './codec-structures.js';
import { buildPostgresqlProgram } from './kernel-program.js';
import { formatNumeric } from './numeric.js';
import { structureFormatter } from './structure-text.js';

const MESSAGE_HEADER = 5;
/** Days of a `date` from 2000-01-01: infinity, and the last one that has a `timestamp`, 294276-12-31. */
const MOST_DAYS = 0x7fffffff;
const LAST_DATETIME_DAYS = 106_751_982;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** Compiles the codec of a column list for CopyData messages: a field count, then a length and bytes a field. */
export function compilePostgresqlCodec(columns: readonly CodecColumn[]): RowCodec {
  const count = columns.length;
  return {
    headerBytes: 0,
    rowEnd: (_buffer, _start, end) => end,
    program: buildPostgresqlProgram(columns),
    split: guardForm((buffer, offset, _end, spans) => splitRow(buffer, offset, count, spans)),
    encoders: columns.map((column) => guardForm(compileEncoder(column))),
    formatters: columns.map((column) => guardForm(compileFormatter(column))),
  };
}

function splitRow(buffer: Buffer, offset: number, count: number, spans: FieldSpans): number {
  let at = offset + MESSAGE_HEADER;
  if (((buffer[at] as number) << 8) + (buffer[at + 1] as number) !== count) throw unexpectedRow();
  at += 2;
  for (let i = 0; i < count; i++) {
    const length =
      ((buffer[at] as number) << 24) |
      ((buffer[at + 1] as number) << 16) |
      ((buffer[at + 2] as number) << 8) |
      (buffer[at + 3] as number);
    at += 4;
    if (length < 0) {
      spans.starts[i] = -1;
      continue;
    }
    spans.starts[i] = at;
    at += length;
    spans.ends[i] = at;
  }
  if (at !== offset + 1 + buffer.readUInt32BE(offset + 1)) throw unexpectedRow();
  return at;
}

function compileEncoder({ column, canonical, partner }: CodecColumn): FieldEncoder {
  const { wire } = column;
  switch (canonical) {
    case 'int':
      return sized(intFormat(wire).width, intFormat(wire).encode);
    case 'decimal':
      return wire === 'money' ? moneyEncoder(column) : decimalEncoder(wire);
    case 'float':
      return wire === 'float4'
        ? sized(4, (buffer, start, _end, sink) => encodeFloat(sink, buffer.readFloatBE(start)))
        : sized(8, (buffer, start, _end, sink) => encodeFloat(sink, buffer.readDoubleBE(start)));
    case 'bytes':
      return column.type.kind === 'text' ? textEncoder(wire, TAG.bytes) : encodeBytes;
    case 'exact':
      return encodeBytes;
    case 'bits':
      return (buffer, start, end, sink) => encodeBits(sink, countBits(buffer, start, end), buffer, start + 4);
    case 'date':
      return sized(4, (buffer, start, _end, sink) => encodeDays(sink, buffer.readInt32BE(start)));
    case 'time':
    case 'datetime':
    case 'instant':
      return wire === 'date' ? encodeMidnight : microsEncoder(TAG[canonical]);
    case 'json':
      return wire === 'jsonb' ? encodeJsonb : encodeJsonField;
    case 'uuid':
      return uuidEncoder(wire);
    case 'text':
    case 'set':
      return textEncoder(column.type.kind === 'enum' ? 'enum' : wire, TAG.text);
    case 'interval':
      return intervalEncoder(wire);
    case 'inet':
      return inetEncoder(column, partner);
    case 'geometric':
      return geometricEncoder(wire);
    default:
      return structureEncoder({ column, partner }, compileEncoder) ?? encodeBytes;
  }
}

const encodeBytes: FieldEncoder = (buffer, start, end, sink) =>
  encodeSpan(sink, TAG.bytes, buffer, start, end);

/** The tag says whether the text is compared as text or as its bytes. */
function textEncoder(wire: string, tag: number): FieldEncoder {
  if (wire === 'bpchar')
    return (buffer, start, end, sink) => encodeSpan(sink, tag, buffer, start, unpadded(buffer, start, end));
  if (wire === 'char') return encodeChar;
  const version = wire === 'ltree' || wire === 'jsonpath' ? 1 : 0;
  return (buffer, start, end, sink) => encodeSpan(sink, tag, buffer, start + version, end);
}

/** A day that is paired with days and times is the midnight that it begins with; one beyond their range equals none. */
const encodeMidnight: FieldEncoder = sized(4, (buffer, start, _end, sink) => {
  const days = buffer.readInt32BE(start);
  if (days === MOST_DAYS) encodeMicros(sink, TAG.datetime, 0x7fffffff, -1);
  else if (days === -MOST_DAYS - 1) encodeMicros(sink, TAG.datetime, -MOST_DAYS - 1, 0);
  else if (days > LAST_DATETIME_DAYS) encodeDays(sink, days);
  else encodeSeconds(sink, TAG.datetime, days * 86_400, 0);
});

function microsEncoder(tag: number): FieldEncoder {
  return sized(8, (buffer, start, _end, sink) =>
    encodeMicros(sink, tag, buffer.readInt32BE(start), buffer.readInt32BE(start + 4)),
  );
}

/** jsonb arrives as a version byte and text. */
const encodeJsonb: FieldEncoder = (buffer, start, end, sink) => encodeJsonField(buffer, start + 1, end, sink);

function uuidEncoder(wire: string): FieldEncoder {
  if (wire === 'uuid') return sized(16, (buffer, start, _end, sink) => encodeUuidBytes(sink, buffer, start));
  if (wire === 'bpchar')
    return (buffer, start, end, sink) => encodeUuidText(sink, buffer, start, unpadded(buffer, start, end));
  return (buffer, start, end, sink) => encodeUuidText(sink, buffer, start, end);
}

/** `character(n)` arrives padded; its trailing spaces are not data. */
function unpadded(buffer: Buffer, start: number, end: number): number {
  let last = end;
  while (last > start && buffer[last - 1] === 0x20) last--;
  return last;
}

function compileFormatter({ column, partner }: Pick<CodecColumn, 'column' | 'partner'>): FieldFormatter {
  const { wire, type } = column;
  if (type.kind === 'enum') return formatUtf8;
  if (type.kind === 'money') return formatMoney(type);
  const special = structureFormatter({ column, partner }, compileFormatter) ?? SCALAR_FORMATTERS[wire];
  if (special !== undefined) return special;
  switch (wire) {
    case 'bool':
      return (buffer, start) => (buffer[start] === 1 ? 'true' : 'false');
    case 'int2':
    case 'int4':
    case 'int8':
    case 'oid': {
      const { read } = intFormat(wire);
      return (buffer, start) => read(buffer, start).toString();
    }
    case 'numeric':
      return formatNumeric;
    case 'float4':
      return (buffer, start) => formatFloat(buffer.readFloatBE(start), partner);
    case 'float8':
      return (buffer, start) => formatFloat64(buffer.readDoubleBE(start));
    case 'bit':
    case 'varbit':
      return formatBits;
    case 'date':
      return (buffer, start) => formatDate(buffer.readInt32BE(start));
    case 'time':
      return (buffer, start) => formatTimeOfDay(buffer.readBigInt64BE(start));
    case 'timestamp':
    case 'timestamptz':
      return (buffer, start) => formatTimestamp(buffer.readBigInt64BE(start));
    case 'uuid':
      return (buffer, start) => formatUuid(buffer, start);
    case 'jsonb':
      return (buffer, start, end) => formatUtf8(buffer, start + 1, end);
    case 'bpchar':
      return (buffer, start, end) => formatUtf8(buffer, start, unpadded(buffer, start, end));
    default:
      return formatUtf8;
  }
}

/** A bit string begins with its length, which must not make anybody look for more bits than there are. */
function countBits(buffer: Buffer, start: number, end: number): number {
  const length = buffer.readInt32BE(start);
  if (length < 0 || start + 4 + Math.ceil(length / 8) !== end) throw unexpectedRow();
  return length;
}

const formatBits: FieldFormatter = (buffer, start, end) => {
  const length = countBits(buffer, start, end);
  let text = '';
  for (let i = 0; i < length; i++) text += ((buffer[start + 4 + (i >> 3)] as number) >> (7 - (i & 7))) & 1;
  return text;
};

function formatDate(days: number): string {
  if (days === 0x7fffffff) return 'infinity';
  return days === -0x80000000 ? '-infinity' : formatDays(days);
}

function formatTimestamp(micros: bigint): string {
  if (micros === MAX_INT64) return 'infinity';
  return micros === MIN_INT64 ? '-infinity' : formatMicros(micros);
}
