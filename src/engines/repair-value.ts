import type { Value } from '../core/difference.js';
import type { Column } from '../core/schema.js';
import type { RepairLiteral, RepairValue } from './repair.js';

/** A value in words that both engines share: what is left for a dialect is to spell it. */
export type TypedValue =
  | { readonly kind: 'null' }
  /** Whole numbers, decimals, and floats, with `NaN` and the infinities, as text. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly hex: string }
  /** First bit first. */
  | { readonly kind: 'bits'; readonly text: string }
  | { readonly kind: 'temporal'; readonly text: string }
  | { readonly kind: 'uuid'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean };

export type TypedChoice = TypedValue | { readonly kind: 'unwritable'; readonly reason: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The refusal of a value, with the column's name and type put before the reason. */
export function unwritable(to: Column, reason: string): Extract<RepairLiteral, { kind: 'unwritable' }> {
  return { kind: 'unwritable', reason: `column ${to.name} (${to.declared}) ${reason}` };
}

/** Reads a value, as the formatter of column `from` wrote it, into the kind of value that column `to` holds. */
export function readTypedValue({ value, from, to }: RepairValue): TypedChoice {
  if (value === null) return to.nullable ? { kind: 'null' } : unwritable(to, 'cannot be NULL');
  switch (to.type.kind) {
    case 'boolean':
      return readBoolean(value, to);
    case 'int':
      return readWhole(value, to);
    case 'decimal':
      return typeof value === 'string' ? { kind: 'number', text: value } : undecodable(to);
    case 'float':
      return readFloat(value, to);
    case 'bits':
      return readBits(value, from, to);
    case 'bytes':
      return readBytes(value, from, to);
    case 'date':
    case 'time':
    case 'datetime':
    case 'instant':
      return typeof value === 'string' ? { kind: 'temporal', text: value } : undecodable(to);
    case 'uuid':
      return readUuid(value, to);
    case 'json':
      return readJson(value, to);
    default:
      return readText(value, from, to);
  }
}

function undecodable(to: Column): TypedChoice {
  return unwritable(to, 'would get text that does not decode');
}

function readBoolean(value: Value, to: Column): TypedChoice {
  if (value === 'true' || value === '1') return { kind: 'boolean', value: true };
  if (value === 'false' || value === '0') return { kind: 'boolean', value: false };
  return unwritable(to, `cannot hold ${String(value)}`);
}

function readWhole(value: Value, to: Column): TypedChoice {
  if (typeof value !== 'string' || to.type.kind !== 'int') return undecodable(to);
  const text = value === 'true' ? '1' : value === 'false' ? '0' : value.replace(/\.0*$/, '');
  if (!/^-?\d+$/.test(text)) return unwritable(to, `cannot hold ${value}`);
  const { bits, unsigned } = to.type;
  const number = BigInt(text);
  const fits = (unsigned ? BigInt.asUintN(bits, number) : BigInt.asIntN(bits, number)) === number;
  return fits ? { kind: 'number', text: number.toString() } : unwritable(to, `cannot hold ${value}`);
}

function readFloat(value: Value, to: Column): TypedChoice {
  if (typeof value !== 'string' || to.type.kind !== 'float') return undecodable(to);
  const number = Number(value);
  const exact = to.type.bits === 64 || Number.isNaN(number) || isFloat32Text(value, number);
  return exact ? { kind: 'number', text: value } : unwritable(to, `cannot hold ${value} exactly`);
}

/** A 32-bit value is written as the shortest text that reads back as itself, which as a double is another number. */
function isFloat32Text(text: string, number: number): boolean {
  const narrow = Math.fround(number);
  if (narrow === number) return true;
  if (!Number.isFinite(narrow)) return false;
  const digits = text.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '');
  return digits.length <= 9 && Number(narrow.toPrecision(Math.max(1, digits.length))) === number;
}

/** A numeric bit field is formatted as its number; others as their bits. */
function readBits(value: Value, from: Column, to: Column): TypedChoice {
  if (typeof value !== 'string' || to.type.kind !== 'bits') return undecodable(to);
  const { length } = to.type;
  const isNumber = from.type.kind !== 'bits' || from.type.numeric;
  if (!isNumber && !to.type.numeric) {
    if (length !== null && value.length !== length) return unwritable(to, `cannot hold ${value.length} bits`);
    return { kind: 'bits', text: value };
  }
  const plain = value === 'true' ? '1' : value === 'false' ? '0' : value;
  if (isNumber && !/^\d+$/.test(plain)) return unwritable(to, `cannot hold ${value}`);
  const bits = isNumber ? BigInt(plain).toString(2) : value;
  const own = from.type.kind === 'bits' ? (from.type.length ?? bits.length) : bits.length;
  const padded = bits.padStart(to.type.numeric ? (length ?? own) : own, '0');
  const limit = length ?? 64;
  return padded.replace(/^0+/, '').length > limit || (!to.type.numeric && padded.length !== limit)
    ? unwritable(to, `cannot hold ${value}`)
    : { kind: 'bits', text: padded };
}

function readBytes(value: Value, from: Column, to: Column): TypedChoice {
  if (to.type.kind !== 'bytes' || value === null) return undecodable(to);
  const isUuid = typeof value === 'string' && UUID.test(value);
  if (typeof value === 'string' && !isUuid) return unwritable(to, 'would get text that is no UUID');
  if (typeof value === 'object' && from.type.kind !== 'bytes') return undecodable(to);
  const hex = typeof value === 'string' ? value.replaceAll('-', '').toLowerCase() : value.hex;
  const { length, fixed } = to.type;
  const size = hex.length / 2;
  const fits = length === null || (fixed ? size === length : size <= length);
  return fits ? { kind: 'bytes', hex } : unwritable(to, `cannot hold ${size} bytes`);
}

function readUuid(value: Value, to: Column): TypedChoice {
  if (value !== null && typeof value === 'object') {
    const hex = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(value.hex);
    if (hex !== null) return { kind: 'uuid', text: hex.slice(1).join('-') };
  }
  return typeof value === 'string' && UUID.test(value)
    ? { kind: 'uuid', text: value.toLowerCase() }
    : unwritable(to, 'would get a value that is no UUID');
}

/** The text is written as it is: parsing it only proves that it is JSON. */
function readJson(value: Value, to: Column): TypedChoice {
  if (typeof value !== 'string') return undecodable(to);
  try {
    JSON.parse(value);
    return { kind: 'text', text: value };
  } catch {
    return unwritable(to, 'would get text that is no JSON');
  }
}

function readText(value: Value, from: Column, to: Column): TypedChoice {
  if (value !== null && typeof value === 'object') {
    if (from.type.kind === 'bytes') return readUuid(value, to);
    return undecodable(to);
  }
  return { kind: 'text', text: value ?? '' };
}
