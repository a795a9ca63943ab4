/** Stands for a space that would otherwise be invisible: a leading or a trailing one. */
const SPACE_MARK = '␠';

/** Controls, format characters, lone surrogates, unassigned code points, and every space but the plain one. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}␠]|(?! )\p{Zs}/gu;
const NOT_PRINTABLE_ASCII = /[^\x20-\x7e]/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
};

/**
 * Makes a table, column or other name safe to print: what a terminal would obey or hide is spelled out.
 *
 * A name comes from the database, so an escape sequence in it could repaint the report that accuses it.
 */
export function visibleName(name: string): string {
  return markEdgeSpaces(name.replace(INVISIBLE, escapeCharacter));
}

/** Makes a sentence safe to print like a name, but keeps its line breaks. */
export function visibleMessage(message: string): string {
  return message
    .split(/\r?\n/)
    .map((line) => line.replace(INVISIBLE, escapeCharacter).trimEnd())
    .join('\n');
}

/**
 * Spells each character of a text so that two different texts never print alike: backslashes, quotes and invisible
 * characters are escaped, spaces at both ends are marked. `ascii` escapes everything outside ASCII too, for texts that
 * only look the same.
 */
export function visibleCharacters(
  characters: readonly string[],
  { ascii }: { readonly ascii: boolean },
): string[] {
  const first = characters.findIndex((character) => character !== ' ');
  const last = characters.findLastIndex((character) => character !== ' ');
  return characters.map((character, index) => {
    const atEdge = first === -1 || index < first || index > last;
    if (character === ' ' && atEdge) return ascii ? '\\u{20}' : SPACE_MARK;
    if (character === '\\' || character === "'") return `\\${character}`;
    return character.replace(ascii ? NOT_PRINTABLE_ASCII : INVISIBLE, escapeCharacter);
  });
}

function escapeCharacter(character: string): string {
  return SHORT_ESCAPES[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function markEdgeSpaces(text: string): string {
  return text.replace(/^ +| +$/g, (spaces) => SPACE_MARK.repeat(spaces.length));
}
