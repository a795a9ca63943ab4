import type { Value } from '../core/difference.js';
import type { KeyKind } from '../core/encoding/key-bytes.js';
import { type ExactNumber, readExactNumber } from './exact-number.js';
import { readTime } from './time-value.js';

/**
 * Compares two keys, part by part, in the order in which both sides are walked. Null where a part has no place in that
 * order, because then nothing may be said of what lies between keys.
 */
export function compareKeys(
  kinds: readonly KeyKind[],
  one: readonly Value[],
  other: readonly Value[],
): number | null {
  for (const [i, kind] of kinds.entries()) {
    const order = comparePart(kind, one[i] ?? null, other[i] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(kind: KeyKind, one: Value, other: Value): number | null {
  switch (kind) {
    case 'int':
    case 'decimal': {
      const [left, right] = [readExactNumber(one), readExactNumber(other)];
      return left === null || right === null ? null : compareNumbers(left, right);
    }
    case 'date':
    case 'time':
    case 'datetime':
    case 'instant': {
      const [left, right] = [readTime(one), readTime(other)];
      return left === null || right === null
        ? null
        : Number(left.micros > right.micros) - Number(left.micros < right.micros);
    }
    case 'uuid':
      return compareBytes(uuidBytes(one), uuidBytes(other));
    default:
      return compareBytes(plainBytes(one), plainBytes(other));
  }
}

function compareNumbers(one: ExactNumber, other: ExactNumber): number {
  const left = one.units * 10n ** BigInt(other.scale);
  const right = other.units * 10n ** BigInt(one.scale);
  return Number(left > right) - Number(left < right);
}

function compareBytes(one: Buffer | null, other: Buffer | null): number | null {
  return one === null || other === null ? null : one.compare(other);
}

function uuidBytes(value: Value): Buffer | null {
  if (value === null) return null;
  return Buffer.from(typeof value === 'string' ? value.replaceAll('-', '') : value.hex, 'hex');
}

function plainBytes(value: Value): Buffer | null {
  if (value === null) return null;
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value.hex, 'hex');
}
