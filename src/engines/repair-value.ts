import { isSixteenBytes } from '../core/canonical-type.js';
import type { Value } from '../core/difference.js';
import type { Column, ValueType } from '../core/schema.js';
import { formatUtf8 } from './field-format.js';
import type { RepairLiteral, RepairValue } from './repair.js';
import { readShape, refuseStructured } from './repair-structures.js';
import { readTextArray, writeTextArray } from './text-array.js';

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
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** An array, an interval, an address and the like, in the server's own spelling. */
  | { readonly kind: 'structured'; readonly text: string };

export type TypedChoice = TypedValue | { readonly kind: 'unwritable'; readonly reason: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The refusal of a value, with the column's name and type put before the reason. */
export function unwritable(to: Column, reason: string): Extract<RepairLiteral, { kind: 'unwritable' }> {
  return { kind: 'unwritable', reason: `column ${to.name} (${to.declared}) ${reason}` };
}

/** Why a value cannot be written, or null. */
export function refusalOf(choice: TypedChoice): string | null {
  return choice.kind === 'unwritable' ? choice.reason : null;
}

/** Reads a value, as the formatter of column `from` wrote it, into the kind of value that column `to` holds. */
export function readTypedValue({ value, from, to, refusal }: RepairValue): TypedChoice {
  if (refusal !== undefined) return { kind: 'unwritable', reason: refusal };
  if (value === null) return to.nullable ? { kind: 'null' } : unwritable(to, 'cannot be NULL');
  switch (to.type.kind) {
    case 'boolean':
      return readBoolean(value, to);
    case 'int':
      return readWhole(value, to);
    case 'decimal':
    case 'money':
      return readDecimal(value, to);
    case 'float':
      return readFloat(value, from, to);
    case 'bits':
      return readBits(value, from, to);
    case 'bytes':
      return readBytes(value, from, to);
    case 'date':
    case 'time':
    case 'datetime':
    case 'instant':
      return typeof value === 'string' ? readTemporal(value, from, to) : undecodable(to);
    case 'uuid':
      return readUuid(value, to);
    case 'json':
      return readJson(value, to);
    case 'text':
    case 'enum':
    case 'set':
      return readText(value, from, to);
    default:
      return readStructured(value, from, to);
  }
}

const TEMPORAL = /^(?:-?infinity|[-+]?[\d:. +-]+( BC)?)$/;

/** An interval of more than hours is no time of day. */
function readTemporal(text: string, from: Column, to: Column): TypedChoice {
  if (!TEMPORAL.test(text)) return unwritable(to, `cannot hold ${text}`);
  if (from.type.kind === 'interval' && !/^-?\d+:\d\d:\d\d(\.\d+)?$/.test(text)) {
    return unwritable(to, `cannot hold ${text}`);
  }
  const spelled = respellDay(text, from.type.kind, to.type.kind);
  return spelled === null ? unwritable(to, `cannot hold ${text}`) : { kind: 'temporal', text: spelled };
}

/** A day with its midnight, or without it; null where another time would be lost. */
function respellDay(text: string, from: ValueType['kind'], to: ValueType['kind']): string | null {
  if (text.endsWith('infinity') || from === to) return text;
  if (from === 'date' && to === 'datetime') return text.replace(/^\S+/, '$& 00:00:00');
  if (from !== 'datetime' || to !== 'date') return text;
  const [, day, era = ''] = /^(\S+) 00:00:00( BC)?$/.exec(text) ?? [];
  return day === undefined ? null : day + era;
}

function undecodable(to: Column): TypedChoice {
  return unwritable(to, 'would get text that does not decode');
}

function readBoolean(value: Value, to: Column): TypedChoice {
  const text = typeof value === 'string' ? wholeText(value) : null;
  if (text === '0' || text === '1') return { kind: 'boolean', value: text === '1' };
  return unwritable(to, `cannot hold ${String(value)}`);
}

/** Powers of two, by their exponents up to that of the widest whole numbers. */
const POWERS: readonly number[] = Array.from({ length: 65 }, (_, exponent) => 2 ** exponent);
/** So many characters of a whole number are a double without loss. */
const SAFE_DIGITS = 15;

function readWhole(value: Value, to: Column): TypedChoice {
  if (typeof value !== 'string' || to.type.kind !== 'int') return undecodable(to);
  const text = wholeText(value);
  if (text === null) return unwritable(to, `cannot hold ${value}`);
  const { bits, unsigned } = to.type;
  if (text.length <= SAFE_DIGITS) {
    const small = Number(text);
    const beyond = POWERS[unsigned ? bits : bits - 1] ?? 0;
    const isSmall = small >= (unsigned ? 0 : -beyond) && small < beyond;
    if (!isSmall) return unwritable(to, `cannot hold ${value}`);
    return { kind: 'number', text: isShortest(text) ? text : String(small) };
  }
  const number = BigInt(text);
  const fits = (unsigned ? BigInt.asUintN(bits, number) : BigInt.asIntN(bits, number)) === number;
  return fits ? { kind: 'number', text: number.toString() } : unwritable(to, `cannot hold ${value}`);
}

const NUMBER = /^(?:true|false|NaN|-?Infinity|-?\d+(\.\d+)?(e[-+]?\d+)?)$/i;

const [MINUS, ZERO, NINE] = [0x2d, 0x30, 0x39];

/** The digits of a whole number, however its column spells it; null for anything else. */
function wholeText(value: string): string | null {
  if (value === 'true') return '1';
  if (value === 'false') return '0';
  const text = value.includes('.') ? value.replace(/\.0*$/, '') : value;
  return isDigits(text) ? text : null;
}

/** What `/^-?\d+$/` is true for, which most numbers of a table are. */
function isDigits(text: string): boolean {
  const first = text.charCodeAt(0) === MINUS ? 1 : 0;
  for (let at = first; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) return false;
  }
  return text.length > first;
}

/** Whether no whole number is spelled in fewer digits, because it begins with none that says nothing. */
function isShortest(digits: string): boolean {
  const first = digits.charCodeAt(0);
  return first !== ZERO && first !== MINUS;
}

function readDecimal(value: Value, to: Column): TypedChoice {
  if (typeof value !== 'string') return undecodable(to);
  if (!NUMBER.test(value)) return unwritable(to, 'would get a value that is no number');
  return { kind: 'number', text: wholeText(value) ?? value };
}

/** 32-bit values are formatted as the shortest text that reads back, which as a double is another number. */
function readFloat(value: Value, from: Column, to: Column): TypedChoice {
  if (typeof value !== 'string' || to.type.kind !== 'float') return undecodable(to);
  if (!NUMBER.test(value)) return unwritable(to, 'would get a value that is no number');
  const number = Number(value);
  const isNarrow = from.type.kind === 'float' && from.type.bits === 32;
  if (!Number.isFinite(number) || (isNarrow && to.type.bits === 32)) return { kind: 'number', text: value };
  const narrow = Math.fround(number);
  if (isNarrow) return { kind: 'number', text: Object.is(narrow, -0) ? '-0' : String(narrow) };
  const fits = to.type.bits === 64 || narrow === number;
  return fits ? { kind: 'number', text: value } : unwritable(to, `cannot hold ${value} exactly`);
}

/** A numeric bit field is formatted as its number; others as their bits, whose number is part of the value. */
function readBits(value: Value, from: Column, to: Column): TypedChoice {
  if (typeof value !== 'string' || to.type.kind !== 'bits') return undecodable(to);
  const refused = unwritable(to, `cannot hold ${value}`);
  const { length, numeric } = to.type;
  const isNumber = from.type.kind !== 'bits' || from.type.numeric;
  const plain = isNumber ? wholeText(value) : null;
  if (isNumber && (plain === null || plain.startsWith('-'))) return refused;
  const bits = plain === null ? value : BigInt(plain).toString(2);
  if (isNumber && numeric) {
    return bits.length > (length ?? 64) ? refused : { kind: 'bits', text: bits };
  }
  const own = from.type.kind === 'bits' ? (from.type.length ?? bits.length) : bits.length;
  const padded = bits.padStart(own, '0');
  if (!/^[01]*$/.test(padded)) return refused;
  return length !== null && padded.length !== length ? refused : { kind: 'bits', text: padded };
}

function readBytes(value: Value, from: Column, to: Column): TypedChoice {
  if (to.type.kind !== 'bytes' || value === null) return undecodable(to);
  const isUtf8 = from.type.kind === 'text' && !isSixteenBytes(to.type);
  if (typeof value === 'object' && from.type.kind !== 'bytes' && !isUtf8) return undecodable(to);
  const hex = readHex(value, isUtf8);
  if (hex === null) return unwritable(to, 'would get text that is no UUID');
  const { length, fixed } = to.type;
  const size = hex.length / 2;
  const fits = length === null || (fixed ? size === length : size <= length);
  return fits ? { kind: 'bytes', hex } : unwritable(to, `cannot hold ${size} bytes`);
}

/** Text becomes bytes by its UTF-8, or as the UUID that it spells. */
function readHex(value: Exclude<Value, null>, isUtf8: boolean): string | null {
  if (typeof value !== 'string') return value.hex;
  if (isUtf8) return Buffer.from(value, 'utf8').toString('hex');
  return UUID.test(value) ? value.replaceAll('-', '').toLowerCase() : null;
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
    // The row is left alone, which is said in the repair file.
    return unwritable(to, 'would get text that is no JSON');
  }
}

function readText(value: Value, from: Column, to: Column): TypedChoice {
  if (value !== null && typeof value === 'object') {
    if (isSixteenBytes(from.type)) return readUuid(value, to);
    return from.type.kind === 'bytes' ? readUtf8(value.hex, to) : undecodable(to);
  }
  if (from.type.kind === 'array') return readLabels(value ?? '', to);
  return { kind: 'text', text: value ?? '' };
}

function readUtf8(hex: string, to: Column): TypedChoice {
  const bytes = Buffer.from(hex, 'hex');
  const text = formatUtf8(bytes, 0, bytes.length);
  return typeof text === 'string' ? { kind: 'text', text } : undecodable(to);
}

/** The elements of an array as the labels of a set. */
function readLabels(array: string, to: Column): TypedChoice {
  const labels = readTextArray(array);
  const isSet = labels?.every((label) => label !== null && label !== '' && !label.includes(',')) ?? false;
  return isSet && labels !== null
    ? { kind: 'text', text: labels.join(',') }
    : unwritable(to, `cannot hold ${array}`);
}

/** Arrays whose elements keep every text as it is. */
const OPEN_ARRAYS: ReadonlySet<string> = new Set(['text[]', 'character varying[]', 'citext[]']);

/** The labels of a set as the elements of an array. */
function readMembers(value: Value, to: Column): TypedChoice {
  if (typeof value !== 'string') return undecodable(to);
  if (!OPEN_ARRAYS.has(to.declared)) return unwritable(to, 'has limits that the value may not meet');
  return { kind: 'structured', text: writeTextArray(value === '' ? [] : value.split(',')) };
}

/** What is no plain value goes as the text or the bytes that it was read as, if the column can take those. */
function readStructured(value: Value, from: Column, to: Column): TypedChoice {
  if (from.type.kind === 'set' && to.type.kind === 'array') return readMembers(value, to);
  const shape = readShape(value, to.type);
  if (shape !== null && typeof shape === 'object') return { kind: 'bytes', hex: shape.hex };
  if (shape === null) return unwritable(to, 'has no exact spelling of the value');
  const refusal = refuseStructured(shape, from, to);
  return refusal === null ? { kind: 'structured', text: shape } : unwritable(to, refusal);
}
