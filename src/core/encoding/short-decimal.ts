import { DECIMAL_CLASS, WEIGHT_BIAS } from './decimal.js';

/** Powers of ten that a double holds exactly: a division by one of them rounds only once. */
const POWERS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const MOST_GROUPS = 4;

/**
 * The double nearest to the canonical decimal at `start` if its digits, without zeros at the end, are a whole number of
 * at most `most` (which is below 2^53); NaN for any other decimal. This is what most columns hold, and it is an order
 * faster than a way through text.
 */
export function readShortDecimal(bytes: Uint8Array, start: number, most: number): number {
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
  if (!Number.isSafeInteger(digits)) return Number.NaN;
  let power = 4 * (weight - groups + 1);
  while (digits % 10 === 0) {
    digits /= 10;
    power++;
  }
  if (digits > most || power > 22 || power < -22) return Number.NaN;
  const size = power < 0 ? digits / (POWERS[-power] as number) : digits * (POWERS[power] as number);
  return decimalClass === DECIMAL_CLASS.negative ? -size : size;
}
