import type { RoundingUnit, TruncationUnit } from '../relaxation.js';
import type { Halves } from '../schema.js';
import { timeZoneOf } from '../time-zone.js';
import type { ByteSink } from './byte-sink.js';
import { encodeMicros, TAG } from './canonical.js';
import { cutMicros, roundMicros } from './coarse-time.js';
import { INTERVAL_HEAD_BYTES } from './interval.js';
import type { SinkStep } from './sink-step.js';

const WORD = 2 ** 32;
/** What a 32-bit word counts for, in whole seconds and the microseconds left over. */
const WORD_SECONDS = 4294;
const WORD_MICROS = WORD - WORD_SECONDS * 1e6;
const MICROS_IN: Readonly<Record<TruncationUnit, bigint>> = {
  min: 60_000_000n,
  s: 1_000_000n,
  1: 100_000n,
  2: 10_000n,
  ms: 1000n,
  4: 100n,
  5: 10n,
};

const highOf = (sink: ByteSink, start: number): number => sink.bytes.readInt32BE(start + 1) ^ 0x80000000;
const lowOf = (sink: ByteSink, start: number): number => sink.bytes.readUInt32BE(start + 5);

/** Both ends of the 64-bit range stand for infinity. */
function isInfinite(high: number, low: number): boolean {
  return (high === 0x7fffffff && low === WORD - 1) || (high === -0x80000000 && low === 0);
}

/**
 * Turns points in time into the civil times of a zone. Every point has exactly one, so nothing is assumed: the other
 * way, a civil time can have none or two.
 */
export function civilStep(zoneName: string): SinkStep {
  const zone = timeZoneOf(zoneName);
  return (sink, start) => {
    if (sink.bytes[start] !== TAG.instant) return;
    const [high, low] = [highOf(sink, start), lowOf(sink, start)];
    sink.length = start;
    if (isInfinite(high, low)) {
      encodeMicros(sink, TAG.datetime, high, low);
      return;
    }
    const seconds = high * WORD_SECONDS + Math.floor((high * WORD_MICROS + low) / 1e6);
    const shift = zone.offsetAt(seconds) * 1e6;
    const shiftHigh = Math.floor(shift / WORD);
    const sum = low + (shift - shiftHigh * WORD);
    const carry = sum >= WORD ? 1 : 0;
    encodeMicros(sink, TAG.datetime, high + shiftHigh + carry, sum - carry * WORD);
  };
}

/** Cuts times to whole units; a time of day below zero is cut towards zero, as its digits are. */
export function truncateStep(unit: TruncationUnit): SinkStep {
  const size = MICROS_IN[unit];
  return changeMicros((micros, isClock) => cutMicros(micros, size, isClock));
}

/**
 * Rounds times to whole units, as servers do with more digits than a column has. A time of day, or of an interval, is
 * rounded away from zero at the middle on every server.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/fractional-seconds.html
 */
export function roundStep(unit: RoundingUnit, halves: Halves): SinkStep {
  const size = MICROS_IN[unit];
  return changeMicros((micros, isClock) => roundMicros(micros, size, isClock ? 'outward' : halves));
}

/** Rewrites the count of microseconds of a value; `isClock` is whether it counts from midnight instead of from a day. */
function changeMicros(change: (micros: bigint, isClock: boolean) => bigint): SinkStep {
  return (sink, start) => {
    const at = sink.bytes[start] === TAG.interval ? start + INTERVAL_HEAD_BYTES : start;
    const tag = sink.bytes[at] as number;
    if (tag !== TAG.datetime && tag !== TAG.instant && tag !== TAG.time) return;
    const [high, low] = [highOf(sink, at), lowOf(sink, at)];
    if (isInfinite(high, low)) return;
    const changed = change((BigInt(high) << 32n) | BigInt(low), tag === TAG.time);
    // The longest interval has no whole second above it that could be told from one below zero.
    if (BigInt.asIntN(64, changed) !== changed) return;
    sink.length = at;
    encodeMicros(sink, tag, Number(changed >> 32n), Number(changed & 0xffffffffn));
  };
}
