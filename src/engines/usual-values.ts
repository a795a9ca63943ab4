import type { Column, DecimalType, ValueType } from '../core/schema.js';
import { declaredNumbers } from './repair-limits.js';

/**
 * Reads a text as `readTypedValue` does where the column surely holds what it says; null where it is not spelled as most
 * are, and needs a closer look.
 */
export type ReadUsual = (text: string) => string | null;

/** What an engine says of its columns. */
export interface UsualLimits {
  /** Fraction digits of a time whose type declares none. */
  readonly fractionDigits: number;
  /** Characters that a text may have if all are ASCII. */
  readonly mostCharacters: number;
}

/** Chooses, once for all values, how those of a column are read; null where each needs a closer look. */
export function chooseUsualReader(from: Column, to: Column, limits: UsualLimits): ReadUsual | null {
  const { type } = to;
  const isSame = from.type.kind === type.kind;
  switch (type.kind) {
    case 'int':
      return wholeReader(type);
    case 'decimal':
      return decimalReader(type);
    case 'float':
      return type.bits === 64 && !isSingle(from.type) ? readNumber : null;
    case 'boolean':
      return readTruth;
    case 'date':
      return isSame ? readDay : null;
    case 'datetime':
    case 'instant':
      return isSame ? momentReader(type.kind, declaredNumbers(to)[0] ?? limits.fractionDigits) : null;
    case 'text':
      return isSame ? textReader(limits.mostCharacters, type.padded) : null;
    default:
      return null;
  }
}

function isSingle(type: ValueType): boolean {
  return type.kind === 'float' && type.bits === 32;
}

const [MINUS, POINT, ZERO, NINE, COLON, SPACE] = [0x2d, 0x2e, 0x30, 0x39, 0x3a, 0x20];
/** So many characters of a whole number are a double without loss. */
const SAFE_DIGITS = 15;

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function wholeReader({ bits, unsigned }: Extract<ValueType, { kind: 'int' }>): ReadUsual {
  const beyond = 2 ** (unsigned ? bits : bits - 1);
  const least = unsigned ? 0 : -beyond;
  return (text) => {
    const number = readWhole(text);
    return number >= least && number < beyond ? text : null;
  };
}

/** The number that a text says in the fewest digits; NaN for any other text. */
function readWhole(text: string): number {
  const isNegative = text.charCodeAt(0) === MINUS;
  const first = isNegative ? 1 : 0;
  const { length } = text;
  if (length === first || length > SAFE_DIGITS) return Number.NaN;
  if (text.charCodeAt(first) === ZERO && length > 1) return Number.NaN;
  let number = 0;
  for (let at = first; at < length; at++) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) return Number.NaN;
    number = number * 10 + code - ZERO;
  }
  return isNegative ? -number : number;
}

function decimalReader({ precision, scale = 0 }: DecimalType): ReadUsual {
  return (text) => {
    const point = findPoint(text);
    if (point < 0) return null;
    const number = hasOnlyZeros(text, point + 1) ? text.slice(0, point) : text;
    if (precision === undefined) return number;
    const places = Math.max(number.length - point - 1, 0);
    return places <= scale && point + scale <= precision ? number : null;
  };
}

function hasOnlyZeros(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) if (text.charCodeAt(at) !== ZERO) return false;
  return true;
}

/** A number as it is, which has digits, and may have a point between two of them. */
function readNumber(text: string): string | null {
  return findPoint(text) < 0 ? null : text;
}

/** Where such a number has its point, or would have it; below 0 for any other text. */
function findPoint(text: string): number {
  const { length } = text;
  let point = -1;
  for (let at = text.charCodeAt(0) === MINUS ? 1 : 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === POINT && point < 0 && isDigit(text.charCodeAt(at - 1))) point = at;
    else if (!isDigit(code)) return -1;
  }
  if (!isDigit(text.charCodeAt(length - 1))) return -1;
  return point < 0 ? length : point;
}

/** As `1` or `0`. */
function readTruth(text: string): string | null {
  if (text === 'true' || text === '1') return '1';
  return text === 'false' || text === '0' ? '0' : null;
}

const DAY_CHARACTERS = 10;
const SECOND_CHARACTERS = 19;

function readDay(text: string): string | null {
  return text.length === DAY_CHARACTERS && hasDay(text) ? text : null;
}

/** Days of the months; a leap day needs a closer look. */
const MONTH_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a text begins with a day that is on every calendar, `2020-01-31`. */
function hasDay(text: string): boolean {
  const [month, day] = [pairAt(text, 5), pairAt(text, 8)];
  const year = pairAt(text, 0) * 100 + pairAt(text, 2);
  const isMarked = text.charCodeAt(4) === MINUS && text.charCodeAt(7) === MINUS;
  return isMarked && year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= (MONTH_DAYS[month] ?? 0);
}

/** The number in two digits; NaN where there are none. */
function pairAt(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : Number.NaN;
}

/** Points in time that every engine holds, whatever the width of its type. */
const [FIRST_INSTANT, END_OF_INSTANTS] = ['1971', '2038'];

function momentReader(kind: 'datetime' | 'instant', fractionDigits: number): ReadUsual {
  const most = SECOND_CHARACTERS + (fractionDigits === 0 ? 0 : 1 + fractionDigits);
  return (text) => {
    if (text.length > most || !hasDay(text) || !hasClock(text)) return null;
    if (kind === 'instant' && (text < FIRST_INSTANT || text >= END_OF_INSTANTS)) return null;
    return text;
  };
}

/** Whether a text has a time of day behind its day, and nothing behind that but a fraction. */
function hasClock(text: string): boolean {
  const isMarked =
    text.charCodeAt(DAY_CHARACTERS) === SPACE &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON;
  // NaN is no number of the clock.
  if (!isMarked || !(pairAt(text, 11) + pairAt(text, 14) + pairAt(text, 17) >= 0)) return false;
  if (text.length === SECOND_CHARACTERS) return true;
  if (text.charCodeAt(SECOND_CHARACTERS) !== POINT || text.length === SECOND_CHARACTERS + 1) return false;
  for (let at = SECOND_CHARACTERS + 1; at < text.length; at++)
    if (!isDigit(text.charCodeAt(at))) return false;
  return true;
}

const [FIRST_PRINTABLE, LAST_PRINTABLE, QUOTE, BACKSLASH] = [0x20, 0x7e, 0x27, 0x5c];

/** Texts of ASCII characters that stand between quotes as they are; not the empty one, which has a spelling of its own. */
function textReader(mostCharacters: number, isPadded: boolean): ReadUsual {
  return (text) => {
    const { length } = text;
    if (length === 0 || length > mostCharacters) return null;
    if (isPadded && text.charCodeAt(length - 1) === SPACE) return null;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code < FIRST_PRINTABLE || code > LAST_PRINTABLE || code === QUOTE || code === BACKSLASH)
        return null;
    }
    return text;
  };
}
