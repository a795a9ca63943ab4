import type { CanonicalType } from '../canonical-type.js';
import type { ByteSink } from './byte-sink.js';
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

/** How many units of `noteMark` make one, for the types that it reads. */
const UNITS: Readonly<Partial<Record<CanonicalType, number>>> = {
  ...{ int: 1, decimal: MILLION, float: MILLION },
  ...{ date: MILLION, datetime: MILLION, instant: MILLION },
};

/** Two lists of what `noteMark` notes of values: of each changed column of a row, on either side. */
export interface ChangedMarks {
  readonly source: ArrayLike<number>;
  readonly target: ArrayLike<number>;
}

/** How many units make one of a number, or a second; null for a type whose values are no numbers. */
export function unitsOf(canonical: CanonicalType): number | null {
  return UNITS[canonical] ?? null;
}

/**
 * Notes what tells a canonical value from another one. Of whole numbers, decimals, floats, dates and points in time that is the value
 * in units of its type: ones, millionths, or microseconds since 2000-01-01. Of texts it is a digest, which equal ones share, also
 * where one of them was filled up with spaces. NaN where neither can be had: for other types, for what a double does not hold exactly in
 * these units, and for a text that may be a date.
 *
 * It goes to a place of a list, because a number that is returned may become an object, of which very many rows would make very many.
 */
export function noteMark(marks: Float64Array, place: number, { bytes, length }: ByteSink): void {
  marks[place] = Number.NaN;
  switch (bytes[0]) {
    case TAG.text:
      marks[place] = digestText(bytes, length);
      break;
    case TAG.intNegative:
      marks[place] = read32(bytes, 1) * WORD + (read32(bytes, 5) >>> 0);
      break;
    case TAG.intPositive:
      marks[place] = (read32(bytes, 1) >>> 0) * WORD + (read32(bytes, 5) >>> 0);
      break;
    case TAG.datetime:
    case TAG.instant:
      marks[place] = (read32(bytes, 1) ^ SIGN) * WORD + (read32(bytes, 5) >>> 0);
      break;
    case TAG.date:
      marks[place] = (read32(bytes, 1) ^ SIGN) * MICROS_PER_DAY;
      break;
    case TAG.decimal:
      noteDecimal(marks, place, bytes);
      break;
    case TAG.float:
      noteFloat(marks, place, bytes);
  }
  if (!Number.isSafeInteger(marks[place])) marks[place] = Number.NaN;
}

function read32(bytes: Buffer, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

function noteDecimal(marks: Float64Array, place: number, bytes: Buffer): void {
  const length = bytes[1] as number;
  const decimalClass = bytes[2] as number;
  if (decimalClass === DECIMAL_CLASS.zero) marks[place] = 0;
  const groups = (length - 3) / 2;
  if (length < 5 || groups > MOST_GROUPS) return;
  const weight = (((bytes[3] as number) << 8) | (bytes[4] as number)) - WEIGHT_BIAS;
  let digits = 0;
  for (let at = 5; at < 2 + length; at += 2) {
    digits = digits * 10_000 + (((bytes[at] as number) << 8) | (bytes[at + 1] as number));
  }
  const power = 4 * (weight - groups + 1);
  if (power < LOWEST_POWER || !Number.isSafeInteger(digits)) return;
  const size = power === LOWEST_POWER ? digits / 100 : digits * 10 ** (power + 6);
  marks[place] = decimalClass === DECIMAL_CLASS.negative ? -size : size;
}

/** A double's shortest text has at most six digits behind the point where the number of millionths leads back to it. */
function noteFloat(marks: Float64Array, place: number, bytes: Buffer): void {
  const double = bytes.readDoubleBE(1);
  const millionths = Math.round(double * MILLION);
  const isExact = Math.abs(millionths) < MOST_MILLIONTHS && millionths / MILLION === double;
  if (isExact) marks[place] = millionths;
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
