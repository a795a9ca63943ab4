import {
  type Alteration,
  type CauseRule,
  CERTAIN_BITS,
  type Explanation,
  TEXT_TYPES,
} from './explanation.js';

const NON_ASCII = /\P{ASCII}/u;
const FOUR_BYTES = /[\u{10000}-\u{10ffff}]/u;
const MOST_ROUNDS = 4;

/** What the bytes 0x80 to 0x9f are in cp1252; the five that it leaves open are controls, as they are to MySQL. */
const CP1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';
const CONTROL_OF = new Map([...CP1252].map((character, i) => [character, String.fromCharCode(0x80 + i)]));

/** Reads cp1252 as MySQL's latin1 does: every byte is a character. */
export function decodeCp1252(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (byte) => CP1252[byte.charCodeAt(0) - 0x80] ?? '');
}

/** The bytes of a text in cp1252, or null where it holds a character that cp1252 lacks. */
export function encodeCp1252(text: string): Buffer | null {
  const bytes = text.replace(
    /[\u20ac\u0152-\u02dc\u2013-\u2122]/g,
    (character) => CONTROL_OF.get(character) ?? character,
  );
  return /[\u0100-\u{10ffff}]/u.test(bytes) ? null : Buffer.from(bytes, 'latin1');
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that a text would be if it was encoded twice; null where nothing points to that. */
export function undoDoubleEncoding(text: string): string | null {
  if (!NON_ASCII.test(text)) return null;
  const bytes = encodeCp1252(text);
  if (bytes === null) return null;
  try {
    return strictUtf8.decode(bytes);
  } catch {
    // Bytes that are no UTF-8 were not encoded twice.
    return null;
  }
}

/** The character sets that UTF-8 is mistaken for, most common first; all have one character a byte. */
const MISTAKEN: readonly { readonly name: string; decode(bytes: Buffer): string }[] = [
  { name: 'cp1252', decode: decodeCp1252 },
  { name: 'latin1', decode: (bytes) => bytes.toString('latin1') },
  ...['windows-1250', 'windows-1251', 'iso-8859-15', 'macintosh'].map((name) => {
    const decoder = new TextDecoder(name);
    return { name, decode: (bytes: Buffer) => decoder.decode(bytes) };
  }),
];

function explainDoubleEncoding({ original, altered }: Alteration, found: Explanation[]): void {
  if (typeof original !== 'string' || typeof altered !== 'string' || altered.length <= original.length)
    return;
  if (!NON_ASCII.test(original)) return;
  for (const { name, decode } of MISTAKEN) {
    let text = original;
    for (let round = 1; round <= MOST_ROUNDS; round++) {
      if (Buffer.byteLength(text) > altered.length) break;
      text = decode(Buffer.from(text, 'utf8'));
      if (text !== altered) continue;
      const rounds = round === 1 ? '' : `, ${round} times over`;
      found.push({ cause: 'double-encoded', detail: `read as ${name}${rounds}`, bits: CERTAIN_BITS });
      break;
    }
  }
}

function explainControls({ original, altered }: Alteration, found: Explanation[]): void {
  if (typeof original !== 'string' || typeof altered !== 'string' || original.length !== altered.length)
    return;
  if (!/[\u0080-\u009f]/.test(altered)) return;
  const misread = original.replace(
    /[\u0100-\u{10ffff}]/gu,
    (character) => CONTROL_OF.get(character) ?? character,
  );
  if (misread === altered) found.push({ cause: 'cp1252-as-latin1', detail: '', bits: CERTAIN_BITS });
}

function explainCut({ original, altered }: Alteration, found: Explanation[]): void {
  if (typeof original !== 'string' || typeof altered !== 'string' || altered.length >= original.length)
    return;
  const at = original.search(FOUR_BYTES);
  if (at < 0 || at !== altered.length || !original.startsWith(altered)) return;
  const hasTail = [...original.slice(at)].length > 1;
  const bits = altered === '' ? LEAST_CUT_BITS : hasTail ? 16 : 10;
  found.push({ cause: 'cut-at-four-byte-character', detail: '', bits });
}

/** A text that begins with the character is gone as a whole, which other things do as well. */
const LEAST_CUT_BITS = 3;

/** The marks that stand for a character that a conversion could not write. */
const MARKS = [
  { mark: '?', name: "'?'" },
  { mark: '\ufffd', name: 'U+FFFD' },
  { mark: '\u001a', name: 'U+001A' },
  { mark: '\u00bf', name: "'\u00bf'" },
] as const;

/** How many marks a replaced character leaves: one, one for each UTF-16 unit, or one for each byte. */
const MARK_COUNTS: readonly { readonly name: string; count(character: string): number }[] = [
  { name: '', count: () => 1 },
  { name: ' for each UTF-16 unit', count: (character) => character.length },
  { name: ' for each byte', count: (character) => Buffer.byteLength(character) },
];

function explainReplacement({ original, altered }: Alteration, found: Explanation[]): void {
  if (typeof original !== 'string' || typeof altered !== 'string' || !NON_ASCII.test(original)) return;
  for (const { mark, name } of MARKS) {
    if (!altered.includes(mark)) continue;
    for (const { name: each, count } of MARK_COUNTS) {
      if (!isReplaced(original, altered, { mark, count })) continue;
      const provable = !MARKS.some((other) => other.mark !== mark && original.includes(other.mark));
      found.push({ cause: 'characters-replaced', detail: `by ${name}${each}`, bits: 20, provable });
    }
  }
}

/** Walks both texts: a character is kept, or is not ASCII and left its marks. */
function isReplaced(
  original: string,
  altered: string,
  { mark, count }: { readonly mark: string; count(character: string): number },
): boolean {
  let at = 0;
  for (const character of original) {
    if (altered.startsWith(character, at)) {
      at += character.length;
      continue;
    }
    const marks = count(character);
    if (character < '\u0080' || !altered.startsWith(mark.repeat(marks), at)) return false;
    at += marks;
  }
  return at === altered.length;
}

/** What a wrong character set does to text. */
export const textEncodingRules: readonly CauseRule[] = [
  explainDoubleEncoding,
  explainControls,
  explainCut,
  explainReplacement,
].map((explain) => ({ types: TEXT_TYPES, bothWays: true, explain }));
