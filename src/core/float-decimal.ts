import { formatFloat32, formatFloat64 } from './encoding/float-text.js';
import { exactOfFloat, isSameNumber, parseExact } from './exact-number.js';

/**
 * The float that a decimal spells, or null where it spells none.
 *
 * A float that is a whole number is spelled by exactly that number. Any other is spelled by its exact value and by the
 * shortest text that reads back as it, which is what servers print and copiers write: 1.1 spells the float nearest to
 * it. A decimal that merely rounds to a float (9007199254740993, or 0.30000000000000004 against a 32-bit column) spells
 * none, so no digit of either side goes unseen.
 */
export function floatSpelledBy(decimal: string, bits: 32 | 64): number | null {
  const nearest = Number(decimal);
  const value = bits === 32 ? Math.fround(nearest) : nearest;
  if (!Number.isFinite(value)) return /^(NaN|-?Infinity)$/.test(decimal) ? value : null;
  const shortest = bits === 32 ? formatFloat32(value) : formatFloat64(value);
  const isPlain = !Number.isInteger(value) || (Number.isSafeInteger(value) && nearest === value);
  if (decimal === shortest && isPlain) return value;
  const exact = parseExact(decimal);
  if (exact === null) return null;
  if (isSameNumber(exact, exactOfFloat(value))) return value;
  if (Number.isInteger(value)) return null;
  const spellings = bits === 32 ? [shortest, formatFloat64(value)] : [shortest];
  return spellings.some((text) => isSame(exact, text)) ? value : null;
}

function isSame(exact: NonNullable<ReturnType<typeof parseExact>>, text: string): boolean {
  const other = parseExact(text);
  return other !== null && isSameNumber(exact, other);
}

/** The decimal by which a float's text is best stored: without an exponent, and exact where it is a whole number. */
export function decimalOfFloatText(text: string, bits: 32 | 64): string {
  const value = bits === 32 ? Math.fround(Number(text)) : Number(text);
  if (!Number.isFinite(value)) return text;
  if (Number.isInteger(value)) return BigInt(value).toString();
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = `${whole}${fraction}`;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
