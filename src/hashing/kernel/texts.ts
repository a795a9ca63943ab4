// AssemblyScript: text of one byte a character, and UUIDs.

import { copyBytes, writeLength, writeSpan } from './bytes';
import { TAG_RAW_TEXT, TAG_RAW_UUID, TAG_TEXT, TAG_UUID } from './tags';

const UUID_LENGTH: usize = 36;

/** Writes text as UTF-8 by a table of 256 code points; a byte without one leaves the text as its own bytes. */
export function writeSingleByteText(to: usize, from: usize, count: usize, table: usize): usize {
  let size: usize = 0;
  for (let i: usize = 0; i < count; i++) {
    const point = load<i32>(table + ((load<u8>(from + i) as usize) << 2));
    if (point < 0) return writeSpan(to, TAG_RAW_TEXT, from, count);
    size += point < 0x80 ? 1 : point < 0x800 ? 2 : 3;
  }
  store<u8>(to, TAG_TEXT as u8);
  let at = writeLength(to + 1, size as u32);
  if (size === count) return copyBytes(at, from, count);
  for (let i: usize = 0; i < count; i++)
    at = writePoint(at, load<i32>(table + ((load<u8>(from + i) as usize) << 2)));
  return at;
}

function writePoint(at: usize, point: i32): usize {
  if (point < 0x80) {
    store<u8>(at, point as u8);
    return at + 1;
  }
  if (point < 0x800) {
    store<u8>(at, (0xc0 | (point >> 6)) as u8);
    store<u8>(at + 1, (0x80 | (point & 0x3f)) as u8);
    return at + 2;
  }
  store<u8>(at, (0xe0 | (point >> 12)) as u8);
  store<u8>(at + 1, (0x80 | ((point >> 6) & 0x3f)) as u8);
  store<u8>(at + 2, (0x80 | (point & 0x3f)) as u8);
  return at + 3;
}

/** Writes a UUID spelled as 36 characters in either letter case; other text as itself, under another tag. */
export function writeUuidText(to: usize, from: usize, count: usize): usize {
  if (count === UUID_LENGTH) {
    store<u8>(to, TAG_UUID as u8);
    const end = writeUuidDigits(to + 1, from);
    if (end !== 0) return end;
  }
  return writeSpan(to, TAG_RAW_UUID, from, count);
}

function writeUuidDigits(start: usize, from: usize): usize {
  let to = start;
  for (let i: usize = 0; i < UUID_LENGTH; ) {
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (load<u8>(from + i) !== 0x2d) return 0;
      i++;
      continue;
    }
    const high = hexValue(load<u8>(from + i));
    const low = hexValue(load<u8>(from + i + 1));
    if ((high | low) < 0) return 0;
    store<u8>(to++, ((high << 4) | low) as u8);
    i += 2;
  }
  return to;
}

function hexValue(byte: u32): i32 {
  if (byte - 0x30 <= 9) return byte - 0x30;
  const letter = byte | 0x20;
  return letter - 0x61 <= 5 ? letter - 0x57 : -1;
}

/** Whether any byte is one of A to F, which some collations sort before a to f. */
export function hasUpperCaseHex(from: usize, count: usize): bool {
  for (let i: usize = 0; i < count; i++) if ((load<u8>(from + i) as u32) - 0x41 <= 5) return true;
  return false;
}
