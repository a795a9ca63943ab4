import type { QuantityKind } from './option.js';

const UNITS: Readonly<Record<QuantityKind['is'], Readonly<Record<string, number>>>> = {
  duration: { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 },
  byteRate: { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 1 << 10, mib: 1 << 20, gib: 1 << 30 },
};

/** Reads `200ms`, `2s` or `4h` as milliseconds, `500kB`, `10MB` or `8MiB` as bytes; null where it is none, or out of range. */
export function parseQuantity(text: string, { is, least, most }: QuantityKind): number | null {
  const [amount, from, to] = [text, least, most].map((each) => measure(each, UNITS[is]));
  return amount !== undefined && from !== undefined && to !== undefined && amount >= from && amount <= to
    ? amount
    : null;
}

/** A number without a unit is no quantity: nobody could tell milliseconds from seconds. Nothing is nothing in every unit. */
function measure(text: string, units: Readonly<Record<string, number>>): number {
  if (text.trim() === '0') return 0;
  const match = /^(\d{1,15}(?:\.\d{1,9})?) ?([a-z]+)$/i.exec(text.trim());
  const unit = units[match?.[2]?.toLowerCase() ?? ''];
  return match === null || unit === undefined ? Number.NaN : Number(match[1]) * unit;
}

/** Reads `5%` or `0.05` as a share above 0 and up to 1; null where it is neither. */
export function parseRatio(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text);
  const ratio = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  return ratio > 0 && ratio <= 1 ? ratio : null;
}
