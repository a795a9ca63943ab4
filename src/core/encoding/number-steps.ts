import { decimalText } from '../exact-number.js';
import { floatSpelledBy } from '../float-decimal.js';
import type { Tolerance } from '../relaxation.js';
import type { ByteSink } from './byte-sink.js';
import { encodeFloat, TAG } from './canonical.js';
import { readShortDecimal } from './short-decimal.js';
import type { SinkStep } from './sink-step.js';

/** Groups of numbers have tags of their own: a group is no number. */
const GROUP = 0xf0;
const GROUP_BELOW_ZERO = 0xf1;

/**
 * Where in a group its middle lies. Round numbers are the values most often met, and they should not sit on the edge
 * between two groups, where the least difference would put the two sides apart and cost a second read.
 */
const MIDDLE = 0.4142;
/** Beyond this many groups from zero the quotient is no longer exact enough to tell groups apart. */
const MOST_GROUPS = 2 ** 48;
/** Below this a double loses digits, and a share of it would no longer be one. */
const LEAST_FOR_SHARE = 1e-290;

/** Numbers of so few digits are the shortest text of the float nearest to them: no two share one. */
const FEW_DIGITS = { 32: 999_999, 64: 999_999_999_999_999 } as const;
/** Up to here every whole number is a float of its own. */
const MOST_WHOLE = { 32: 2 ** 24, 64: 2 ** 53 } as const;

/** Turns decimals and integers that spell a float into it; others stay what they are, and so equal no float. */
export function floatStep(bits: 32 | 64): SinkStep {
  return (sink, start) => {
    const tag = sink.bytes[start];
    if (tag === TAG.float) return;
    const short = tag === TAG.decimal ? readShortDecimal(sink.bytes, start, FEW_DIGITS[bits]) : Number.NaN;
    const isShort = Math.abs(short) <= MOST_WHOLE[bits];
    const value = isShort ? short : floatSpelledBy(numberText(sink, start), bits);
    if (value === null) return;
    sink.length = start;
    encodeFloat(sink, bits === 32 ? Math.fround(value) : value);
  };
}

function numberText(sink: ByteSink, start: number): string {
  const { bytes, length } = sink;
  switch (bytes[start]) {
    case TAG.decimal:
      return decimalText(bytes, start, length);
    case TAG.intNegative:
      return bytes.readBigInt64BE(start + 1).toString();
    case TAG.intPositive:
      return bytes.readBigUInt64BE(start + 1).toString();
    default:
      return '';
  }
}

/** The double nearest to a canonical number; NaN for what is no number, or too small for a double other than zero. */
function readNumber(sink: ByteSink, start: number): number {
  const { bytes, length } = sink;
  switch (bytes[start]) {
    case TAG.intNegative:
      return Number(bytes.readBigInt64BE(start + 1));
    case TAG.intPositive:
      return Number(bytes.readBigUInt64BE(start + 1));
    case TAG.float:
      return bytes.readDoubleBE(start + 1);
    case TAG.decimal: {
      const short = readShortDecimal(bytes, start, Number.MAX_SAFE_INTEGER);
      return Number.isNaN(short) ? Number(decimalText(bytes, start, length)) || Number.NaN : short;
    }
    default:
      return Number.NaN;
  }
}

/**
 * Puts numbers into groups half as wide as the tolerance, so that numbers of one group are always within it, rounding
 * included. Numbers within the tolerance may lie in two groups: those are read again and compared exactly. What a
 * double is too coarse for is left as it is.
 */
export function quantizeStep({ kind, size }: Tolerance): SinkStep {
  const half = Number(size) / 2;
  const group = kind === 'absolute' ? absoluteGroup(half) : relativeGroup(Math.log1p(half));
  return (sink, start) => {
    const tag = sink.bytes[start] as number;
    if (tag < TAG.intNegative || tag > TAG.float) return;
    const value = readNumber(sink, start);
    const number = group(value);
    if (number === null) return;
    sink.length = start;
    encodeFloat(sink, number);
    sink.bytes[start] = kind === 'relative' && value < 0 ? GROUP_BELOW_ZERO : GROUP;
  };
}

/** A group's number, or null where the value must stay as it is. */
type Grouping = (value: number) => number | null;

function absoluteGroup(width: number): Grouping {
  return (value) => {
    const quotient = value / width;
    return Math.abs(quotient) < MOST_GROUPS ? Math.floor(quotient + MIDDLE) : null;
  };
}

/** Groups of sizes, on a logarithmic scale; zero has one for itself. */
function relativeGroup(width: number): Grouping {
  return (value) => {
    if (value === 0) return Number.POSITIVE_INFINITY;
    const size = Math.abs(value);
    return size > LEAST_FOR_SHARE && size < Number.POSITIVE_INFINITY
      ? Math.floor(Math.log(size) / width + MIDDLE)
      : null;
  };
}
