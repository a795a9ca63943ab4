import type { ByteSink } from './byte-sink.js';
import { encodeSpan, TAG } from './canonical.js';

const HEX_VALUES = buildHexValues();
const TEXT_LENGTH = 36;
const DASHES: ReadonlySet<number> = new Set([8, 13, 18, 23]);

function buildHexValues(): Int8Array {
  const values = new Int8Array(256).fill(-1);
  for (let i = 0; i < 16; i++) {
    const digit = i.toString(16);
    values[digit.charCodeAt(0)] = i;
    values[digit.toUpperCase().charCodeAt(0)] = i;
  }
  return values;
}

/**
 * Encodes a UUID spelled as 36 characters in either letter case. Text that is no UUID is encoded as itself, under
 * another tag, and equals no UUID.
 */
export function encodeUuidText(sink: ByteSink, source: Uint8Array, start: number, end: number): void {
  const before = sink.length;
  if (end - start === TEXT_LENGTH) {
    sink.writeByte(TAG.uuid);
    if (writeUuidBytes(sink, source, start)) return;
    sink.length = before;
  }
  encodeSpan(sink, TAG.rawUuid, source, start, end);
}

function writeUuidBytes(sink: ByteSink, source: Uint8Array, start: number): boolean {
  for (let i = 0; i < TEXT_LENGTH; ) {
    if (DASHES.has(i)) {
      if (source[start + i] !== 0x2d) return false;
      i++;
      continue;
    }
    const high = HEX_VALUES[source[start + i] as number] as number;
    const low = HEX_VALUES[source[start + i + 1] as number] as number;
    if (high < 0 || low < 0) return false;
    sink.writeByte((high << 4) | low);
    i += 2;
  }
  return true;
}

/** Encodes the sixteen bytes of a UUID. */
export function encodeUuidBytes(sink: ByteSink, source: Uint8Array, start: number): void {
  sink.writeByte(TAG.uuid);
  sink.copy(source, start, start + 16);
}

/** The lower-case spelling with dashes of sixteen bytes. */
export function formatUuid(bytes: Uint8Array, start: number): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset + start, 16).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Puts back the time groups that `UUID_TO_BIN(x, 1)` swapped: time_hi (2 bytes) and time_mid (2) stand before time_low
 * (4) there, so that UUIDs of version 1 sort by time.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/miscellaneous-functions.html#function_uuid-to-bin
 */
export function unswapUuid(sink: ByteSink, start: number): void {
  if (sink.bytes[start] !== TAG.uuid) return;
  const groups = Buffer.from(sink.bytes.subarray(start + 1, start + 9));
  groups.copy(sink.bytes, start + 1, 4, 8);
  groups.copy(sink.bytes, start + 5, 2, 4);
  groups.copy(sink.bytes, start + 7, 0, 2);
}
