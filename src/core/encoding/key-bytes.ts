import type { ByteSink } from './byte-sink.js';
import { TAG } from './canonical.js';
import { DECIMAL_CLASS, formatDecimalPayload } from './decimal.js';
import { formatDays, formatMicros, formatTimeOfDay } from './temporal.js';
import { formatUuid } from './uuid.js';

/**
 * The canonical types whose order both sides can share, and `exact`: any other one, whose values only tell rows apart and
 * have no literal to be asked for by.
 */
export type KeyKind =
  | 'int'
  | 'decimal'
  | 'date'
  | 'time'
  | 'datetime'
  | 'instant'
  | 'uuid'
  | 'bytes'
  | 'text'
  | 'exact';

/** One value of a key, exact, in a form that every dialect can write as a literal. */
export type KeyPart =
  | { readonly kind: 'int'; readonly value: bigint }
  /** Number text, or `NaN`, `Infinity`, `-Infinity`. */
  | { readonly kind: 'decimal'; readonly value: string }
  /** Days since 2000-01-01. */
  | { readonly kind: 'date'; readonly value: bigint }
  /** Microseconds: since midnight, or since 2000-01-01 (in UTC for an instant). */
  | { readonly kind: 'time' | 'datetime' | 'instant'; readonly value: bigint }
  | { readonly kind: 'uuid' | 'text'; readonly value: string }
  /** Bytes as they are; of `exact`, the canonical ones. */
  | { readonly kind: 'bytes' | 'exact'; readonly value: Uint8Array };

/**
 * Appends the key bytes of a canonical value: bytes that compare, with `memcmp`, as the values of the key do.
 * Returns false where the value has no place in the shared order (a date on no calendar, text that does not decode, a
 * UUID column that holds something else, NULL).
 */
export function appendKeyBytes(
  kind: KeyKind,
  source: Uint8Array,
  start: number,
  end: number,
  sink: ByteSink,
): boolean {
  const tag = source[start] as number;
  switch (kind) {
    case 'int':
      if (tag !== TAG.intNegative && tag !== TAG.intPositive) return false;
      sink.copy(source, start, end);
      return true;
    case 'decimal':
      return tag === TAG.decimal && appendDecimal(source, start + 1, end, sink);
    case 'text':
      return tag === TAG.text && appendEscaped(source, skipLength(source, start + 1), end, sink);
    case 'bytes':
      return tag === TAG.bytes && appendEscaped(source, skipLength(source, start + 1), end, sink);
    case 'exact':
      return tag !== TAG.null && appendEscaped(source, start, end, sink);
    default:
      if (tag !== TAG[kind]) return false;
      sink.copy(source, start, end);
      return true;
  }
}

function skipLength(source: Uint8Array, start: number): number {
  let at = start;
  while ((source[at] as number) > 0x7f) at++;
  return at + 1;
}

/** A zero byte becomes 00 FF and the end is 00 00, so that a prefix sorts first and the next column cannot leak in. */
export function appendEscaped(source: Uint8Array, start: number, end: number, sink: ByteSink): true {
  sink.reserve(2 * (end - start) + 2);
  for (let i = start; i < end; i++) {
    const byte = source[i] as number;
    sink.writeByte(byte);
    if (byte === 0) sink.writeByte(0xff);
  }
  sink.writeByte(0);
  sink.writeByte(0);
  return true;
}

/** Groups are written plus one and ended by zero, so that a prefix sorts first; all of it inverted below zero. */
function appendDecimal(source: Uint8Array, lengthAt: number, end: number, sink: ByteSink): true {
  const payload = skipLength(source, lengthAt);
  const decimalClass = source[payload] as number;
  sink.writeByte(decimalClass);
  if (end - payload === 1) return true;
  const flip = decimalClass === DECIMAL_CLASS.negative ? 0xffff : 0;
  const word = (at: number): number => ((source[at] as number) << 8) | (source[at + 1] as number);
  sink.writeUint16(word(payload + 1) ^ flip);
  for (let at = payload + 3; at < end; at += 2) sink.writeUint16((word(at) + 1) ^ flip);
  sink.writeUint16(flip);
  return true;
}

/** Reads key bytes, or those of a key's first columns, back into the values they were made of. */
export function readKeyParts(kinds: readonly KeyKind[], key: Uint8Array): KeyPart[] {
  const bytes = Buffer.isBuffer(key) ? key : Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  if (kinds.length === 0 || bytes.length === 0) return [];
  const first = readKeyPart(kinds[0] as KeyKind, bytes, 0);
  // An array that is made whole takes a sixth of the memory of one that grows, and most keys are one column.
  const parts = [first.part];
  let at = first.next;
  for (let i = 1; i < kinds.length && at < bytes.length; i++) {
    const { part, next } = readKeyPart(kinds[i] as KeyKind, bytes, at);
    parts.push(part);
    at = next;
  }
  return parts;
}

/** Reads the value that begins at a place in key bytes, and says where the next one does. */
export function readKeyPart(kind: KeyKind, bytes: Buffer, at: number): { part: KeyPart; next: number } {
  switch (kind) {
    case 'int': {
      const negative = bytes[at] === TAG.intNegative;
      const value = negative ? bytes.readBigInt64BE(at + 1) : bytes.readBigUInt64BE(at + 1);
      return { part: { kind, value }, next: at + 9 };
    }
    case 'date':
      return { part: { kind, value: BigInt(bytes.readUInt32BE(at + 1)) - 2n ** 31n }, next: at + 5 };
    case 'time':
    case 'datetime':
    case 'instant':
      return { part: { kind, value: bytes.readBigUInt64BE(at + 1) - 2n ** 63n }, next: at + 9 };
    case 'uuid':
      return { part: { kind, value: formatUuid(bytes, at + 1) }, next: at + 17 };
    case 'decimal':
      return readDecimal(bytes, at);
    default: {
      const { value, next } = readEscaped(bytes, at);
      return { part: kind === 'text' ? { kind, value: value.toString('utf8') } : { kind, value }, next };
    }
  }
}

function readEscaped(bytes: Buffer, start: number): { value: Buffer; next: number } {
  const value: number[] = [];
  let at = start;
  while (bytes[at] !== 0 || bytes[at + 1] !== 0) {
    value.push(bytes[at] as number);
    at += bytes[at] === 0 ? 2 : 1;
  }
  return { value: Buffer.from(value), next: at + 2 };
}

function readDecimal(bytes: Buffer, start: number): { part: KeyPart; next: number } {
  const decimalClass = bytes[start] as number;
  const finite = decimalClass === DECIMAL_CLASS.negative || decimalClass === DECIMAL_CLASS.positive;
  const payload = [decimalClass];
  let at = start + 1;
  if (finite) {
    const flip = decimalClass === DECIMAL_CLASS.negative ? 0xffff : 0;
    const pushWord = (word: number): number => payload.push(word >> 8, word & 0xff);
    pushWord(bytes.readUInt16BE(at) ^ flip);
    for (at += 2; (bytes.readUInt16BE(at) ^ flip) !== 0; at += 2)
      pushWord((bytes.readUInt16BE(at) ^ flip) - 1);
    at += 2;
  }
  const value = formatDecimalPayload(Uint8Array.from(payload), 0, payload.length);
  return { part: { kind: 'decimal', value }, next: at };
}

/** A key for people: `42`, or `(7, 'a')`. */
export function formatKeyParts(parts: readonly KeyPart[]): string {
  const texts = parts.map(formatKeyPart);
  return texts.length === 1 ? (texts[0] as string) : `(${texts.join(', ')})`;
}

function formatKeyPart(part: KeyPart): string {
  switch (part.kind) {
    case 'date':
      return formatDays(Number(part.value));
    case 'time':
      return formatTimeOfDay(part.value);
    case 'datetime':
    case 'instant':
      return formatMicros(part.value);
    case 'bytes':
    case 'exact':
      return `0x${hexOf(part.value)}`;
    case 'text':
      return `'${part.value}'`;
    default:
      return String(part.value);
  }
}

/** Lower-case hexadecimal digits of bytes, which may have lost their Buffer class on the way between threads. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
