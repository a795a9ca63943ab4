import { findEscapedEnd } from '../core/escaped-text.js';
import type { RepairDialect } from '../engines/repair.js';

/** How the engine of a file quotes. */
type Quoting = Pick<RepairDialect, 'escapeStrings'>;

/** The one client command of a file: without it `psql` would go on behind an error. */
const STOP_ON_ERROR = '\\set ON_ERROR_STOP on';
/** What a line of a file may begin with; everything else could be a command of a client. */
const BEGINNINGS =
  /(?:--(?: |$)|\/\*[ra] \d+(?:\.\d+)?\*\/ |BEGIN;|START TRANSACTION;|COMMIT;|SET (?:SESSION |CONSTRAINTS |NAMES |@rowproof_)?[A-Za-z]|DO ')/my;
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * The last look at a file before it is written: no line may be taken by `psql` or `mysql` for a command of its own, such
 * as one that runs a shell, and none may hold a character that a terminal obeys or hides. Names and values come from
 * servers, which may lie; whatever went wrong before, such a line ends the writing.
 */
export async function* checkLines(pieces: AsyncIterable<string>, quoting: Quoting): AsyncGenerator<string> {
  for await (const piece of pieces) {
    if (piece !== '' && !piece.endsWith('\n')) throw new RangeError('A repair file has an unfinished line');
    for (let start = 0; start < piece.length; ) {
      const end = piece.indexOf('\n', start);
      if (!isPlain(piece, start, end)) checkLine(piece.slice(start, end), quoting);
      start = end + 1;
    }
    yield piece;
  }
}

/** A text in quotes of a kind, without an escape; a doubled quote ends a text and begins the next one. */
const quotedIn = (quote: string): string => `${quote}[^${quote}\\\\\\x00-\\x1f\\x7f-\\uffff]*${quote}`;
const BARE = '[^\'"`\\\\\\x00-\\x1f\\x7f-\\uffff]*';
/**
 * A line that begins as it may, with no hidden character, no escape and no quote left open, and its end. No two parts of the expression
 * can begin with the same character, so that it reads each once.
 */
const PLAIN = new RegExp(
  `(?=${BEGINNINGS.source})${BARE}(?:(?:${["'", '"', '`'].map(quotedIn).join('|')})${BARE})*\\n`,
  'my',
);
/** The expression keeps places to go back to, for which it has not room for any line. */
const MOST_PLAIN_CHARACTERS = 1 << 14;

/** False for a line that needs a closer look. */
function isPlain(piece: string, start: number, end: number): boolean {
  if (end - start > MOST_PLAIN_CHARACTERS) return false;
  PLAIN.lastIndex = start;
  return PLAIN.test(piece) && PLAIN.lastIndex === end + 1;
}

function checkLine(line: string, quoting: Quoting): void {
  if (line === '' || line === STOP_ON_ERROR) return;
  if (UNSAFE.test(line)) throw new RangeError('A line of a repair file holds a control character');
  BEGINNINGS.lastIndex = 0;
  if (!BEGINNINGS.test(line)) throw new RangeError('A line of a repair file begins with no statement');
  if (!line.startsWith('--')) checkQuotes(line, quoting);
}

/** Steps from quote to quote: an expression would need room for each, and a text may have millions. */
function checkQuotes(line: string, { escapeStrings }: Quoting): void {
  const special = /['"`\\]/g;
  for (let found = special.exec(line); found !== null; found = special.exec(line)) {
    const { index } = found;
    if (found[0] === '\\') throw new RangeError('A line of a repair file holds a client command');
    const isEscaped =
      escapeStrings && found[0] === "'" && BEGINS_ESCAPED.test(line.slice(Math.max(0, index - 2), index));
    const end = isEscaped ? findTextEnd(line, index + 1) : line.indexOf(found[0], index + 1);
    if (end < 0) throw new RangeError('A line of a repair file leaves a quote open');
    special.lastIndex = end + 1;
  }
}

/** What stands before a text in which a backslash escapes. */
const BEGINS_ESCAPED = /(?:^|\W)[Ee]$/;

/** Where such a text ends, of which the first character is at `start`; below 0 where it does not. Two quotes stand for one. */
function findTextEnd(line: string, start: number): number {
  for (let from = start; ; ) {
    const end = findEscapedEnd(line, from, "'");
    if (end < 0 || line[end + 1] !== "'") return end;
    from = end + 2;
  }
}
