import type { Value } from '../core/difference.js';
import { parseAddress } from '../core/encoding/inet.js';
import type { Column, ValueType } from '../core/schema.js';
import { partsOf } from '../core/structured-type.js';

/** Reference system 0, little-endian, a point: what MySQL keeps before the two coordinates. */
const POINT_HEAD = '000000000101000000';
/** The number of each kind of shape in WKB. */
const WKB_TYPES: Readonly<Record<string, number>> = {
  point: 1,
  linestring: 2,
  polygon: 3,
  multipoint: 4,
  multilinestring: 5,
  multipolygon: 6,
  geometrycollection: 7,
  geomcollection: 7,
};

/** A value in the form that a column's type is written in, text or bytes; null where it has none. */
export function readShape(value: Value, to: ValueType): Exclude<Value, null> | null {
  if (value === null) return null;
  if (to.kind === 'geometry') return readGeometry(value, to.shape);
  if (typeof value === 'string') return to.kind === 'inet' ? inFamily(value, to.family) : value;
  return to.kind === 'geometric' ? readPoint(value.hex) : null;
}

const MAPPED = '::ffff:';

/** An IPv4 address in the form that a type of one family has for it. */
function inFamily(text: string, family: 'any' | 'v4' | 'v6'): string {
  if (family === 'v6' && /^\d+(\.\d+){3}$/.test(text)) return MAPPED + text;
  return family === 'v4' && text.startsWith(MAPPED) ? text.slice(MAPPED.length) : text;
}

function readGeometry(value: Exclude<Value, null>, shape: string): { readonly hex: string } | null {
  const type = WKB_TYPES[shape];
  if (typeof value !== 'string') {
    const own = Buffer.from(value.hex.slice(8, 18), 'hex');
    const fits = type === undefined || (own[0] === 1 ? own.readUInt32LE(1) : own.readUInt32BE(1)) === type;
    return fits ? value : null;
  }
  const [, x, y] = /^\((\S+),(\S+)\)$/.exec(value) ?? [];
  const coordinates = [Number(x), Number(y)];
  if (!coordinates.every(Number.isFinite) || (type ?? 1) !== 1) return null;
  const bytes = Buffer.alloc(16);
  for (const [i, coordinate] of coordinates.entries()) bytes.writeDoubleLE(coordinate, 8 * i);
  return { hex: POINT_HEAD + bytes.toString('hex') };
}

function readPoint(hex: string): string | null {
  if (!hex.startsWith(POINT_HEAD) || hex.length !== POINT_HEAD.length + 32) return null;
  const bytes = Buffer.from(hex.slice(POINT_HEAD.length), 'hex');
  const spell = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
  return `(${spell(bytes.readDoubleLE(0))},${spell(bytes.readDoubleLE(8))})`;
}

/** Why a column would not hold the text as it is, or null. */
export function refuseStructured(text: string, from: Column, to: Column): string | null {
  if (to.type.kind === 'inet') return refuseAddress(text, to);
  if (/\(\d/.test(to.declared) && to.declared !== from.declared)
    return 'has limits that the value may not meet';
  if (hasMoney(to.type)) return 'holds money, which is read by the locale of the session';
  return from.type.kind === to.type.kind ||
    (from.type.kind === 'time' && to.type.kind === 'interval') ||
    from.type.kind === 'geometry'
    ? null
    : 'has no exact spelling of the value';
}

function hasMoney(type: ValueType): boolean {
  return partsOf(type).some((part) => part.type.kind === 'money' || hasMoney(part.type));
}

function refuseAddress(text: string, to: Column): string | null {
  const parsed = parseAddress(text);
  if (parsed === null || to.type.kind !== 'inet') return `cannot hold ${text}`;
  const { address, bits } = parsed;
  const isHost = bits === address.length * 8;
  if (to.type.family !== 'any') {
    const fits = isHost && address.length === (to.type.family === 'v4' ? 4 : 16);
    return fits ? null : `cannot hold ${text}`;
  }
  const hasHostBits = address.some(
    (byte, i) => (byte & (0xff >> Math.min(Math.max(bits - 8 * i, 0), 8))) !== 0,
  );
  return to.wire === 'cidr' && hasHostBits ? `cannot hold ${text}` : null;
}
