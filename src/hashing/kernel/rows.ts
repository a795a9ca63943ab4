// AssemblyScript: finds the fields of a row. Positions are kept in a table of (start, count) pairs; a count of -1 is NULL.

import { COLUMN_WORDS, WIDTH_BYTE_LENGTH, WIDTH_LENGTH_ENCODED } from '../../engines/kernel-opcodes';
import { readUint16, readUint32 } from './bytes';

const COLUMN_BYTES: usize = COLUMN_WORDS * 4;
/** A packet of this length goes on in the next one; the driver joins them, and such a row is alone in its span. */
const LONGEST_PACKET: u32 = 0xffffff;

/**
 * A row of the MySQL binary protocol behind its packet header; returns where it ends, 0 where it is none. Only the first
 * `wanted` of its fields are looked for.
 */
export function splitPacket(
  at: usize,
  end: usize,
  columns: usize,
  count: i32,
  wanted: i32,
  fields: usize,
): usize {
  const length = load<u32>(at) & LONGEST_PACKET;
  const row = at + 4;
  const rowEnd = length === LONGEST_PACKET ? end : row + length;
  if (rowEnd > end) return 0;
  return splitPacketRow(row, rowEnd, columns, count, wanted, fields);
}

/** The same of a row whose end is known, without its packet header. */
export function splitPacketRow(
  row: usize,
  rowEnd: usize,
  columns: usize,
  count: i32,
  wanted: i32,
  fields: usize,
): usize {
  if (load<u8>(row) !== 0) return 0;
  let from = row + 1 + ((count + 9) >> 3);
  for (let i = 0; i < wanted; i++) {
    const bit = i + 2;
    const field = fields + ((i as usize) << 3);
    if ((load<u8>(row + 1 + (bit >> 3)) >> (bit & 7)) & 1) {
      store<i32>(field, -1, 4);
      continue;
    }
    let size = load<i32>(columns + (i as usize) * COLUMN_BYTES, 4) as i64;
    if (size === WIDTH_BYTE_LENGTH) size = load<u8>(from++);
    else if (size === WIDTH_LENGTH_ENCODED) {
      size = load<u8>(from++);
      if (size > 250) {
        const kind = size;
        size = kind === 252 ? load<u16>(from) : kind === 253 ? load<u32>(from) & 0xffffff : load<i64>(from);
        from += kind === 252 ? 2 : kind === 253 ? 3 : 8;
      }
    }
    if (size < 0 || size > ((rowEnd - from) as i64) || from > rowEnd) return 0;
    store<u32>(field, from as u32);
    store<i32>(field, size as i32, 4);
    from += size as usize;
  }
  return from === rowEnd || (wanted < count && from < rowEnd) ? rowEnd : 0;
}

/** A DataRow message in binary, as far as `wanted` fields; returns where it ends, 0 where it is none. */
export function splitDataRow(at: usize, end: usize, count: i32, wanted: i32, fields: usize): usize {
  const rowEnd = at + 1 + (readUint32(at + 1) as usize);
  if (rowEnd > end || readUint16(at + 5) !== count) return 0;
  let from = at + 7;
  for (let i = 0; i < wanted; i++) {
    const size = readUint32(from) as i32;
    const field = fields + ((i as usize) << 3);
    from += 4;
    store<u32>(field, from as u32);
    store<i32>(field, size < 0 ? -1 : size, 4);
    if (size < 0) continue;
    if (from > rowEnd || (size as usize) > rowEnd - from) return 0;
    from += size as usize;
  }
  return from === rowEnd || (wanted < count && from < rowEnd) ? rowEnd : 0;
}
