// AssemblyScript: key bytes from canonical bytes. A result of 0 says that the value has no place in the shared order.

import {
  KEY_BYTES_SPAN,
  KEY_COPY,
  KEY_DECIMAL,
  KEY_INT,
  KEY_LOWER_CASE_UUID,
  KEY_TEXT_SPAN,
} from '../../engines/kernel-opcodes';
import { copyBytes, readUint16, skipLength, writeUint16 } from './bytes';
import {
  DECIMAL_NEGATIVE,
  TAG_BYTES,
  TAG_DECIMAL,
  TAG_INT_NEGATIVE,
  TAG_INT_POSITIVE,
  TAG_TEXT,
  TAG_UUID,
} from './tags';

export function writeKey(to: usize, kind: u32, start: usize, end: usize): usize {
  const tag = load<u8>(start) as u32;
  switch (kind & 0xff) {
    case KEY_INT:
      return tag === TAG_INT_NEGATIVE || tag === TAG_INT_POSITIVE ? copyBytes(to, start, end - start) : 0;
    case KEY_DECIMAL:
      return tag === TAG_DECIMAL ? writeDecimalKey(to, skipLength(start + 1), end) : 0;
    case KEY_TEXT_SPAN:
      return tag === TAG_TEXT ? writeEscaped(to, skipLength(start + 1), end) : 0;
    case KEY_BYTES_SPAN:
      return tag === TAG_BYTES ? writeEscaped(to, skipLength(start + 1), end) : 0;
    case KEY_LOWER_CASE_UUID:
      return tag === TAG_UUID ? copyBytes(to, start, end - start) : 0;
    case KEY_COPY:
      return tag === kind >> 8 ? copyBytes(to, start, end - start) : 0;
    default:
      return 0;
  }
}

/** A zero byte becomes 00 FF and the end is 00 00. */
function writeEscaped(to: usize, start: usize, end: usize): usize {
  let out = to;
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    store<u8>(out++, byte);
    if (byte === 0) store<u8>(out++, 0xff);
  }
  store<u16>(out, 0);
  return out + 2;
}

/** Groups are written plus one and ended by zero; all of it inverted below zero. */
function writeDecimalKey(to: usize, payload: usize, end: usize): usize {
  const decimalClass = load<u8>(payload) as u32;
  store<u8>(to, decimalClass as u8);
  if (end - payload === 1) return to + 1;
  const flip: u32 = decimalClass === DECIMAL_NEGATIVE ? 0xffff : 0;
  let out = writeUint16(to + 1, readUint16(payload + 1) ^ flip);
  for (let at = payload + 3; at < end; at += 2) out = writeUint16(out, (readUint16(at) + 1) ^ flip);
  return writeUint16(out, flip);
}
