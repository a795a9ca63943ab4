import { encodeFloat, encodeSmallInt, encodeSpan, TAG } from '../../core/encoding/canonical.js';
import { encodeDecimalText } from '../../core/encoding/decimal.js';
import { formatFloat64 } from '../../core/encoding/float-text.js';
import { encodeAddress, encodeAddressText, formatAddress } from '../../core/encoding/inet.js';
import { encodeInterval, formatInterval } from '../../core/encoding/interval.js';
import { formatTimeOfDay } from '../../core/encoding/temporal.js';
import type { Column, ValueType } from '../../core/schema.js';
import { formatUtf8 } from '../field-format.js';
import type { FieldEncoder, FieldFormatter } from '../row-codec.js';
import { sized } from './codec-numbers.js';

/** Family, bits of the network, whether it was written as a network, number of address bytes. */
const INET_HEADER = 4;
const V4_FAMILY = 2;

/** The encoder of an interval, or of a time that is paired with one. */
export function intervalEncoder(wire: string): FieldEncoder {
  if (wire === 'time') {
    return sized(8, (buffer, start, _end, sink) =>
      encodeInterval(sink, {
        months: 0,
        days: 0,
        high: buffer.readInt32BE(start),
        low: buffer.readInt32BE(start + 4),
      }),
    );
  }
  return sized(16, (buffer, start, _end, sink) =>
    encodeInterval(sink, {
      months: buffer.readInt32BE(start + 12),
      days: buffer.readInt32BE(start + 8),
      high: buffer.readInt32BE(start),
      low: buffer.readInt32BE(start + 4),
    }),
  );
}

/** The encoder of an address; whether a value was declared as `inet` or as `cidr` is no part of it. */
export function inetEncoder({ type }: Column, partner: ValueType): FieldEncoder {
  const mapped = partner.kind === 'inet' && partner.family === 'v6';
  if (type.kind !== 'inet') {
    return (buffer, start, end, sink) => encodeAddressText(sink, { buffer, start, end }, mapped);
  }
  return (buffer, start, end, sink) => {
    const bits = buffer[start + 1] as number;
    encodeAddress(sink, { address: buffer.subarray(start + INET_HEADER, end), bits }, mapped);
  };
}

/** The encoder of coordinates: each by the rule of floats, after whether a path is closed. */
export function geometricEncoder(wire: string): FieldEncoder {
  const header = wire === 'path' ? 5 : wire === 'polygon' ? 4 : 0;
  return (buffer, start, end, sink) => {
    const floats = (end - start - header) / 8;
    sink.writeByte(TAG.composite);
    sink.writeLength(wire === 'path' ? floats + 1 : floats);
    if (wire === 'path') encodeSmallInt(sink, buffer[start] as number);
    for (let at = start + header; at < end; at += 8) encodeFloat(sink, buffer.readDoubleBE(at));
  };
}

/** The encoder of an amount of money as the number it is. */
export function moneyEncoder({ type }: Column): FieldEncoder {
  const format = formatMoney(type);
  return (buffer, start, end, sink) => {
    const text = Buffer.from(String(format(buffer, start, end)), 'latin1');
    encodeDecimalText(sink, text, 0, text.length);
  };
}

/** A `"char"` is one byte: none at all if it is zero, and no character from 80 on. */
export const encodeChar: FieldEncoder = sized(1, (buffer, start, _end, sink) => {
  const byte = buffer[start] as number;
  encodeSpan(sink, byte < 0x80 ? TAG.text : TAG.rawText, buffer, start, byte === 0 ? start : start + 1);
});

const formatBytes: FieldFormatter = (buffer, start, end) => ({ hex: buffer.toString('hex', start, end) });

/** The formatters of types that have a binary form of their own, by wire name. */
export const SCALAR_FORMATTERS: Readonly<Record<string, FieldFormatter>> = {
  bytea: formatBytes,
  opaque: formatBytes,
  interval: (buffer, start) =>
    formatInterval(
      buffer.readInt32BE(start + 12),
      buffer.readInt32BE(start + 8),
      buffer.readBigInt64BE(start),
    ),
  inet: formatInet,
  cidr: formatInet,
  timetz: (buffer, start) =>
    formatTimeOfDay(buffer.readBigInt64BE(start)) + formatZone(-buffer.readInt32BE(start + 8)),
  macaddr: formatMac,
  macaddr8: formatMac,
  xid8: (buffer, start) => buffer.readBigUInt64BE(start).toString(),
  tid: (buffer, start) => `(${buffer.readUInt32BE(start)},${buffer.readUInt16BE(start + 4)})`,
  pg_lsn: (buffer, start) =>
    [start, start + 4].map((at) => buffer.readUInt32BE(at).toString(16).toUpperCase()).join('/'),
  char: (buffer, start) => {
    const byte = buffer[start] as number;
    if (byte === 0) return '';
    return byte < 0x80 ? String.fromCharCode(byte) : `\\${byte.toString(8)}`;
  },
  ltree: (buffer, start, end) => formatUtf8(buffer, start + 1, end),
  jsonpath: (buffer, start, end) => formatUtf8(buffer, start + 1, end),
  point: (buffer, start) => pointAt(buffer, start),
  line: (buffer, start) => `{${floatsAt(buffer, start, 3).join(',')}}`,
  lseg: (buffer, start, end) => `[${pointsIn(buffer, start, end)}]`,
  box: pointsIn,
  path: (buffer, start, end) => {
    const points = pointsIn(buffer, start + 5, end);
    return buffer[start] === 1 ? `(${points})` : `[${points}]`;
  },
  polygon: (buffer, start, end) => `(${pointsIn(buffer, start + 4, end)})`,
  circle: (buffer, start) => `<${pointAt(buffer, start)},${floatsAt(buffer, start + 16, 1)[0]}>`,
};

/** The formatter of an amount of money: a plain number, whatever the server's locale makes of it. */
export function formatMoney(type: ValueType): FieldFormatter {
  const digits = type.kind === 'money' ? type.digits : 0;
  return (buffer, start) => {
    const amount = buffer.readBigInt64BE(start);
    const text = (amount < 0n ? -amount : amount).toString().padStart(digits + 1, '0');
    const point = text.length - digits;
    return `${amount < 0n ? '-' : ''}${text.slice(0, point)}${digits === 0 ? '' : `.${text.slice(point)}`}`;
  };
}

function formatInet(buffer: Buffer, start: number, end: number): string {
  const bits = buffer[start + 1] as number;
  const text = formatAddress(buffer.subarray(start + INET_HEADER, end));
  const most = buffer[start] === V4_FAMILY ? 32 : 128;
  return bits === most && buffer[start + 2] === 0 ? text : `${text}/${bits}`;
}

function formatMac(buffer: Buffer, start: number, end: number): string {
  return (buffer.toString('hex', start, end).match(/../g) ?? []).join(':');
}

function formatZone(seconds: number): string {
  const text = formatTimeOfDay(BigInt(Math.abs(seconds)) * 1_000_000n);
  return `${seconds < 0 ? '-' : '+'}${text.endsWith(':00') ? text.slice(0, -3) : text}`;
}

function floatsAt(buffer: Buffer, start: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => formatFloat64(buffer.readDoubleBE(start + 8 * i)));
}

function pointAt(buffer: Buffer, start: number): string {
  return `(${floatsAt(buffer, start, 2).join(',')})`;
}

function pointsIn(buffer: Buffer, start: number, end: number): string {
  return Array.from({ length: (end - start) / 16 }, (_, i) => pointAt(buffer, start + 16 * i)).join(',');
}
