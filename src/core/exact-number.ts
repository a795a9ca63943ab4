import { TAG } from './encoding/canonical.js';
import { formatDecimalPayload } from './encoding/decimal.js';
import type { Tolerance } from './relaxation.js';

/** A finite number without rounding: `numerator / denominator`, the denominator positive. */
export interface ExactNumber {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Reads number text such as `-12.50` or `1e-9` exactly; null where it is none (`NaN`, an infinity). */
export function parseExact(text: string): ExactNumber | null {
  const [, sign, whole, fraction = '', exponent = '0'] =
    /^(-?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (whole === undefined || whole + fraction === '') return null;
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const power = Number(exponent) - fraction.length;
  return power < 0
    ? { numerator: digits, denominator: 10n ** BigInt(-power) }
    : { numerator: digits * 10n ** BigInt(power), denominator: 1n };
}

const view = new DataView(new ArrayBuffer(8));

/** The exact value of a finite double. */
export function exactOfFloat(value: number): ExactNumber {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = (biased === 0 ? fraction : fraction | (1n << 52n)) * (value < 0 ? -1n : 1n);
  const power = Math.max(biased, 1) - 1075;
  return power < 0
    ? { numerator: mantissa, denominator: 1n << BigInt(-power) }
    : { numerator: mantissa << BigInt(power), denominator: 1n };
}

export function isSameNumber(one: ExactNumber, other: ExactNumber): boolean {
  return one.numerator * other.denominator === other.numerator * one.denominator;
}

/** The text of a canonical decimal that begins with its tag: `12.5`, `NaN`, `-Infinity`. */
export function decimalText(bytes: Uint8Array, start: number, end: number): string {
  let at = start + 1;
  while ((bytes[at] as number) > 0x7f) at++;
  return formatDecimalPayload(bytes, at + 1, end);
}

/** The number in canonical bytes of an integer, decimal or float: exact, or the name of what is no finite number. */
export function readExact(bytes: Buffer): ExactNumber | string | null {
  switch (bytes[0]) {
    case TAG.intNegative:
      return { numerator: bytes.readBigInt64BE(1), denominator: 1n };
    case TAG.intPositive:
      return { numerator: bytes.readBigUInt64BE(1), denominator: 1n };
    case TAG.float: {
      const value = bytes.readDoubleBE(1);
      return Number.isFinite(value) ? exactOfFloat(value) : String(value);
    }
    case TAG.decimal: {
      const text = decimalText(bytes, 0, bytes.length);
      return parseExact(text) ?? text;
    }
    default:
      return null;
  }
}

const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** Whether two canonical numbers are no further apart than allowed; NULL is near nothing, NaN only near NaN. */
export function isWithin(tolerance: Tolerance, source: Buffer, target: Buffer): boolean {
  const [one, other, limit] = [readExact(source), readExact(target), parseExact(tolerance.size)];
  if (one === null || other === null || limit === null) return false;
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  const [left, right] = [one.numerator * other.denominator, other.numerator * one.denominator];
  const distance = size(left - right) * limit.denominator;
  if (tolerance.kind === 'absolute') return distance <= limit.numerator * one.denominator * other.denominator;
  return distance <= limit.numerator * (size(left) > size(right) ? size(left) : size(right));
}
