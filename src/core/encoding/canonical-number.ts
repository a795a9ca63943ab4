import type { CanonicalType } from '../canonical-type.js';
import { TAG } from './canonical.js';
import { DECIMAL_CLASS, WEIGHT_BIAS } from './decimal.js';

const WORD = 2 ** 32;
/** Flips the sign bit back, which was flipped so that bytes sort as values do. */
const SIGN = 0x80000000;
const ZERO = 0x30;
const HYPHEN = 0x2d;
const SPACE = 0x20;
/** Of a text, so many bytes make its mark. */
const MARKED_BYTES = 32;
const MICROS_PER_DAY = 86_400_000_000;
const MILLION = 1_000_000;
/** Up to here a double is the only one whose shortest text is this many millionths. */
const MOST_MILLIONTHS = 1e15;
const MOST_GROUPS = 4;
/** Of the lowest group of four digits behind the point that millionths have a part in. */
const LOWEST_POWER = -8;

/** How many units of `readCanonicalNumber` make one, for the types that it reads. */
const UNITS: Readonly<Partial<Record<CanonicalType, number>>> = {
  ...{ int: 1, decimal: MILLION, float: MILLION },
  ...{ date: MILLION, datetime: MILLION, instant: MILLION },
};

/** Two lists of what `readMark` says of values: of each changed column of a row, on either side. */
export interface ChangedMarks {
  readonly source: ArrayLike<number>;
  readonly target: ArrayLike<number>;
}

/** How many units make one of a number, or a second; null for a type whose values are no numbers. */
export function unitsOf(canonical: CanonicalType): number | null {
  return UNITS[canonical] ?? null;
}

/**
 * The value whose canonical bytes begin at `start`, in units of its type: whole numbers in ones, decimals and floats in millionths,
 * dates and points in time in microseconds since 2000-01-01. NaN for what is no such value, and for one that a double does not hold
 * exactly in these units.
 */
export function readCanonicalNumber(bytes: Buffer, start: number): number {
  switch (bytes[start]) {
    case TAG.intNegative:
      return safe(signed32(bytes, start + 1) * WORD + unsigned32(bytes, start + 5));
    case TAG.intPositive:
      return safe(unsigned32(bytes, start + 1) * WORD + unsigned32(bytes, start + 5));
    case TAG.datetime:
    case TAG.instant:
      return safe((signed32(bytes, start + 1) ^ SIGN) * WORD + unsigned32(bytes, start + 5));
    case TAG.date:
      return safe((signed32(bytes, start + 1) ^ SIGN) * MICROS_PER_DAY);
    case TAG.decimal:
      return readDecimal(bytes, start);
    case TAG.float:
      return readFloat(bytes.readDoubleBE(start + 1));
    default:
      return Number.NaN;
  }
}

function signed32(bytes: Buffer, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

function unsigned32(bytes: Buffer, at: number): number {
  return signed32(bytes, at) >>> 0;
}

function safe(number: number): number {
  return Number.isSafeInteger(number) ? number : Number.NaN;
}

function readDecimal(bytes: Buffer, start: number): number {
  const length = bytes[start + 1] as number;
  const decimalClass = bytes[start + 2] as number;
  if (decimalClass === DECIMAL_CLASS.zero) return 0;
  const groups = (length - 3) / 2;
  if (length < 5 || groups > MOST_GROUPS) return Number.NaN;
  const weight = (((bytes[start + 3] as number) << 8) | (bytes[start + 4] as number)) - WEIGHT_BIAS;
  let digits = 0;
  for (let at = start + 5; at < start + 2 + length; at += 2) {
    digits = digits * 10_000 + (((bytes[at] as number) << 8) | (bytes[at + 1] as number));
  }
  const power = 4 * (weight - groups + 1);
  if (power < LOWEST_POWER || !Number.isSafeInteger(digits)) return Number.NaN;
  const size = power === LOWEST_POWER ? digits / 100 : digits * 10 ** (power + 6);
  return safe(decimalClass === DECIMAL_CLASS.negative ? -size : size);
}

/** A double's shortest text has at most six digits behind the point where the number of millionths leads back to it. */
function readFloat(double: number): number {
  const millionths = Math.round(double * MILLION);
  const isExact = Math.abs(millionths) < MOST_MILLIONTHS && millionths / MILLION === double;
  return isExact ? millionths : Number.NaN;
}

/**
 * What tells a canonical value from another one: its number if it has one (see `readCanonicalNumber`), or a digest of a text, which
 * equal texts share, also where one of them was filled up with spaces. NaN where neither can be had, and for a text that may be a date.
 */
export function readMark(bytes: Buffer, length: number): number {
  return bytes[0] === TAG.text ? digestText(bytes, length) : readCanonicalNumber(bytes, 0);
}

function digestText(bytes: Buffer, length: number): number {
  let at = 1;
  while ((bytes[at++] as number) > 0x7f);
  if (bytes[at + 4] === HYPHEN && isDigits(bytes, at, at + 4)) return Number.NaN;
  let end = Math.min(length, at + MARKED_BYTES);
  while (end > at && bytes[end - 1] === SPACE) end--;
  let hash = 0x811c9dc5;
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash;
}

function isDigits(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}
