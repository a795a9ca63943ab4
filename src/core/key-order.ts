import type { KeyPart } from './encoding/key-bytes.js';
import { parseExact } from './exact-number.js';

/**
 * Compares two bounds in the order of the keys, part by part. One with fewer parts stands behind all keys that begin with it,
 * and so behind every bound that does.
 */
export function compareKeyParts(one: readonly KeyPart[], other: readonly KeyPart[]): number {
  for (const [i, part] of one.entries()) {
    const against = other[i];
    if (against === undefined) return -1;
    const order = comparePart(part, against);
    if (order !== 0) return order;
  }
  return one.length < other.length ? 1 : 0;
}

function comparePart(one: KeyPart, other: KeyPart): number {
  if (typeof one.value === 'bigint' && typeof other.value === 'bigint')
    return Number(one.value > other.value) - Number(one.value < other.value);
  if (one.kind === 'decimal' && other.kind === 'decimal') return compareDecimals(one.value, other.value);
  return Buffer.compare(bytesOf(one), bytesOf(other));
}

/** Text sorts by code points, which is how its bytes do. */
function bytesOf({ value }: KeyPart): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(String(value), 'utf8');
}

/** Numbers stand between the infinities, and what is no number behind all. */
const PLACES: Readonly<Record<string, number>> = { '-Infinity': -1, Infinity: 1, NaN: 2 };

function compareDecimals(one: string, other: string): number {
  const places = (PLACES[one] ?? 0) - (PLACES[other] ?? 0);
  const [left, right] = [parseExact(one), parseExact(other)];
  if (places !== 0 || left === null || right === null) return places;
  const difference = left.numerator * right.denominator - right.numerator * left.denominator;
  return Number(difference > 0n) - Number(difference < 0n);
}
