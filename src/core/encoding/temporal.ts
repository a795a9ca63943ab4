import type { ByteSink } from './byte-sink.js';
import { encodeMicros, TAG } from './canonical.js';

/** Days from 1970-01-01 to 2000-01-01, the day from which canonical dates and times count. */
const EPOCH_DAYS = 10957;
const DAYS_IN_MONTH = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const SECONDS_PER_DAY = 86400;

/** The fields of a civil date and time; `micros` is the part of a second. */
export interface CivilFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micros: number;
}

/** Whether a date is on the (proleptic Gregorian) calendar: 2020-02-31 and 2020-00-10 are not. */
export function isCalendarDate(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > (DAYS_IN_MONTH[month] as number)) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

/** Days since 2000-01-01 of a calendar date, by counting from March so that the leap day comes last in its year. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468 - EPOCH_DAYS;
}

/** The calendar date (astronomical year, 0 is 1 BC) of a count of days since 2000-01-01. */
export function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719468 + EPOCH_DAYS;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** Encodes a count of days since 2000-01-01. */
export function encodeDays(sink: ByteSink, days: number): void {
  sink.writeByte(TAG.date);
  sink.writeUint32(days ^ 0x80000000);
}

/** Encodes a calendar date and time under a temporal tag, without a BigInt and without leaving 53 bits. */
export function encodeCivil(sink: ByteSink, tag: number, fields: CivilFields): void {
  const days = daysFromCivil(fields.year, fields.month, fields.day);
  const seconds = days * SECONDS_PER_DAY + fields.hour * 3600 + fields.minute * 60 + fields.second;
  encodeSeconds(sink, tag, seconds, fields.micros);
}

/** Encodes seconds (any sign, below 2^43) and the microseconds to add to them as one 64-bit count. */
export function encodeSeconds(sink: ByteSink, tag: number, seconds: number, micros: number): void {
  const upper = Math.floor(seconds / 2 ** 20);
  const lowerMicros = (seconds - upper * 2 ** 20) * 1e6 + micros;
  const upperMicros = upper * 1e6;
  const upperHigh = Math.floor(upperMicros / 4096);
  const sum = (upperMicros - upperHigh * 4096) * 2 ** 20 + lowerMicros;
  const carry = Math.floor(sum / 2 ** 32);
  encodeMicros(sink, tag, upperHigh + carry, sum - carry * 2 ** 32);
}

/** Encodes a date that is on no calendar by its fields, so that each is equal only to itself. */
export function encodeIrregularDate(sink: ByteSink, fields: CivilFields): void {
  sink.writeByte(TAG.irregularDate);
  sink.writeUint16(fields.year);
  for (const part of [fields.month, fields.day, fields.hour, fields.minute, fields.second])
    sink.writeByte(part);
  sink.writeUint32(fields.micros);
}

const padded = (value: number | bigint, digits: number): string => String(value).padStart(digits, '0');

/** `YYYY-MM-DD`, or `YYYY-MM-DD BC`, of a count of days since 2000-01-01. */
export function formatDays(days: number): string {
  const { year, month, day } = civilFromDays(days);
  const text = `${padded(year > 0 ? year : 1 - year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
  return year > 0 ? text : `${text} BC`;
}

/** `YYYY-MM-DD HH:MM:SS[.ffffff]`, with ` BC` at the end where it applies, of microseconds since 2000-01-01. */
export function formatMicros(micros: bigint): string {
  const perDay = 86_400_000_000n;
  const ofDay = ((micros % perDay) + perDay) % perDay;
  const date = formatDays(Number((micros - ofDay) / perDay));
  const [day = date, era] = date.split(' ');
  return `${day} ${formatTimeOfDay(ofDay)}${era === undefined ? '' : ` ${era}`}`;
}

/** `[-]HH:MM:SS[.ffffff]` of a signed count of microseconds; hours may exceed 24. */
export function formatTimeOfDay(micros: bigint): string {
  const absolute = micros < 0n ? -micros : micros;
  const seconds = absolute / 1_000_000n;
  const fraction = absolute % 1_000_000n;
  const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n]
    .map((part) => padded(part, 2))
    .join(':');
  return `${micros < 0n ? '-' : ''}${clock}${fraction === 0n ? '' : `.${padded(fraction, 6)}`}`;
}
