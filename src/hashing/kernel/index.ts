// AssemblyScript: walks the rows of a span, makes canonical bytes, hashes and key bytes of them, and checks their order.
// `hashing/row-reader.ts` says the same in TypeScript and is the specification.

import {
  COLUMN_WORDS,
  FRAMING_PACKETS,
  KEY_LOWER_CASE_UUID,
  KEY_NONE,
  OP_EXTERNAL,
  STATUS_DONE,
  STATUS_NOT_ASCENDING,
  STATUS_UNREADABLE,
} from '../../engines/kernel-opcodes';
import { copyBytes, isLess } from './bytes';
import { writeField } from './fields';
import { writeKey } from './keys';
import { hashBytes } from './row-hash';
import { splitDataRow, splitPacket } from './rows';
import { hasUpperCaseHex } from './texts';

export { compareRows, setPair, setSource, setTarget } from './pairs';

const COLUMN_BYTES: usize = COLUMN_WORDS * 4;
const PACKET_HEADER: usize = 4;

let framing: i32 = 0;
let columnCount: i32 = 0;
let keyCount: i32 = 0;
let columns: usize = 0;
let tables: usize = 0;
let fields: usize = 0;
let seed: u64 = 0;

/** Where regions begin: set by the host for each span, because their sizes depend on it. */
let row: usize = 0;
let input: usize = 0;
let external: usize = 0;
let keys: usize = 0;
let keyEnds: usize = 0;
let hashes: usize = 0;
let wireBytes: usize = 0;
let keyHashes: usize = 0;

export function setSeed(low: u32, high: u32): void {
  seed = ((high as u64) << 32) | (low as u64);
}

/** The program: how rows are framed, columns, tables of single-byte character sets, room for field positions. */
export function setProgram(
  rowFraming: i32,
  count: i32,
  keyColumns: i32,
  program: usize,
  charsets: usize,
  room: usize,
): void {
  framing = rowFraming;
  columnCount = count;
  keyCount = keyColumns;
  columns = program;
  tables = charsets;
  fields = room;
}

export function setRegions(rowAt: usize, inputAt: usize, externalAt: usize, keysAt: usize): void {
  row = rowAt;
  input = inputAt;
  external = externalAt;
  keys = keysAt;
}

export function setResults(keyEndsAt: usize, hashesAt: usize, wireBytesAt: usize, keyHashesAt: usize): void {
  keyEnds = keyEndsAt;
  hashes = hashesAt;
  wireBytes = wireBytesAt;
  keyHashes = keyHashesAt;
}

function split(at: usize, end: usize, wanted: i32): usize {
  return framing === FRAMING_PACKETS
    ? splitPacket(at, end, columns, columnCount, wanted, fields)
    : splitDataRow(at, end, columnCount, wanted, fields);
}

/**
 * Lists each value that the kernel has no rule for: which of the external columns it is in, where it begins in the input,
 * and its length. Returns how many there are, or -1 where a row cannot be read.
 */
export function findExternals(length: usize, rows: i32, list: usize): i32 {
  const end = input + length;
  let at = input;
  let entry = list;
  for (let i = 0; i < rows; i++) {
    at = split(at, end, columnCount);
    if (at === 0) return -1;
    let ordinal = 0;
    for (let column = 0; column < columnCount; column++) {
      if (load<u32>(columns + (column as usize) * COLUMN_BYTES) !== OP_EXTERNAL) continue;
      const field = fields + ((column as usize) << 3);
      const size = load<i32>(field, 4);
      if (size >= 0) {
        store<i32>(entry, ordinal);
        store<u32>(entry, load<u32>(field) - (input as u32), 4);
        store<i32>(entry, size, 8);
        entry += 12;
      }
      ordinal++;
    }
  }
  return ((entry - list) / 12) as i32;
}

/** Canonical bytes that were made in TypeScript: a length, then the bytes. */
function writeExternal(to: usize): usize {
  const count = load<u32>(external);
  const from = external + 4;
  external = from + count;
  return copyBytes(to, from, count);
}

/** Where the key bytes of the row that was written last end, and the canonical bytes of its key columns. */
let keyEnd: usize = 0;
let canonicalKeyEnd: usize = 0;

/**
 * Writes the first `count` columns of the row that was split last as canonical bytes; with `keyTo`, its key bytes as
 * well. Returns the end or 0.
 */
function writeRow(keyTo: usize, count: i32): usize {
  let to = row;
  keyEnd = keyTo;
  canonicalKeyEnd = row;
  for (let i = 0; i < count; i++) {
    const column = columns + (i as usize) * COLUMN_BYTES;
    const field = fields + ((i as usize) << 3);
    const size = load<i32>(field, 4);
    const start = to;
    const from = load<u32>(field) as usize;
    if (size < 0) store<u8>(to++, 0);
    else {
      const opcode = load<u32>(column);
      to =
        opcode === OP_EXTERNAL
          ? writeExternal(to)
          : writeField(to, opcode, load<u32>(column, 8), from, size as usize, tables);
      if (to === 0) return 0;
    }
    if (i < keyCount) canonicalKeyEnd = to;
    const kind = load<u32>(column, 12);
    if (keyTo === 0 || kind === KEY_NONE) continue;
    if ((kind & 0xff) === KEY_LOWER_CASE_UUID && size > 0 && hasUpperCaseHex(from, size as usize)) return 0;
    keyEnd = writeKey(keyEnd, kind, start, to);
    if (keyEnd === 0) return 0;
  }
  return to;
}

/** Where a row begins behind the header of its packet, which holds a number that differs from one read to the next. */
function rowStart(at: usize): usize {
  return framing === FRAMING_PACKETS ? at + PACKET_HEADER : at;
}

/**
 * Indexes rows in key order. The key before the first row's, of `lastKeyCount` bytes, stands at the beginning of the
 * keys; `keyBase` is where the caller's own keys end, from which the ends of the new ones count. With `asSent` a row's
 * hash is that of its wire bytes, and only the key is made canonical.
 */
export function indexRows(
  length: usize,
  rows: i32,
  lastKeyCount: i32,
  hasLast: bool,
  keyBase: u32,
  asSent: bool,
): i32 {
  const end = input + length;
  const firstKey = keys + lastKeyCount;
  const wanted = asSent ? keyCount : columnCount;
  let at = input;
  let last = keys;
  let key = firstKey;
  for (let i = 0; i < rows; i++) {
    const next = split(at, end, wanted);
    if (next === 0) return STATUS_UNREADABLE;
    const rowEnd = writeRow(key, wanted);
    if (rowEnd === 0) return STATUS_UNREADABLE;
    if ((hasLast || i > 0) && !isLess(last, key, key, keyEnd)) return STATUS_NOT_ASCENDING;
    last = key;
    key = keyEnd;
    store<u32>(keyEnds + ((i as usize) << 2), keyBase + ((key - firstKey) as u32));
    const start = rowStart(at);
    const hash = asSent ? hashBytes(start, next, seed) : hashBytes(row, rowEnd, seed);
    store<u64>(hashes + ((i as usize) << 3), hash);
    store<u32>(wireBytes + ((i as usize) << 2), (next - start) as u32);
    at = next;
  }
  return at === end ? STATUS_DONE : STATUS_UNREADABLE;
}

/**
 * Hashes rows in any order: of each, the hash of the canonical bytes of its key columns and that of the whole row. The
 * canonical bytes of the key are kept where key bytes would be.
 */
export function hashRows(length: usize, rows: i32, keyBase: u32): i32 {
  const end = input + length;
  let at = input;
  let key = keys;
  for (let i = 0; i < rows; i++) {
    const next = split(at, end, columnCount);
    if (next === 0) return STATUS_UNREADABLE;
    const rowEnd = writeRow(0, columnCount);
    if (rowEnd === 0) return STATUS_UNREADABLE;
    store<u64>(keyHashes + ((i as usize) << 3), hashBytes(row, canonicalKeyEnd, seed));
    store<u64>(hashes + ((i as usize) << 3), hashBytes(row, rowEnd, seed));
    key = copyBytes(key, row, canonicalKeyEnd - row);
    store<u32>(keyEnds + ((i as usize) << 2), keyBase + ((key - keys) as u32));
    store<u32>(wireBytes + ((i as usize) << 2), (next - rowStart(at)) as u32);
    at = next;
  }
  return at === end ? STATUS_DONE : STATUS_UNREADABLE;
}
