import type { Value } from '../core/difference.js';

/** A finite number without loss: `units` times ten to the minus `scale`. */
export interface ExactNumber {
  readonly units: bigint;
  readonly scale: number;
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;
/** Exponents beyond this make digits by the hundred and are no decimal's. */
const MOST_EXPONENT = 60;

/** The two texts that were read last: every rule asks for the same two values, one after the other. */
const recent: { text: string; number: ExactNumber | null }[] = [
  { text: '', number: null },
  { text: '', number: null },
];
let oldest = 0;

/** Reads the text of an integer, boolean, decimal or float; null for what is no finite number. */
export function readExactNumber(value: Value): ExactNumber | null {
  if (typeof value !== 'string') return null;
  for (const { text, number } of recent) if (text === value) return number;
  const number = parseNumber(value);
  recent[oldest] = { text: value, number };
  oldest = 1 - oldest;
  return number;
}

/** Digits of a number that a double holds exactly. */
const FEW_DIGITS = 15;

/** The value of a few digits; -1 for all else. */
function readFewDigits(value: string): number {
  const count = value.length;
  if (count === 0 || count > FEW_DIGITS) return -1;
  let number = 0;
  for (let at = 0; at < count; at++) {
    const digit = value.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function parseNumber(value: string): ExactNumber | null {
  const few = readFewDigits(value);
  if (few >= 0) return { units: BigInt(few), scale: 0 };
  if (value === 'true' || value === 'false') return { units: value === 'true' ? 1n : 0n, scale: 0 };
  const match = NUMBER.exec(value);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (Math.abs(Number(exponent)) > MOST_EXPONENT) return null;
  const units = BigInt(`${sign}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return trimZeros(scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale });
}

/** Takes off trailing zeros of the fraction, so that equal numbers are equal in both fields. */
function trimZeros({ units, scale }: ExactNumber): ExactNumber {
  let [trimmed, left] = [units, scale];
  while (left > 0 && trimmed % 10n === 0n) {
    trimmed /= 10n;
    left--;
  }
  return { units: trimmed, scale: left };
}

export function isSameNumber(one: ExactNumber, other: ExactNumber): boolean {
  return one.units === other.units && one.scale === other.scale;
}

/** One number less another one. */
export function subtract(one: ExactNumber, other: ExactNumber): ExactNumber {
  if (one.scale === other.scale) return trimZeros({ units: one.units - other.units, scale: one.scale });
  const scale = Math.max(one.scale, other.scale);
  const unitsOf = (number: ExactNumber): bigint => number.units * 10n ** BigInt(scale - number.scale);
  return trimZeros({ units: unitsOf(one) - unitsOf(other), scale });
}

/** The number as people write it. */
export function formatExactNumber({ units, scale }: ExactNumber): string {
  if (scale === 0) return units.toString();
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The number with at most `digits` fraction digits: cut off, or rounded half away from zero. */
export function limitFraction(number: ExactNumber, digits: number, how: 'cut' | 'rounded'): ExactNumber {
  if (number.scale <= digits) return number;
  const divisor = 10n ** BigInt(number.scale - digits);
  const half = how === 'cut' ? 0n : (number.units < 0n ? -divisor : divisor) / 2n;
  return trimZeros({ units: (number.units + half) / divisor, scale: digits });
}

/** Digits that count: neither leading nor trailing zeros. */
export function significantDigits({ units }: ExactNumber): number {
  const digits = (units < 0n ? -units : units).toString().replace(/0+$/, '');
  return units === 0n ? 0 : digits.length;
}

/** One spelling for each number, by which equal ones are found. */
export function numberText({ units, scale }: ExactNumber): string {
  return `${units}e-${scale}`;
}
