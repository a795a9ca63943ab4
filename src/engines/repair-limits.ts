import { findEscapedEnd } from '../core/escaped-text.js';
import type { Column } from '../core/schema.js';

const numbersOf = new WeakMap<Column, readonly number[]>();

/** The numbers in the parentheses of a declared type, `decimal(10,2)` has 10 and 2; read once for a column, not for each value. */
export function declaredNumbers(column: Column): readonly number[] {
  const known = numbersOf.get(column);
  if (known !== undefined) return known;
  const numbers = readNumbers(column);
  numbersOf.set(column, numbers);
  return numbers;
}

function readNumbers({ declared }: Column): readonly number[] {
  const [, list] = /\((-?\d+(?:,\s*-?\d+)?)\)/.exec(declared) ?? [];
  return list === undefined ? [] : list.split(',').map(Number);
}

/**
 * Whether a decimal column holds the number as it is, without rounding or overflow. PostgreSQL's scale may be greater
 * than the precision (`numeric(3,5)` holds 0.00123) or negative (`numeric(3,-2)` holds 12300).
 */
export function fitsDecimal(text: string, { type }: Pick<Column, 'type'>): boolean {
  if (type.kind !== 'decimal' || type.precision === undefined) return true;
  const { precision, scale = 0 } = type;
  if (hasRoom(text, precision, scale) || !/^-?\d/.test(text)) return true;
  const [whole = '', fraction = ''] = text.replace(/^-/, '').split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return true;
  // The number is `significant` × 10^-places, and a column holds whole multiples of 10^-scale.
  const places = fraction.length - (digits.length - significant.length);
  return places <= scale && significant.length + scale - places <= precision;
}

/** Whether a number has so few characters before and behind the point that it fits whatever they are, as most do. */
function hasRoom(text: string, precision: number, scale: number): boolean {
  const point = text.indexOf('.');
  const [whole, places] = point < 0 ? [text.length, 0] : [point, text.length - point - 1];
  return places <= scale && whole + scale <= precision;
}

/** Digits after the second that a time, date or timestamp needs. */
export function fractionDigits(text: string): number {
  return (/\.(\d+)/.exec(text)?.[1] ?? '').replace(/0+$/, '').length;
}

/** How many characters (code points) the text has. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Whether a JSON text survives a server that keeps numbers as 64-bit integers and doubles. */
export function hasOnlyDoubles(json: string): boolean {
  const next = /"|-?\d[\d.eE+-]*/g;
  for (let found = next.exec(json); found !== null; found = next.exec(json)) {
    const [token] = found;
    if (token === '"') next.lastIndex = findEscapedEnd(json, next.lastIndex, '"') + 1 || json.length;
    else if (!isDouble(token)) return false;
  }
  return true;
}

function isDouble(token: string): boolean {
  if (/^-?\d+$/.test(token)) {
    const value = BigInt(token);
    if (value >= -(2n ** 63n) && value < 2n ** 64n) return true;
  }
  const number = Number(token);
  return Number.isFinite(number) && normalForm(token) === normalForm(String(number));
}

/** Significant digits and exponent: equal for equal decimal numbers. */
function normalForm(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const trimmed = digits.replace(/0+$/, '');
  if (trimmed === '') return '0';
  const power = Number(exponent) - fraction.length + (digits.length - trimmed.length);
  return `${mantissa.startsWith('-') ? '-' : ''}${trimmed}e${power}`;
}
