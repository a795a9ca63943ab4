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

/** Makes a sentence safe to print like a name, on one line. */
export function visibleLine(sentence: string): string {
  return sentence.replace(INVISIBLE, escapeCharacter).trimEnd();
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

/** What we write ourselves: colours, the sequence that clears a line of progress, line breaks. */
const ESCAPE = '\u001b';
const OWN_OR_OBEYED = new RegExp(
  String.raw`${ESCAPE}\[(?:[0-2]|3[1-3])m|\r${ESCAPE}\[K|\n|[\p{C}\p{Zl}\p{Zp}]`,
  'gu',
);
/** `##vso[…]`, `##[…]` and `##teamcity[…]`, which some build servers obey wherever they stand in a line. */
const BUILD_COMMAND = /##(?=[\w.-]*\[)/g;
/** `::error::…`, which others obey at the start of a line; they pass over space and we over colours. */
const LINE_COMMAND = new RegExp(String.raw`^((?:${ESCAPE}\[[\dK]+m?|[^\S\n])*):(?=:)`, 'gm');

/**
 * The last gate of every text for people, on its way to a terminal, a file or a build log: a control character that is
 * none of our own and the commands that build servers take from logs are spelled out.
 *
 * Names and messages were made visible where they were put in; this holds where that was forgotten, and a command is
 * known only by its place in the finished line.
 */
export function guardText(text: string): string {
  return text
    .replace(OWN_OR_OBEYED, (found) =>
      found === '\n' || found.includes(`${ESCAPE}[`) ? found : escapeCharacter(found),
    )
    .replace(BUILD_COMMAND, '\\u{23}#')
    .replace(LINE_COMMAND, '$1\\u{3a}');
}

const UNSEEN_IN_JSON = /(?!\n)[\p{C}\p{Zl}\p{Zp}]|(?<=#)#/gu;

/**
 * The last gate of JSON: it stays the same value, but what a terminal or a build log would obey, and what a reader would not
 * see, is written as `\uXXXX`. Only texts hold such characters, so they may be replaced wherever they stand.
 */
export function guardJson(json: string): string {
  return NOTHING_TO_GUARD.test(json) ? json : json.replace(UNSEEN_IN_JSON, spellUnits);
}

/** The same of many lines at once, of which each is guarded by itself where any needs it. */
export function guardJsonLines(lines: string): string {
  return NOTHING_TO_GUARD.test(lines) ? lines : lines.split('\n').map(guardJson).join('\n');
}

/** What most lines are: characters that everybody sees, and none of which two make a mark. */
const NOTHING_TO_GUARD = /^[\n -"$-~]*$/;

const UNSEEN = /(?![\n\t])[\p{C}\p{Zl}\p{Zp}]/gu;

/** Spells every character that nobody sees, or that a file format cannot hold, as `\u0001`; line ends and tabs stay. */
export function spellUnseen(text: string): string {
  return text.replace(UNSEEN, spellUnits);
}

/** Spells a text as `\u0001`, as JSON does, one for each UTF-16 unit. */
export function spellUnits(found: string): string {
  return [...Array(found.length).keys()]
    .map((index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
}

function markEdgeSpaces(text: string): string {
  return text.replace(/^ +| +$/g, (spaces) => SPACE_MARK.repeat(spaces.length));
}
