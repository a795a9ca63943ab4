import type { ByteSink } from '../../core/encoding/byte-sink.js';
import {
  encodeBits,
  encodeFloat,
  encodeInt,
  encodeMicros,
  encodeSmallInt,
  encodeSpan,
  TAG,
} from '../../core/encoding/canonical.js';
import { encodeDays, formatDays, formatMicros, formatTimeOfDay } from '../../core/encoding/temporal.js';
import { encodeDecimalInt } from '../../core/encoding/decimal.js';
import { encodeJson } from '../../core/encoding/json-encoding.js';
import { formatFloat32, formatFloat64 } from '../../core/encoding/float-text.js';
import { encodeUuidBytes, encodeUuidText, formatUuid } from '../../core/encoding/uuid.js';
import { RowproofError } from '../../core/errors.js';
import type { CodecColumn, FieldEncoder, FieldFormatter, FieldSpans, RowCodec } from '../engine.js';
import { encodeNumeric, formatNumeric } from './numeric.js';

const MESSAGE_HEADER = 5;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** Compiles the codec of a column list for CopyData messages: a field count, then a length and bytes a field. */
export function compilePostgresqlCodec(columns: readonly CodecColumn[]): RowCodec {
  const count = columns.length;
  return {
    split: (buffer, offset, _end, spans) => splitRow(buffer, offset, count, spans),
    encoders: columns.map(compileEncoder),
    formatters: columns.map(compileFormatter),
  };
}

function splitRow(buffer: Buffer, offset: number, count: number, spans: FieldSpans): number {
  let at = offset + MESSAGE_HEADER;
  if (((buffer[at] as number) << 8) + (buffer[at + 1] as number) !== count) throw brokenRow();
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
  if (at !== offset + 1 + buffer.readUInt32BE(offset + 1)) throw brokenRow();
  return at;
}

function brokenRow(): RowproofError {
  return new RowproofError({
    code: 'wire-format',
    message: 'A row arrived in another form than the catalog says.',
    hint: 'Run again: the table was probably altered meanwhile.',
  });
}

/** Guards a fixed-width value: a column that was altered in mid-run must not be read as something it is not. */
function sized(width: number, encode: FieldEncoder): FieldEncoder {
  return (buffer, start, end, sink) => {
    if (end - start !== width) throw brokenRow();
    encode(buffer, start, end, sink);
  };
}

type IntFormat = { readonly width: number; read(buffer: Buffer, start: number): bigint; readonly encode: FieldEncoder };

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

function intFormat(wire: string): IntFormat {
  const format = INT_FORMATS[wire];
  if (format === undefined) throw new RowproofError({ code: 'internal', message: `No integer format ${wire}` });
  return format;
}

function compileEncoder({ column, canonical }: CodecColumn): FieldEncoder {
  const { wire } = column;
  switch (canonical) {
    case 'int':
      return sized(intFormat(wire).width, intFormat(wire).encode);
    case 'decimal':
      return decimalEncoder(wire);
    case 'float':
      return wire === 'float4'
        ? sized(4, (buffer, start, _end, sink) => encodeFloat(sink, buffer.readFloatBE(start)))
        : sized(8, (buffer, start, _end, sink) => encodeFloat(sink, buffer.readDoubleBE(start)));
    case 'bytes':
      return (buffer, start, end, sink) => encodeSpan(sink, TAG.bytes, buffer, start, end);
    case 'bits':
      return (buffer, start, _end, sink) => encodeBits(sink, buffer.readInt32BE(start), buffer, start + 4);
    case 'date':
      return sized(4, (buffer, start, _end, sink) => encodeDays(sink, buffer.readInt32BE(start)));
    case 'time':
    case 'datetime':
    case 'instant':
      return microsEncoder(TAG[canonical]);
    case 'json':
      return jsonEncoder(wire);
    case 'uuid':
      return uuidEncoder(wire);
    case 'text':
    case 'set':
      return wire === 'bpchar' ? encodePadded : (buffer, start, end, sink) => encodeSpan(sink, TAG.text, buffer, start, end);
  }
}

function decimalEncoder(wire: string): FieldEncoder {
  if (wire === 'numeric') return encodeNumeric;
  const { width, read } = intFormat(wire);
  return sized(width, (buffer, start, _end, sink) => encodeDecimalInt(sink, read(buffer, start)));
}

function microsEncoder(tag: number): FieldEncoder {
  return sized(8, (buffer, start, _end, sink) =>
    encodeMicros(sink, tag, buffer.readInt32BE(start), buffer.readInt32BE(start + 4)),
  );
}

/** jsonb arrives as a version byte and text. */
function jsonEncoder(wire: string): FieldEncoder {
  const skip = wire === 'jsonb' ? 1 : 0;
  return (buffer, start, end, sink) => {
    const before = sink.length;
    sink.writeByte(TAG.json);
    if (encodeJson(buffer, start + skip, end, sink)) return;
    sink.length = before;
    encodeSpan(sink, TAG.rawJson, buffer, start + skip, end);
  };
}

function uuidEncoder(wire: string): FieldEncoder {
  if (wire === 'uuid') return sized(16, (buffer, start, _end, sink) => encodeUuidBytes(sink, buffer, start));
  if (wire === 'bpchar') return (buffer, start, end, sink) => encodeUuidText(sink, buffer, start, unpadded(buffer, start, end));
  return (buffer, start, end, sink) => encodeUuidText(sink, buffer, start, end);
}

/** `character(n)` arrives padded; its trailing spaces are not data. */
function encodePadded(buffer: Buffer, start: number, end: number, sink: ByteSink): void {
  encodeSpan(sink, TAG.text, buffer, start, unpadded(buffer, start, end));
}

function unpadded(buffer: Buffer, start: number, end: number): number {
  let last = end;
  while (last > start && buffer[last - 1] === 0x20) last--;
  return last;
}

function compileFormatter({ column }: CodecColumn): FieldFormatter {
  const { wire } = column;
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
      return (buffer, start) => formatFloat32(buffer.readFloatBE(start));
    case 'float8':
      return (buffer, start) => formatFloat64(buffer.readDoubleBE(start));
    case 'bytea':
      return (buffer, start, end) => ({ hex: buffer.toString('hex', start, end) });
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
      return (buffer, start, end) => formatText(buffer, start + 1, end);
    case 'bpchar':
      return (buffer, start, end) => formatText(buffer, start, unpadded(buffer, start, end));
    default:
      return formatText;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const formatText: FieldFormatter = (buffer, start, end) => {
  try {
    return strictUtf8.decode(buffer.subarray(start, end));
  } catch {
    return { hex: buffer.toString('hex', start, end) };
  }
};

const formatBits: FieldFormatter = (buffer, start) => {
  const length = buffer.readInt32BE(start);
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
