import type { ByteSink } from '../../core/encoding/byte-sink.js';
import { encodeSpan, TAG } from '../../core/encoding/canonical.js';
import type { Session } from '../engine.js';

/** Character sets whose characters are one byte, decoded by the server's own table. */
const SINGLE_BYTE =
  /^(latin[1257]|cp125[0167]|cp85[02]|cp866|koi8[ru]|greek|hebrew|armscii8|geostd8|keybcs2|mac(ce|roman)|tis620|dec8|hp8)$/;
/** Character sets whose characters are one or two bytes. */
const DOUBLE_BYTE = /^(gbk|gb2312|big5|euckr|sjis|cp932)$/;
/** Character sets whose bytes are UTF-8 as they stand. */
const UTF8 = /^(utf8mb4|utf8mb3|utf8|ascii)$/;

/** The name under which a column's character set is decoded, or null where it cannot be. */
export function charsetName(serverName: string): string | null {
  if (UTF8.test(serverName)) return 'utf8';
  return SINGLE_BYTE.test(serverName) || DOUBLE_BYTE.test(serverName) ? serverName : null;
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
}

const QUESTION_MARK = '0000003F';
const DIGITS = Array.from({ length: 16 }, (_, i) => `SELECT ${i} AS n`).join(' UNION ALL ');

/** Asks the server how it reads each byte and byte pair of a character set; a few ten milliseconds, once a session. */
export async function loadCharset(session: Session, name: string): Promise<Charset> {
  if (!/^[a-z0-9]+$/.test(name)) throw new RangeError(`Not a character set: ${name}`);
  const singles = new Int32Array(256).fill(-1);
  for (let byte = 0; byte < 128; byte++) singles[byte] = byte;
  await loadCodes({ session, name, digits: 2, from: 0x80, into: singles });
  if (!DOUBLE_BYTE.test(name)) return { singles, pairs: null };
  const pairs = new Int32Array(65536).fill(-1);
  await loadCodes({ session, name, digits: 4, from: 0x8000, into: pairs });
  return { singles, pairs };
}

async function loadCodes(job: {
  session: Session;
  name: string;
  digits: 2 | 4;
  from: number;
  into: Int32Array;
}): Promise<void> {
  const tables = Array.from({ length: job.digits }, (_, i) => `(${DIGITS}) AS d${i}`).join(', ');
  const code = Array.from({ length: job.digits }, (_, i) => `d${i}.n * ${16 ** i}`).join(' + ');
  const hex = `LPAD(HEX(${code}), ${job.digits}, '0')`;
  const point = `HEX(CONVERT(CONVERT(UNHEX(${hex}) USING ${job.name}) USING utf32))`;
  const rows = await job.session.query(
    `SELECT ${hex} AS code, ${point} AS point FROM ${tables} WHERE ${code} >= ${job.from}`,
  );
  for (const { code: bytes, point: codePoint } of rows) {
    if (!bytes || codePoint?.length !== 8 || codePoint === QUESTION_MARK) continue;
    job.into[Number.parseInt(bytes, 16)] = Number.parseInt(codePoint, 16);
  }
}

interface TextSpan {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Encodes text by code points, as UTF-8; text that does not decode keeps its own bytes under another tag. */
export function encodeText(charset: Charset, span: TextSpan, sink: ByteSink): void {
  const { buffer, start, end } = span;
  let ascii = true;
  for (let i = start; i < end && ascii; i++) ascii = (buffer[i] as number) < 0x80;
  if (ascii) {
    encodeSpan(sink, TAG.text, buffer, start, end);
    return;
  }
  const decoded = decodeText(charset, buffer, start, end);
  if (decoded === null) {
    encodeSpan(sink, TAG.rawText, buffer, start, end);
    return;
  }
  const utf8 = Buffer.from(decoded, 'utf8');
  encodeSpan(sink, TAG.text, utf8, 0, utf8.length);
}

/** Decodes text strictly; null where a byte or pair has no character. */
export function decodeText(charset: Charset, buffer: Buffer, start: number, end: number): string | null {
  const { singles, pairs } = charset;
  let text = '';
  for (let i = start; i < end; i++) {
    let point = singles[buffer[i] as number] as number;
    if (point < 0) {
      if (pairs === null || i + 1 >= end) return null;
      point = pairs[((buffer[i] as number) << 8) | (buffer[i + 1] as number)] as number;
      if (point < 0) return null;
      i++;
    }
    text += String.fromCodePoint(point);
  }
  return text;
}
