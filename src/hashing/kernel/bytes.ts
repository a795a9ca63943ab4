// AssemblyScript: writing canonical bytes. Every function takes where to write and returns where it stopped.

/** Regions have this many bytes to spare, because short copies move eight bytes at a time and may run over. */
const SHORT_COPY: usize = 96;

export function copyBytes(to: usize, from: usize, count: usize): usize {
  if (count > SHORT_COPY) memory.copy(to, from, count);
  else for (let i: usize = 0; i < count; i += 8) store<u64>(to + i, load<u64>(from + i));
  return to + count;
}

export function writeTagged64(to: usize, tag: u32, value: u64): usize {
  store<u8>(to, tag as u8);
  store<u64>(to + 1, bswap<u64>(value));
  return to + 9;
}

/** LEB128: seven bits a byte, low bits first. */
export function writeLength(to: usize, value: u32): usize {
  while (value > 0x7f) {
    store<u8>(to++, ((value & 0x7f) | 0x80) as u8);
    value >>>= 7;
  }
  store<u8>(to, value as u8);
  return to + 1;
}

export function skipLength(at: usize): usize {
  while (load<u8>(at) > 0x7f) at++;
  return at + 1;
}

export function writeSpan(to: usize, tag: u32, from: usize, count: usize): usize {
  store<u8>(to, tag as u8);
  return copyBytes(writeLength(to + 1, count as u32), from, count);
}

export function writeUint16(to: usize, value: u32): usize {
  store<u16>(to, bswap<u16>(value as u16));
  return to + 2;
}

export function writeUint32(to: usize, value: u32): usize {
  store<u32>(to, bswap<u32>(value));
  return to + 4;
}

export function readUint16(at: usize): u32 {
  return bswap<u16>(load<u16>(at)) as u32;
}

export function readUint32(at: usize): u32 {
  return bswap<u32>(load<u32>(at));
}

export function readUint64(at: usize): u64 {
  return bswap<u64>(load<u64>(at));
}

/** Where padding begins: the end without trailing spaces. */
export function unpaddedLength(from: usize, count: usize): usize {
  while (count > 0 && load<u8>(from + count - 1) === 0x20) count--;
  return count;
}

/** Whether the first key is less than the second, byte by byte, a prefix before what it begins. */
export function isLess(one: usize, oneEnd: usize, other: usize, otherEnd: usize): bool {
  while (one + 8 <= oneEnd && other + 8 <= otherEnd) {
    const a = readUint64(one);
    const b = readUint64(other);
    if (a !== b) return a < b;
    one += 8;
    other += 8;
  }
  while (one < oneEnd && other < otherEnd) {
    const a = load<u8>(one++);
    const b = load<u8>(other++);
    if (a !== b) return a < b;
  }
  return one === oneEnd && other < otherEnd;
}

/** Whether two pieces of memory hold the same bytes. */
export function isSame(one: usize, other: usize, count: usize): bool {
  let at: usize = 0;
  for (; at + 8 <= count; at += 8) if (load<u64>(one + at) !== load<u64>(other + at)) return false;
  for (; at < count; at++) if (load<u8>(one + at) !== load<u8>(other + at)) return false;
  return true;
}
