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
  const quoted = quotedBy(quoting);
  for await (const piece of pieces) {
    if (piece !== '' && !piece.endsWith('\n')) throw new RangeError('A repair file has an unfinished line');
    for (let start = 0; start < piece.length; ) {
      const end = piece.indexOf('\n', start);
      if (!isPlain(piece, start, end)) checkLine(piece.slice(start, end), quoted);
      start = end + 1;
    }
    yield piece;
  }
}

const [APOSTROPHE, DOUBLE_QUOTE, BACKTICK, BACKSLASH] = [0x27, 0x22, 0x60, 0x5c];

/**
 * Whether nothing is wrong with a line that has no hidden character and no escape, in which a doubled quote ends a text and
 * begins the next one. False for any other line, which needs a closer look.
 */
function isPlain(piece: string, start: number, end: number): boolean {
  BEGINNINGS.lastIndex = start;
  if (!BEGINNINGS.test(piece)) return false;
  let quote = 0;
  for (let at = start; at < end; at++) {
    const code = piece.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || code === BACKSLASH) return false;
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === APOSTROPHE || code === DOUBLE_QUOTE || code === BACKTICK) quote = code;
  }
  return quote === 0;
}

function checkLine(line: string, quoted: RegExp): void {
  if (line === '' || line === STOP_ON_ERROR) return;
  if (UNSAFE.test(line)) throw new RangeError('A line of a repair file holds a control character');
  BEGINNINGS.lastIndex = 0;
  if (!BEGINNINGS.test(line)) throw new RangeError('A line of a repair file begins with no statement');
  if (line.startsWith('--')) return;
  const bare = withoutQuoted(line, quoted);
  if (bare === null) throw new RangeError('A line of a repair file leaves a quote open');
  if (bare.includes('\\')) throw new RangeError('A line of a repair file holds a client command');
}

function quotedBy({ escapeStrings }: Quoting): RegExp {
  const escaped = escapeStrings ? /\b[Ee]'(?:[^'\\]|\\.|'')*'/g : /(?!)/g;
  const plain = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`/g;
  return new RegExp(`${escaped.source}|${plain.source}`, 'g');
}

/** A line with nothing in its quotes; null where one is left open. */
function withoutQuoted(line: string, quoted: RegExp): string | null {
  const bare = line.replace(quoted, '_');
  return /['"`]/.test(bare) ? null : bare;
}
