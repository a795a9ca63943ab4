import type { ByteSink } from './byte-sink.js';
import { TAG } from './canonical.js';

/**
 * What comes first in a canonical decimal; in the order of the values. Finite values other than zero follow with a
 * weight (the power of 10000 of the first digit group, biased to sort) and groups of four decimal digits without
 * leading or trailing zero groups, so 1.10 and 1.1000 are the same bytes.
 */
export const DECIMAL_CLASS = {
  negativeInfinity: 0,
  negative: 1,
  zero: 2,
  positive: 3,
  positiveInfinity: 4,
  nan: 5,
} as const;

/** What is added to a weight, so that it sorts as a 16-bit number. */
export const WEIGHT_BIAS = 0x8000;
const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;

const scratch = { groups: new Uint16Array(64), count: 0 };

/** A decimal without digits: zero, NaN or an infinity. */
export function encodeDecimalClass(sink: ByteSink, decimalClass: number): void {
  sink.writeByte(TAG.decimal);
  sink.writeLength(1);
  sink.writeByte(decimalClass);
}

/** Encodes base-10000 digit groups; `weight` is the power of 10000 of the first. Zero groups at the ends go. */
export function encodeDecimalGroups(
  sink: ByteSink,
  negative: boolean,
  weight: number,
  groups: { at(index: number): number; readonly count: number },
): void {
  let first = 0;
  let last = groups.count;
  while (first < last && groups.at(first) === 0) first++;
  while (last > first && groups.at(last - 1) === 0) last--;
  if (first === last) {
    encodeDecimalClass(sink, DECIMAL_CLASS.zero);
    return;
  }
  sink.writeByte(TAG.decimal);
  sink.writeLength(3 + 2 * (last - first));
  sink.writeByte(negative ? DECIMAL_CLASS.negative : DECIMAL_CLASS.positive);
  sink.writeUint16(weight - first + WEIGHT_BIAS);
  for (let i = first; i < last; i++) sink.writeUint16(groups.at(i));
}

const scratchGroups = {
  at: (index: number): number => scratch.groups[index] as number,
  get count(): number {
    return scratch.count;
  },
};

function pushGroup(value: number): void {
  if (scratch.count === scratch.groups.length) {
    const grown = new Uint16Array(scratch.groups.length * 2);
    grown.set(scratch.groups);
    scratch.groups = grown;
  }
  scratch.groups[scratch.count++] = value;
}

/**
 * Encodes plain decimal text (`-12.340`, ASCII, no exponent) from `[start, end)`. Returns false, with nothing written,
 * where the text is anything else.
 */
export function encodeDecimalText(sink: ByteSink, source: Uint8Array, start: number, end: number): boolean {
  const negative = source[start] === MINUS;
  const first = negative ? start + 1 : start;
  let point = end;
  for (let i = first; i < end; i++) {
    const byte = source[i] as number;
    if (byte === POINT && point === end) point = i;
    else if (byte < ZERO || byte > ZERO + 9) return false;
  }
  if (point - first + Math.max(0, end - point - 1) === 0) return false;
  collectGroups(source, first, point, end);
  encodeDecimalGroups(sink, negative, Math.ceil((point - first) / 4) - 1, scratchGroups);
  return true;
}

function collectGroups(source: Uint8Array, first: number, point: number, end: number): void {
  scratch.count = 0;
  let group = 0;
  for (let i = first; i < point; i++) {
    group = group * 10 + (source[i] as number) - ZERO;
    if ((point - i) % 4 === 1) {
      pushGroup(group);
      group = 0;
    }
  }
  for (let i = point + 1; i < end; i += 4) {
    for (let j = i; j < i + 4; j++) group = group * 10 + (j < end ? (source[j] as number) - ZERO : 0);
    pushGroup(group);
    group = 0;
  }
}

/** Encodes a whole number as a decimal, for integer columns that are paired with decimals. */
export function encodeDecimalInt(sink: ByteSink, value: bigint): void {
  const text = Buffer.from(value.toString(), 'latin1');
  encodeDecimalText(sink, text, 0, text.length);
}

/** The text of a canonical decimal's payload (class, weight, groups), as a number literal or `NaN`, `Infinity`. */
export function formatDecimalPayload(bytes: Uint8Array, start: number, end: number): string {
  const decimalClass = bytes[start] as number;
  if (decimalClass === DECIMAL_CLASS.zero) return '0';
  if (decimalClass === DECIMAL_CLASS.nan) return 'NaN';
  if (decimalClass === DECIMAL_CLASS.positiveInfinity) return 'Infinity';
  if (decimalClass === DECIMAL_CLASS.negativeInfinity) return '-Infinity';
  const weight = (((bytes[start + 1] as number) << 8) | (bytes[start + 2] as number)) - WEIGHT_BIAS;
  let whole = '';
  let fraction = '';
  for (
    let power = Math.max(weight, 0), lowest = weight - (end - start - 3) / 2 + 1;
    power >= Math.min(lowest, 0);
    power--
  ) {
    const at = start + 3 + 2 * (weight - power);
    const inside = power <= weight && power >= lowest;
    const group = inside ? ((bytes[at] as number) << 8) | (bytes[at + 1] as number) : 0;
    if (power >= 0) whole += String(group).padStart(4, '0');
    else fraction += String(group).padStart(4, '0');
  }
  const digits = `${whole.replace(/^0+(?=\d)/, '')}${fraction === '' ? '' : `.${fraction.replace(/0+$/, '')}`}`;
  return decimalClass === DECIMAL_CLASS.negative ? `-${digits}` : digits;
}
