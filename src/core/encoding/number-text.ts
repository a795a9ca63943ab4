import type { ByteSink } from './byte-sink.js';
import { JSON_TAG } from './json-tag.js';

const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const PLUS = 0x2b;
const LOWER_E = 0x65;
/** Exponents from here on, either sign, are written as text. */
const WIDE_EXPONENT = 2 ** 31;
/** So many digits keep length and zigzag exponent in a byte each. */
const SHORT_DIGITS = 63;
/** An exponent of so many digits, moved by the length of any mantissa, is still an exact double. */
const EXACT_DIGITS = 15;
const EXACT_LIMIT = 10 ** EXACT_DIGITS;

/** The parts of the number that was scanned last: one object, refilled, so that a number allocates nothing. */
const token = { integerStart: 0, integerEnd: 0, mantissaEnd: 0, exponentStart: 0, end: 0 };

/**
 * Encodes the JSON number that begins at `start` by its value, exact at any size, and returns where its text ends.
 * Returns -1, with nothing written, where no number begins there.
 *
 * The value is ±0.d₁d₂…dₙ × 10^e without zeros at either end of the digits: a tag for the sign, e as a zigzag length,
 * n, and the digits as ASCII. An e from ±2³¹ on has tags of its own and is written as text, since nothing bounds it.
 */
export function encodeNumberText(source: Uint8Array, start: number, end: number, sink: ByteSink): number {
  const negative = source[start] === MINUS;
  const integerStart = negative ? start + 1 : start;
  const integerEnd = skipDigits(source, integerStart, end);
  if (integerEnd === integerStart || (source[integerStart] === ZERO && integerEnd > integerStart + 1))
    return -1;
  if (
    integerEnd - integerStart <= SHORT_DIGITS &&
    source[integerStart] !== ZERO &&
    !goesOn(source, integerEnd, end)
  ) {
    writeShortInteger(source, integerStart, integerEnd, negative, sink);
    return integerEnd;
  }
  if (!scanRest(source, integerStart, integerEnd, end)) return -1;
  writeNumber(source, negative, sink);
  return token.end;
}

/** Whether a fraction or an exponent follows. */
function goesOn(source: Uint8Array, at: number, end: number): boolean {
  return at < end && (source[at] === POINT || ((source[at] as number) | 0x20) === LOWER_E);
}

/** Writes what `writeNumber` would, for most numbers there are, in half the time. */
function writeShortInteger(
  source: Uint8Array,
  start: number,
  end: number,
  negative: boolean,
  sink: ByteSink,
): void {
  let last = end;
  while (source[last - 1] === ZERO) last--;
  sink.reserve(3 + last - start);
  const { bytes } = sink;
  let to = sink.length;
  bytes[to++] = negative ? JSON_TAG.negative : JSON_TAG.positive;
  bytes[to++] = (end - start) * 2;
  bytes[to++] = last - start;
  for (let at = start; at < last; at++) bytes[to++] = source[at] as number;
  sink.length = to;
}

function writeNumber(source: Uint8Array, negative: boolean, sink: ByteSink): void {
  const { integerStart, integerEnd, mantissaEnd } = token;
  let first = integerStart;
  let last = mantissaEnd;
  while (first < last && isFiller(source[first])) first++;
  while (last > first && isFiller(source[last - 1])) last--;
  if (first === last) {
    sink.writeByte(JSON_TAG.zero);
    return;
  }
  const pointShift = first < integerEnd ? integerEnd - first : integerEnd + 1 - first;
  writeSignAndExponent(source, negative, pointShift, sink);
  if (first < integerEnd && last > integerEnd) {
    sink.writeLength(last - first - 1);
    sink.copy(source, first, integerEnd);
    sink.copy(source, integerEnd + 1, last);
  } else {
    sink.writeLength(last - first);
    sink.copy(source, first, last);
  }
}

function isFiller(byte: number | undefined): boolean {
  return byte === ZERO || byte === POINT;
}

/** Scans fraction and exponent into the token; false where one is cut short. */
function scanRest(source: Uint8Array, integerStart: number, integerEnd: number, end: number): boolean {
  let at = integerEnd;
  token.integerStart = integerStart;
  token.integerEnd = integerEnd;
  if (at < end && source[at] === POINT) {
    const fractionStart = at + 1;
    at = skipDigits(source, fractionStart, end);
    if (at === fractionStart) return false;
  }
  token.mantissaEnd = at;
  token.exponentStart = at;
  if (at < end && ((source[at] as number) | 0x20) === LOWER_E) {
    at++;
    token.exponentStart = at;
    if (at < end && (source[at] === PLUS || source[at] === MINUS)) at++;
    const digitsStart = at;
    at = skipDigits(source, digitsStart, end);
    if (at === digitsStart) return false;
  }
  token.end = at;
  return true;
}

function skipDigits(source: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (source[at] as number) >= ZERO && (source[at] as number) <= ZERO + 9) at++;
  return at;
}

function writeSignAndExponent(
  source: Uint8Array,
  negative: boolean,
  pointShift: number,
  sink: ByteSink,
): void {
  let first = token.exponentStart;
  const exponentNegative = source[first] === MINUS && first < token.end;
  if (first < token.end && (exponentNegative || source[first] === PLUS)) first++;
  while (first < token.end && source[first] === ZERO) first++;
  if (token.end - first > EXACT_DIGITS) {
    writeLongExponent(source, first, { negative, exponentNegative, pointShift }, sink);
    return;
  }
  const written = parseDigits(source, first, token.end);
  const exponent = (exponentNegative ? -written : written) + pointShift;
  if (exponent > -WIDE_EXPONENT && exponent < WIDE_EXPONENT) {
    sink.writeByte(negative ? JSON_TAG.negative : JSON_TAG.positive);
    sink.writeLength(exponent < 0 ? -exponent * 2 - 1 : exponent * 2);
  } else {
    writeWideHead(negative, exponent < 0, sink);
    writeText(String(Math.abs(exponent)), sink);
  }
}

function writeWideHead(negative: boolean, exponentNegative: boolean, sink: ByteSink): void {
  sink.writeByte(negative ? JSON_TAG.negativeWide : JSON_TAG.positiveWide);
  sink.writeByte(exponentNegative ? MINUS : PLUS);
}

function writeText(digits: string, sink: ByteSink): void {
  sink.writeLength(digits.length);
  for (let i = 0; i < digits.length; i++) sink.writeByte(digits.charCodeAt(i));
}

/**
 * Writes an exponent of more digits than a double holds: the shift goes into the last 15 digits, and at most a carry
 * of one into those before. The shift is smaller than the exponent, so the exponent's sign stays.
 */
function writeLongExponent(
  source: Uint8Array,
  first: number,
  parts: { negative: boolean; exponentNegative: boolean; pointShift: number },
  sink: ByteSink,
): void {
  const split = token.end - EXACT_DIGITS;
  let low =
    parseDigits(source, split, token.end) + (parts.exponentNegative ? -parts.pointShift : parts.pointShift);
  const carry = low < 0 ? -1 : low >= EXACT_LIMIT ? 1 : 0;
  low -= carry * EXACT_LIMIT;
  const high = Buffer.from(source.subarray(first, split));
  const digits = `${addCarry(high, carry)}${String(low).padStart(EXACT_DIGITS, '0')}`.replace(/^0+/, '');
  writeWideHead(parts.negative, parts.exponentNegative, sink);
  writeText(digits, sink);
}

function parseDigits(source: Uint8Array, first: number, end: number): number {
  let value = 0;
  for (let at = first; at < end; at++) value = value * 10 + (source[at] as number) - ZERO;
  return value;
}

/** Adds -1, 0 or 1 to a whole number in ASCII digits that is at least 1. */
function addCarry(digits: Buffer, carry: number): string {
  let at = digits.length - 1;
  const [turning, turned] = carry > 0 ? [ZERO + 9, ZERO] : [ZERO, ZERO + 9];
  if (carry === 0) return digits.toString('latin1');
  while (at >= 0 && digits[at] === turning) digits[at--] = turned;
  if (at < 0) return `1${digits.toString('latin1')}`;
  digits[at] = (digits[at] as number) + carry;
  return digits.toString('latin1');
}
