import type { Value } from '../core/difference.js';
import { daysFromCivil, isCalendarDate } from '../core/encoding/temporal.js';

/** A date, a time of day or both, as microseconds: since 2000-01-01, or since midnight. */
export interface TimeValue {
  readonly micros: bigint;
  readonly form: 'date' | 'time' | 'datetime';
}

const DATE = /^(\d{4,})-(\d\d)-(\d\d)(?: (.*?))?( BC)?$/;
const CLOCK = /^(-?)(\d{2,}):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/;
export const MICROS_PER_SECOND = 1_000_000n;
export const MICROS_PER_DAY = 86_400n * MICROS_PER_SECOND;

/** Several rules ask for the same two values one after the other. */
const MOST_RECENT = 16;
const recent = new Map<string, TimeValue | null>();

/** Reads a temporal value as the engines' formatters write it; null for infinity and for dates on no calendar. */
export function readTime(value: Value): TimeValue | null {
  if (typeof value !== 'string') return null;
  const known = recent.get(value);
  if (known !== undefined) return known;
  if (recent.size === MOST_RECENT) recent.clear();
  const time = parseTime(value);
  recent.set(value, time);
  return time;
}

function parseTime(value: string): TimeValue | null {
  const match = DATE.exec(value);
  if (match === null) {
    const micros = readClock(value);
    return micros === null ? null : { micros, form: 'time' };
  }
  const [, year = '', month = '', day = '', clock, era] = match;
  if (era !== undefined || !isCalendarDate(Number(year), Number(month), Number(day))) return null;
  const days = BigInt(daysFromCivil(Number(year), Number(month), Number(day))) * MICROS_PER_DAY;
  if (clock === undefined) return { micros: days, form: 'date' };
  const ofDay = readClock(clock);
  return ofDay === null ? null : { micros: days + ofDay, form: 'datetime' };
}

function readClock(text: string): bigint | null {
  const match = CLOCK.exec(text);
  if (match === null) return null;
  const [, sign = '', hours = '', minutes = '', seconds = '', fraction = ''] = match;
  const whole = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  const micros = whole * MICROS_PER_SECOND + BigInt(fraction.padEnd(6, '0'));
  return sign === '' ? micros : -micros;
}

/** The remainder that is never negative. */
export function modulo(value: bigint, divisor: bigint): bigint {
  const rest = value % divisor;
  return rest < 0n ? rest + divisor : rest;
}

/** A difference of times for people: `+01:00`, `-2 days`, `+00:00:03.5`. */
export function formatShift(micros: bigint): string {
  const sign = micros < 0n ? '-' : '+';
  const absolute = micros < 0n ? -micros : micros;
  if (absolute % MICROS_PER_DAY === 0n) {
    const days = absolute / MICROS_PER_DAY;
    return `${sign}${days} day${days === 1n ? '' : 's'}`;
  }
  const seconds = absolute / MICROS_PER_SECOND;
  const two = (part: bigint): string => part.toString().padStart(2, '0');
  const rest = absolute % MICROS_PER_SECOND;
  const fraction = rest === 0n ? '' : `.${rest.toString().padStart(6, '0').replace(/0+$/, '')}`;
  const small = seconds % 60n === 0n && rest === 0n ? '' : `:${two(seconds % 60n)}${fraction}`;
  return `${sign}${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}${small}`;
}
