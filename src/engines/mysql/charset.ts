import { ByteSink } from '../../core/encoding/byte-sink.js';
import { encodeSpan, TAG } from '../../core/encoding/canonical.js';
import type { SqlSession } from '../sql-session.js';
import { isWideCharset, loadWideCharset, type WideCharset } from './charset-wide.js';
import { readCodePoint } from './code-point.js';

/** Character sets whose characters are one byte, decoded by the server's own table. */
const SINGLE_BYTE =
  /^(latin[1257]|cp125[0167]|cp85[02]|cp866|koi8[ru]|greek|hebrew|armscii8|geostd8|keybcs2|mac(ce|roman)|tis620|dec8|hp8|swe7)$/;
/** Character sets whose characters are one or two bytes. */
const DOUBLE_BYTE = /^(gbk|gb2312|big5|euckr|sjis|cp932)$/;
/** Character sets whose bytes are UTF-8 as they stand. */
const UTF8 = /^(utf8mb4|utf8mb3|utf8|ascii)$/;

/** The name under which a column's character set is decoded, or null where it cannot be. */
export function charsetName(serverName: string): string | null {
  if (UTF8.test(serverName)) return 'utf8';
  const hasTables = SINGLE_BYTE.test(serverName) || DOUBLE_BYTE.test(serverName);
  return hasTables || isWideCharset(serverName) ? serverName : null;
}

/**
 * How the server itself reads a character set: code points by byte and by byte pair, -1 where there is none. Taken from
 * the server, because "the same" character set differs between implementations (MySQL's latin1 is cp1252 with the five
 * holes filled, its gbk is not the web's).
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/charset-we-sets.html
 */
export interface Charset {
  readonly singles: Int32Array;
  readonly pairs: Int32Array | null;
  /** Takes the place of both tables. */
  readonly wide: WideCharset | null;
  /** Whether a byte below 80 is the ASCII character of that number wherever a character begins. */
  readonly ascii: boolean;
}

const DIGITS = Array.from({ length: 16 }, (_, i) => `SELECT ${i} AS n`).join(' UNION ALL ');

/** Asks the server how it reads each byte and byte pair of a character set; a few ten milliseconds, once a session. */
export async function loadCharset(session: SqlSession, name: string): Promise<Charset> {
  if (!/^[a-z0-9]+$/.test(name)) throw new RangeError(`Not a character set: ${name}`);
  const singles = new Int32Array(256).fill(-1);
  for (let byte = 0; byte < 128; byte++) singles[byte] = byte;
  const loadPairs = async (prefix: string): Promise<Int32Array> => {
    const pairs = new Int32Array(65536).fill(-1);
    await loadCodes({ session, name, prefix, digits: 4, from: 0x8000, into: pairs });
    return pairs;
  };
  if (isWideCharset(name)) {
    const wide = await loadWideCharset(session, name, loadPairs);
    return { singles, pairs: null, wide, ascii: wide.ascii };
  }
  const ascii = name !== 'swe7';
  await loadCodes({ session, name, prefix: '', digits: 2, from: ascii ? 0x80 : 0, into: singles });
  return { singles, pairs: DOUBLE_BYTE.test(name) ? await loadPairs('') : null, wide: null, ascii };
}

async function loadCodes(job: {
  session: SqlSession;
  name: string;
  /** What stands before each code, in hexadecimal digits. */
  prefix: string;
  digits: 2 | 4;
  from: number;
  into: Int32Array;
}): Promise<void> {
  const tables = Array.from({ length: job.digits }, (_, i) => `(${DIGITS}) AS d${i}`).join(', ');
  const code = Array.from({ length: job.digits }, (_, i) => `d${i}.n * ${16 ** i}`).join(' + ');
  const hex = `LPAD(HEX(${code}), ${job.digits}, '0')`;
  const point = `HEX(CONVERT(CONVERT(UNHEX(CONCAT('${job.prefix}', ${hex})) USING ${job.name}) USING utf32))`;
  const rows = await job.session.query(
    `SELECT ${hex} AS code, ${point} AS point FROM ${tables} WHERE ${code} >= ${job.from}`,
  );
  for (const { code: bytes, point: codePoint } of rows) {
    const character = readCodePoint(codePoint);
    if (bytes && character >= 0) job.into[Number.parseInt(bytes, 16)] = character;
  }
}

/** The characters that a set has, as a test; a repair must not write others. */
export function characterTest({ singles, pairs, wide }: Charset): (point: number) => boolean {
  if (wide !== null) return wide.holds;
  const points = new Set([...singles, ...(pairs ?? [])].filter((point) => point >= 0));
  return (point) => points.has(point);
}

interface TextSpan {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * Encodes text by code points, as UTF-8; text that does not decode keeps its own bytes under another tag. It is walked
 * twice, for its length and for its bytes, because a string in between would hold a long text several times over.
 */
export function encodeText(charset: Charset, span: TextSpan, sink: ByteSink): void {
  const { buffer, start, end } = span;
  let ascii = charset.ascii;
  for (let i = start; i < end && ascii; i++) ascii = (buffer[i] as number) < 0x80;
  if (ascii) {
    encodeSpan(sink, TAG.text, buffer, start, end);
    return;
  }
  const length = measureUtf8(charset, span);
  if (length < 0) {
    encodeSpan(sink, TAG.rawText, buffer, start, end);
    return;
  }
  sink.writeByte(TAG.text);
  sink.writeLength(length);
  sink.reserve(length);
  writeUtf8(charset, span, sink);
}

/** Text as UTF-8 bytes; null where a byte or pair has no character. */
export function toUtf8(charset: Charset, span: TextSpan): Buffer | null {
  const length = measureUtf8(charset, span);
  if (length < 0) return null;
  const sink = new ByteSink();
  sink.reserve(length);
  writeUtf8(charset, span, sink);
  return sink.bytes.subarray(0, sink.length);
}

/** Decodes text strictly; null where a byte or pair has no character. */
export function decodeText(charset: Charset, buffer: Buffer, start: number, end: number): string | null {
  return toUtf8(charset, { buffer, start, end })?.toString('utf8') ?? null;
}

/** The code point at `at` times 8 plus the width of its character, or -1. */
function readCharacter({ singles, pairs, wide }: Charset, buffer: Buffer, at: number, end: number): number {
  if (wide !== null) return wide.read(buffer, at, end);
  const single = singles[buffer[at] as number] as number;
  if (single >= 0) return single * 8 + 1;
  if (pairs === null || at + 1 >= end) return -1;
  const pair = pairs[((buffer[at] as number) << 8) | (buffer[at + 1] as number)] as number;
  return pair < 0 ? -1 : pair * 8 + 2;
}

function measureUtf8(charset: Charset, { buffer, start, end }: TextSpan): number {
  const { ascii } = charset;
  let length = 0;
  for (let at = start; at < end; ) {
    if (ascii && (buffer[at] as number) < 0x80) {
      length++;
      at++;
      continue;
    }
    const character = readCharacter(charset, buffer, at, end);
    if (character < 0) return -1;
    const point = character >> 3;
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    at += character & 7;
  }
  return length;
}

function writeUtf8(charset: Charset, { buffer, start, end }: TextSpan, sink: ByteSink): void {
  const { ascii } = charset;
  const { bytes } = sink;
  let to = sink.length;
  for (let at = start; at < end; ) {
    const byte = buffer[at] as number;
    if (ascii && byte < 0x80) {
      bytes[to++] = byte;
      at++;
      continue;
    }
    const character = readCharacter(charset, buffer, at, end);
    to = writeCharacter(bytes, to, character >> 3);
    at += character & 7;
  }
  sink.length = to;
}

function writeCharacter(bytes: Buffer, at: number, point: number): number {
  let to = at;
  if (point < 0x80) {
    bytes[to++] = point;
    return to;
  }
  if (point < 0x800) bytes[to++] = 0xc0 | (point >> 6);
  else {
    if (point < 0x10000) bytes[to++] = 0xe0 | (point >> 12);
    else {
      bytes[to++] = 0xf0 | (point >> 18);
      bytes[to++] = 0x80 | ((point >> 12) & 0x3f);
    }
    bytes[to++] = 0x80 | ((point >> 6) & 0x3f);
  }
  bytes[to++] = 0x80 | (point & 0x3f);
  return to;
}
