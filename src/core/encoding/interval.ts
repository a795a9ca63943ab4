import type { ByteSink } from './byte-sink.js';
import { encodeMicros, TAG } from './canonical.js';
import { formatTimeOfDay } from './temporal.js';

/**
 * Encodes an interval by its own three counts. A month is not 30 days and a day is not 24 hours here, because adding
 * them to a date gives other dates; the server's `=` would take them for the same.
 */
export function encodeInterval(
  sink: ByteSink,
  { months, days, high, low }: { months: number; days: number; high: number; low: number },
): void {
  encodeIntervalHead(sink, months, days);
  encodeMicros(sink, TAG.time, high, low);
}

/** Bytes of an interval before its microseconds. */
export const INTERVAL_HEAD_BYTES = 9;

/** The part of an interval before its microseconds, which follow as a canonical time. */
export function encodeIntervalHead(sink: ByteSink, months: number, days: number): void {
  sink.writeTagged64(TAG.interval, months, days);
}

const MAX_INT32 = 0x7fffffff;
const MAX_INT64 = 2n ** 63n - 1n;

/** `1 year 2 mons -3 days 04:05:06`, every count with its own sign; a time alone if the rest is zero. */
export function formatInterval(months: number, days: number, micros: bigint): string {
  if (months === MAX_INT32 && days === MAX_INT32 && micros === MAX_INT64) return 'infinity';
  if (months === -MAX_INT32 - 1 && days === -MAX_INT32 - 1 && micros === -MAX_INT64 - 1n) return '-infinity';
  const parts = [
    counted(Math.trunc(months / 12), 'year'),
    counted(months % 12, 'mon'),
    counted(days, 'day'),
    micros === 0n && (months !== 0 || days !== 0) ? '' : formatTimeOfDay(micros),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function counted(count: number, unit: string): string {
  if (count === 0) return '';
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
