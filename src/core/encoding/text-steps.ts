import type { ByteSink } from './byte-sink.js';
import { encodeNull, encodeSpan, TAG } from './canonical.js';

const SPACE = 0x20;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Where the content of the text or bytes at `start` begins. */
function contentStart(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while ((bytes[at] as number) > 0x7f) at++;
  return at + 1;
}

/** Takes leading and trailing spaces (U+0020) from text. */
export function trimSpaces(sink: ByteSink, start: number): void {
  if (sink.bytes[start] !== TAG.text) return;
  const begin = contentStart(sink.bytes, start);
  let from = begin;
  let to = sink.length;
  while (from < to && sink.bytes[from] === SPACE) from++;
  while (to > from && sink.bytes[to - 1] === SPACE) to--;
  if (from === begin && to === sink.length) return;
  // The length is written over the old one, and must find room without moving what follows.
  sink.reserve(8);
  sink.length = start + 1;
  sink.writeLength(to - from);
  sink.bytes.copyWithin(sink.length, from, to);
  sink.length += to - from;
}

/** Encodes empty text, and empty bytes, as NULL. */
export function emptyAsNull(sink: ByteSink, start: number): void {
  const tag = sink.bytes[start];
  if ((tag !== TAG.text && tag !== TAG.bytes) || sink.bytes[start + 1] !== 0) return;
  sink.length = start;
  encodeNull(sink);
}

/** Folds letters that differ only in case into one. */
export function foldCase(sink: ByteSink, start: number): void {
  if (sink.bytes[start] !== TAG.text) return;
  const { bytes } = sink;
  const from = contentStart(bytes, start);
  for (let i = from; i < sink.length; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) {
      foldUnicode(sink, start, from);
      return;
    }
    if (byte >= 0x41 && byte <= 0x5a) bytes[i] = byte + 0x20;
  }
}

function foldUnicode(sink: ByteSink, start: number, from: number): void {
  let text: string;
  try {
    text = strictUtf8.decode(sink.bytes.subarray(from, sink.length));
  } catch {
    // What is no text has no letters: its bytes stay as they are.
    return;
  }
  const utf8 = Buffer.from(text.replace(CASED, foldCharacter), 'utf8');
  sink.length = start;
  encodeSpan(sink, TAG.text, utf8, 0, utf8.length);
}

/** Every character that has another case. */
const CASED = /[\p{Changes_When_Lowercased}\p{Changes_When_Uppercased}]/gu;

/** Letters of Turkish that Unicode pairs with no letter of other languages. */
const OWN_LETTERS = new Set(['\u0130', '\u0131']);

/**
 * The simple case folding of Unicode, one character to one: ς, σ and Σ are one letter; ß and ss stay two.
 *
 * @see https://www.unicode.org/Public/UCD/latest/ucd/CaseFolding.txt
 */
function foldCharacter(character: string): string {
  if (OWN_LETTERS.has(character)) return character;
  const upper = character.toUpperCase();
  const single = [...upper].length === 1 ? upper : character;
  const lower = single.toLowerCase();
  return [...lower].length === 1 ? lower : character;
}
