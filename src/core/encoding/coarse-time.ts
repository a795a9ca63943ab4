import type { Halves } from '../schema.js';

/** A count of microseconds cut to whole units; a time of day loses its digits, which below zero makes it later. */
export function cutMicros(micros: bigint, unit: bigint, isClock: boolean): bigint {
  const rest = micros % unit;
  return micros - (rest < 0n && !isClock ? rest + unit : rest);
}

/** The whole unit that is nearest to a count of microseconds since 2000-01-01, or since midnight. */
export function roundMicros(micros: bigint, unit: bigint, halves: Halves): bigint {
  const cut = cutMicros(micros, unit, false);
  const doubled = (micros - cut) * 2n;
  const isUp = doubled === unit ? halves === 'later' || micros > 0n : doubled > unit;
  return isUp ? cut + unit : cut;
}
