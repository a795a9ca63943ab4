import type { SqlSession } from '../sql-session.js';
import { readCodePoint } from './code-point.js';

/**
 * Reads the character at `at` and returns its code point times 8 plus its width in bytes, or -1 where there is none.
 * One number instead of an object, because it is asked for every character.
 */
export type CharacterReader = (buffer: Buffer, at: number, end: number) => number;

/** A character set that neither one-byte nor two-byte tables can describe. */
export interface WideCharset {
  readonly read: CharacterReader;
  /** Whether a byte below 80 is the ASCII character of that number wherever a character begins. */
  readonly ascii: boolean;
  /** Whether the set has a character. */
  readonly holds: (point: number) => boolean;
}

/** Loads how the server reads codes of four hexadecimal digits behind a prefix, by code, -1 where there is none. */
export type LoadPairs = (prefix: string) => Promise<Int32Array>;

const isSurrogate = (point: number): boolean => point >= 0xd800 && point <= 0xdfff;
const found = (point: number, width: number): number =>
  point > 0x10ffff || isSurrogate(point) ? -1 : point * 8 + width;

const readUcs2: CharacterReader = (buffer, at, end) =>
  at + 2 > end ? -1 : found(buffer.readUInt16BE(at), 2);

function utf16Reader(unitAt: (buffer: Buffer, at: number) => number): CharacterReader {
  return (buffer, at, end) => {
    if (at + 2 > end) return -1;
    const first = unitAt(buffer, at);
    if (!isSurrogate(first)) return found(first, 2);
    const second = at + 4 > end ? 0 : unitAt(buffer, at + 2);
    if (first > 0xdbff || second < 0xdc00 || second > 0xdfff) return -1;
    return found(0x10000 + ((first - 0xd800) << 10) + second - 0xdc00, 4);
  };
}

const readUtf32: CharacterReader = (buffer, at, end) =>
  at + 4 > end ? -1 : found(buffer.readUInt32BE(at), 4);

const everything = (): boolean => true;

/** The character sets that are Unicode in another form than UTF-8; their tables need no server. */
const UNICODE: Readonly<Record<string, WideCharset>> = {
  ucs2: { read: readUcs2, ascii: false, holds: (point) => point <= 0xffff },
  utf16: { read: utf16Reader((buffer, at) => buffer.readUInt16BE(at)), ascii: false, holds: everything },
  utf16le: { read: utf16Reader((buffer, at) => buffer.readUInt16LE(at)), ascii: false, holds: everything },
  utf32: { read: readUtf32, ascii: false, holds: everything },
};

const WIDE = /^(ucs2|utf16|utf16le|utf32|gb18030|ujis|eucjpms)$/;

/** Whether a character set needs a reader of its own. */
export function isWideCharset(name: string): boolean {
  return WIDE.test(name);
}

/** Makes the reader of a character set, from the server's own tables where it has any. */
export async function loadWideCharset(
  session: SqlSession,
  name: string,
  loadPairs: LoadPairs,
): Promise<WideCharset> {
  const unicode = UNICODE[name];
  if (unicode !== undefined) return unicode;
  const pairs = await loadPairs('');
  return name === 'gb18030' ? loadGb18030(session, pairs) : loadEucJp(pairs, await loadPairs('8F'));
}

/** Codes of three bytes begin with 8F; the others are those of a double-byte set. */
function loadEucJp(pairs: Int32Array, triples: Int32Array): WideCharset {
  const points = new Set([...pairs, ...triples].filter((point) => point >= 0));
  const read: CharacterReader = (buffer, at, end) => {
    const lead = buffer[at] as number;
    if (lead < 0x80) return lead * 8 + 1;
    const width = lead === 0x8f ? 3 : 2;
    if (at + width > end) return -1;
    const point = (width === 3 ? triples : pairs)[buffer.readUInt16BE(at + width - 2)] as number;
    return point < 0 ? -1 : found(point, width);
  };
  return { read, ascii: true, holds: (point) => point < 0x80 || points.has(point) };
}

/** Codes of four bytes up to here are BMP characters in an order of their own; from the next on they are U+10000 on. */
const BMP_QUADS = 39_420;
const SUPPLEMENTARY_QUADS = 189_000;

async function loadGb18030(session: SqlSession, pairs: Int32Array): Promise<WideCharset> {
  const quads = await loadQuads(session);
  const points = new Set([...pairs, ...quads].filter((point) => point >= 0));
  const read: CharacterReader = (buffer, at, end) => {
    const lead = buffer[at] as number;
    if (lead < 0x80) return lead * 8 + 1;
    if (at + 2 > end) return -1;
    const second = buffer[at + 1] as number;
    if (second < 0x30 || second > 0x39) {
      const point = pairs[(lead << 8) | second] as number;
      return point < 0 ? -1 : found(point, 2);
    }
    const index = at + 4 > end ? -1 : quadIndex(buffer, at);
    const point = index < SUPPLEMENTARY_QUADS ? (quads[index] ?? -1) : 0x10000 + index - SUPPLEMENTARY_QUADS;
    return point < 0 ? -1 : found(point, 4);
  };
  return { read, ascii: true, holds: (point) => point < 0x80 || point > 0xffff || points.has(point) };
}

/** The number of a four-byte code, or -1 where its bytes are out of range. */
function quadIndex(buffer: Buffer, at: number): number {
  const [one, two, three, four] = buffer
    .subarray(at, at + 4)
    .map((byte, i) => byte - (i % 2 === 0 ? 0x81 : 0x30));
  if (one === undefined || two === undefined || three === undefined || four === undefined) return -1;
  return one > 125 || two > 9 || three > 125 || four > 9 ? -1 : ((one * 10 + two) * 126 + three) * 10 + four;
}

async function loadQuads(session: SqlSession): Promise<Int32Array> {
  const digits = Array.from({ length: 16 }, (_, i) => `SELECT ${i} AS n`).join(' UNION ALL ');
  const tables = Array.from({ length: 4 }, (_, i) => `(${digits}) AS d${i}`).join(', ');
  const code = 'CHAR(129 + n DIV 12600, 48 + n DIV 1260 % 10, 129 + n DIV 10 % 126, 48 + n % 10)';
  const rows = await session.query(
    `SELECT n, HEX(CONVERT(CONVERT(${code} USING gb18030) USING utf32)) AS point
     FROM (SELECT d0.n + 16 * d1.n + 256 * d2.n + 4096 * d3.n AS n FROM ${tables}) AS numbers
     WHERE n < ${BMP_QUADS}`,
  );
  const quads = new Int32Array(BMP_QUADS).fill(-1);
  for (const { n, point } of rows) {
    const character = readCodePoint(point);
    if (character >= 0) quads[Number(n)] = character;
  }
  return quads;
}
