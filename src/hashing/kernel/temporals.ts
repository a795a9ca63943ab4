// AssemblyScript: dates and times. A result of 0 says that the value is left to the TypeScript twin.

import { writeTagged64, writeUint16, writeUint32 } from './bytes';
import { TAG_DATE, TAG_IRREGULAR_DATE, TAG_TIME } from './tags';

const SIGN_BIT: u64 = 0x8000000000000000;
const EPOCH_DAYS: i32 = 719468 + 10957;
/** Longer times are none that MySQL could hold. */
const MAX_CLOCK_DAYS: u32 = 1000;

export function writeDays(to: usize, days: i32): usize {
  store<u8>(to, TAG_DATE as u8);
  return writeUint32(to + 1, (days as u32) ^ 0x80000000);
}

export function writeMicros(to: usize, tag: u32, micros: i64): usize {
  return writeTagged64(to, tag, (micros as u64) ^ SIGN_BIT);
}

function lastDayOf(year: i32, month: i32): i32 {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

function isCalendarDate(year: i32, month: i32, day: i32): bool {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= lastDayOf(year, month);
}

/** Days since 2000-01-01, counted from March so that the leap day comes last in its year. */
function daysFromCivil(year: i32, month: i32, day: i32): i32 {
  const shifted = month <= 2 ? year - 1 : year;
  const era = shifted / 400;
  const yearOfEra = shifted - era * 400;
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - EPOCH_DAYS;
}

/** MySQL dates have 0, 4, 7 or 11 bytes: parts that are zero are left out from the end. */
export function writeMysqlDate(to: usize, from: usize, count: usize): usize {
  if (count !== 4 && count !== 7 && count !== 11) return writeIrregular(to, from, count);
  const year = load<u16>(from) as i32;
  const month = load<u8>(from + 2) as i32;
  const day = load<u8>(from + 3) as i32;
  if (!isCalendarDate(year, month, day)) return writeIrregular(to, from, count);
  return writeDays(to, daysFromCivil(year, month, day));
}

export function writeMysqlDatetime(to: usize, from: usize, count: usize, tag: u32): usize {
  if (count !== 4 && count !== 7 && count !== 11) return writeIrregular(to, from, count);
  const year = load<u16>(from) as i32;
  const month = load<u8>(from + 2) as i32;
  const day = load<u8>(from + 3) as i32;
  if (!isCalendarDate(year, month, day)) return writeIrregular(to, from, count);
  let seconds = (daysFromCivil(year, month, day) as i64) * 86400;
  if (count > 4) {
    const hours = load<u8>(from + 4) as i64;
    const minutes = load<u8>(from + 5) as i64;
    seconds += hours * 3600 + minutes * 60 + (load<u8>(from + 6) as i64);
  }
  const micros = count > 7 ? (load<u32>(from + 7) as i64) : 0;
  return writeMicros(to, tag, seconds * 1000000 + micros);
}

/** Writes a date that is on no calendar by its fields. */
function writeIrregular(to: usize, from: usize, count: usize): usize {
  if (count !== 0 && count !== 4 && count !== 7 && count !== 11) return 0;
  store<u8>(to, TAG_IRREGULAR_DATE as u8);
  writeUint16(to + 1, count > 0 ? load<u16>(from) : 0);
  store<u8>(to + 3, count > 0 ? load<u8>(from + 2) : 0);
  store<u8>(to + 4, count > 0 ? load<u8>(from + 3) : 0);
  for (let i: usize = 0; i < 3; i++) store<u8>(to + 5 + i, count > 4 ? load<u8>(from + 4 + i) : 0);
  return writeUint32(to + 8, count > 7 ? load<u32>(from + 7) : 0);
}

/** MySQL times have 0, 8 or 12 bytes: sign, days, hours, minutes, seconds and microseconds. */
export function writeMysqlTime(to: usize, from: usize, count: usize): usize {
  if (count === 0) return writeMicros(to, TAG_TIME, 0);
  if (count !== 8 && count !== 12) return 0;
  const days = load<u32>(from + 1);
  if (days > MAX_CLOCK_DAYS) return 0;
  const hours = (days as i64) * 24 + (load<u8>(from + 5) as i64);
  const seconds = (hours * 60 + (load<u8>(from + 6) as i64)) * 60 + (load<u8>(from + 7) as i64);
  const micros = seconds * 1000000 + (count > 8 ? (load<u32>(from + 8) as i64) : 0);
  return writeMicros(to, TAG_TIME, load<u8>(from) === 1 ? -micros : micros);
}
