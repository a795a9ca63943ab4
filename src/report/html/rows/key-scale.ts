import type { Value } from '../../../core/difference.js';
import { formatCount } from '../../../words/number-text.js';

/** A line of numbers on which the keys of a table lie, so that a map of them can be drawn. */
export interface KeyScale {
  readonly kind: 'number' | 'time' | 'bytes';
  /** Where a key lies; null where it is none of this scale. */
  readonly place: (value: Value) => bigint | null;
  /** A place in words. */
  readonly format: (place: bigint) => string;
}

const NUMBER = /^(-?\d{1,40})(?:\.\d*)?$/;
const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|[+-]00(?::?00)?)?)?$/;
const UUID = /^([\da-f]{8})-([\da-f]{4})-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
/** Hexadecimal digits that a place is made of: as many as its words show. */
const DIGITS = 12;

const SCALES: readonly KeyScale[] = [
  {
    kind: 'number',
    place: (value) => toBigInt(typeof value === 'string' ? NUMBER.exec(value)?.[1] : undefined),
    format: formatNumber,
  },
  {
    kind: 'time',
    place: placeTime,
    format: (place) => new Date(Number(place)).toISOString().replace('T', ' ').slice(0, 19),
  },
  {
    kind: 'bytes',
    place: (value) => toBigInt(readDigits(value)),
    format: (place) => `${place.toString(16).padStart(DIGITS, '0')}…`,
  },
];

/** The last place that bytes have; their first is zero. */
export const BYTES_END = (1n << BigInt(4 * DIGITS)) - 1n;

/** The scale on which a key lies; null for text, whose order is the server's affair. */
export function chooseScale(value: Value): KeyScale | null {
  return SCALES.find((scale) => scale.place(value) !== null) ?? null;
}

function toBigInt(digits: string | undefined): bigint | null {
  return digits === undefined ? null : BigInt(digits);
}

function readDigits(value: Value): string | undefined {
  if (value === null) return undefined;
  const hex = typeof value === 'string' ? UUID.exec(value)?.slice(1).join('') : value.hex;
  return hex === undefined || hex === '' ? undefined : `0x${hex.slice(0, DIGITS).padEnd(DIGITS, '0')}`;
}

function placeTime(value: Value): bigint | null {
  if (typeof value !== 'string') return null;
  const parts = TIME.exec(value);
  if (parts === null) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  return Number.isNaN(time) ? null : BigInt(time);
}

function formatNumber(place: bigint): string {
  const number = Number(place);
  if (!Number.isSafeInteger(number)) return String(place);
  return number < 0 ? `-${formatCount(-number)}` : formatCount(number);
}
