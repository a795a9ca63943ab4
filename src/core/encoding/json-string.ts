import type { ByteSink } from './byte-sink.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/** What stands after a backslash, to what it means. */
const SIMPLE_ESCAPES = new Map([
  [QUOTE, QUOTE],
  [BACKSLASH, BACKSLASH],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

/**
 * Writes length and decoded bytes of the JSON string whose opening quote stands before `start`, and returns where its
 * text ends, behind the closing quote. Returns -1 where it is not valid; what was written by then is the caller's to drop.
 *
 * Bytes that are not UTF-8 are copied as they are: replacing them would make different documents equal.
 */
export function encodeJsonString(source: Uint8Array, start: number, end: number, sink: ByteSink): number {
  for (let at = start; at < end; at++) {
    const byte = source[at] as number;
    if (byte === QUOTE) {
      sink.writeLength(at - start);
      sink.copy(source, start, at);
      return at + 1;
    }
    if (byte === BACKSLASH)
      return encodeEscapedString(source, start, findClosingQuote(source, at, end), sink);
    if (byte < 0x20) return -1;
  }
  return -1;
}

/** Where the string ends that has a backslash at `start`; -1 where it does not, or holds a raw control character. */
function findClosingQuote(source: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = source[at] as number;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
    else if (byte < 0x20) return -1;
  }
  return -1;
}

/** The decoded length is known last, so its place is held by the raw length, which takes no less room. */
function encodeEscapedString(source: Uint8Array, start: number, close: number, sink: ByteSink): number {
  if (close < 0) return -1;
  const lengthAt = sink.length;
  sink.writeLength(close - start);
  const bodyAt = sink.length;
  let runStart = start;
  for (let at = start; at < close; ) {
    if (source[at] !== BACKSLASH) {
      at++;
      continue;
    }
    sink.copy(source, runStart, at);
    runStart = writeEscape(source, at, sink);
    if (runStart < 0) return -1;
    at = runStart;
  }
  sink.copy(source, runStart, close);
  const bodyLength = sink.length - bodyAt;
  sink.length = lengthAt;
  sink.writeLength(bodyLength);
  if (sink.length < bodyAt) sink.bytes.copyWithin(sink.length, bodyAt, bodyAt + bodyLength);
  sink.length += bodyLength;
  return close + 1;
}

/** Writes what the escape at `at` stands for; returns where it ends, or -1. */
function writeEscape(source: Uint8Array, at: number, sink: ByteSink): number {
  const kind = source[at + 1] as number;
  if (kind !== LOWER_U) {
    const meaning = SIMPLE_ESCAPES.get(kind);
    if (meaning === undefined) return -1;
    sink.writeByte(meaning);
    return at + 2;
  }
  const unit = parseHex4(source, at + 2);
  if (unit < 0) return -1;
  if (unit >= 0xd800 && unit <= 0xdbff && source[at + 6] === BACKSLASH && source[at + 7] === LOWER_U) {
    const low = parseHex4(source, at + 8);
    if (low >= 0xdc00 && low <= 0xdfff) {
      writeCodePoint(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), sink);
      return at + 12;
    }
  }
  writeCodePoint(unit, sink);
  return at + 6;
}

/** Stops at the first byte that is no digit, so it never reads past the closing quote. */
function parseHex4(source: Uint8Array, start: number): number {
  let value = 0;
  for (let at = start; at < start + 4; at++) {
    const byte = source[at] as number;
    if (byte >= 0x30 && byte <= 0x39) value = value * 16 + byte - 0x30;
    else if ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66) value = value * 16 + (byte | 0x20) - 0x57;
    else return -1;
  }
  return value;
}

/** Writes UTF-8, and three bytes for a lone surrogate, which no valid UTF-8 can collide with. */
function writeCodePoint(code: number, sink: ByteSink): void {
  if (code < 0x80) {
    sink.writeByte(code);
    return;
  }
  if (code < 0x800) {
    sink.writeByte(0xc0 | (code >> 6));
  } else if (code < 0x10000) {
    sink.writeByte(0xe0 | (code >> 12));
    writeContinuation(code >> 6, sink);
  } else {
    sink.writeByte(0xf0 | (code >> 18));
    writeContinuation(code >> 12, sink);
    writeContinuation(code >> 6, sink);
  }
  writeContinuation(code, sink);
}

function writeContinuation(bits: number, sink: ByteSink): void {
  sink.writeByte(0x80 | (bits & 0x3f));
}
