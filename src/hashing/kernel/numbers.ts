// AssemblyScript: integers, decimals and floats. A result of 0 says that the value is left to the TypeScript twin.

import { NUMBER_AS_INT } from '../../engines/kernel-opcodes';
import { copyBytes, readUint16, writeLength, writeTagged64, writeUint16 } from './bytes';
import {
  DECIMAL_NAN,
  DECIMAL_NEGATIVE,
  DECIMAL_NEGATIVE_INFINITY,
  DECIMAL_POSITIVE,
  DECIMAL_POSITIVE_INFINITY,
  DECIMAL_ZERO,
  TAG_DECIMAL,
  TAG_FLOAT,
  TAG_INT_NEGATIVE,
  TAG_INT_POSITIVE,
} from './tags';

const WEIGHT_BIAS: i32 = 0x8000;
/** More digits than this would need a length of two bytes before the groups are known. */
const MAX_DIGITS: usize = 200;
/** The bits of a double without its sign, of positive infinity, and of the one NaN. */
const MAGNITUDE: u64 = 0x7fffffffffffffff;
const INFINITY: u64 = 0x7ff0000000000000;
const NAN: u64 = 0x7ff8000000000000;
const NUMERIC_HEADER: usize = 8;

/** Writes a whole number, given in two's complement, as an integer or, for decimal partners, as a decimal. */
export function writeNumber(to: usize, value: u64, negative: bool, form: u32): usize {
  if (form === NUMBER_AS_INT) return writeTagged64(to, negative ? TAG_INT_NEGATIVE : TAG_INT_POSITIVE, value);
  let rest = negative ? 0 - value : value;
  if (rest === 0) return writeDecimalClass(to, DECIMAL_ZERO);
  let weight = 0;
  while (rest % 10000 === 0) {
    rest /= 10000;
    weight++;
  }
  let groups = 1;
  for (let power = rest / 10000; power > 0; power /= 10000) groups++;
  const end = to + 5 + 2 * groups;
  for (let at = end - 2; rest > 0; at -= 2) {
    writeUint16(at, (rest % 10000) as u32);
    rest /= 10000;
  }
  writeDecimalHead(to, negative, weight + groups - 1, groups);
  return end;
}

function writeDecimalClass(to: usize, decimalClass: u32): usize {
  store<u8>(to, TAG_DECIMAL as u8);
  store<u8>(to + 1, 1);
  store<u8>(to + 2, decimalClass as u8);
  return to + 3;
}

/** Writes all that precedes the groups, where they are few enough for a length of one byte. */
function writeDecimalHead(to: usize, negative: bool, weight: i32, groups: i32): usize {
  store<u8>(to, TAG_DECIMAL as u8);
  const at = writeLength(to + 1, 3 + 2 * groups);
  store<u8>(at, (negative ? DECIMAL_NEGATIVE : DECIMAL_POSITIVE) as u8);
  return writeUint16(at + 1, weight + WEIGHT_BIAS);
}

/** Plain decimal text: optional minus, digits, at most one point. */
export function writeDecimalText(to: usize, from: usize, count: usize): usize {
  const end = from + count;
  const negative = count > 0 && load<u8>(from) === 0x2d;
  const first = negative ? from + 1 : from;
  if (count > MAX_DIGITS) return 0;
  let point = end;
  for (let at = first; at < end; at++) {
    const byte = load<u8>(at);
    if (byte === 0x2e && point === end) point = at;
    else if (byte - 0x30 > 9) return 0;
  }
  const whole = (point - first) as i32;
  if (whole === 0 && (point === end || point + 1 === end)) return 0;
  return writeDigits(to, negative, first, point, end);
}

/** Writes groups of four digits, counted from the point, without zero groups at either end. */
function writeDigits(to: usize, negative: bool, first: usize, point: usize, end: usize): usize {
  const start = to + 5;
  let out = start;
  let used = start;
  let weight = (((point - first) as i32) + 3) / 4 - 1;
  let group: u32 = 0;
  for (let at = first; at < point; at++) {
    group = group * 10 + load<u8>(at) - 0x30;
    if (((point - at) & 3) !== 1) continue;
    if (group === 0 && out === start) weight--;
    else out = writeUint16(out, group);
    if (group !== 0) used = out;
    group = 0;
  }
  for (let at = point + 1; at < end; at += 4) {
    for (let digit = at; digit < at + 4; digit++)
      group = group * 10 + (digit < end ? load<u8>(digit) - 0x30 : 0);
    if (group === 0 && out === start) weight--;
    else out = writeUint16(out, group);
    if (group !== 0) used = out;
    group = 0;
  }
  if (used === start) return writeDecimalClass(to, DECIMAL_ZERO);
  writeDecimalHead(to, negative, weight, ((used - start) >> 1) as i32);
  return used;
}

/** PostgreSQL's numeric: digit count, weight, sign and display scale, then base-10000 digits. */
export function writeNumeric(to: usize, from: usize, count: usize): usize {
  if (count < NUMERIC_HEADER) return 0;
  const digits = readUint16(from);
  const sign = readUint16(from + 4);
  if (count !== NUMERIC_HEADER + 2 * digits) return 0;
  if (sign === 0xc000) return writeDecimalClass(to, DECIMAL_NAN);
  if (sign === 0xd000) return writeDecimalClass(to, DECIMAL_POSITIVE_INFINITY);
  if (sign === 0xf000) return writeDecimalClass(to, DECIMAL_NEGATIVE_INFINITY);
  let first = from + NUMERIC_HEADER;
  let last = first + 2 * digits;
  let weight = readUint16(from + 2) as i16 as i32;
  while (first < last && load<u16>(first) === 0) {
    first += 2;
    weight--;
  }
  while (last > first && load<u16>(last - 2) === 0) last -= 2;
  if (first === last) return writeDecimalClass(to, DECIMAL_ZERO);
  const at = writeDecimalHead(to, sign === 0x4000, weight, ((last - first) >> 1) as i32);
  return copyBytes(at, first, last - first);
}

/** -0 is 0, and every NaN is one NaN. */
export function writeFloat(to: usize, value: f64): usize {
  let bits = reinterpret<u64>(value);
  const magnitude = bits & MAGNITUDE;
  if (magnitude === 0) bits = 0;
  else if (magnitude > INFINITY) bits = NAN;
  return writeTagged64(to, TAG_FLOAT, bits);
}
