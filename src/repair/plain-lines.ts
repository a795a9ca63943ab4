import type { RepairDialect } from '../engines/repair.js';

/** How the engine of a file quotes. */
type Quoting = Pick<RepairDialect, 'escapeStrings'>;

/** The one client command of a file: without it `psql` would go on behind an error. */
const STOP_ON_ERROR = '\\set ON_ERROR_STOP on';
/** What a line of a file may begin with; everything else could be a command of a client. */
const BEGINNINGS =
  /^(?:--(?: |$)|\/\*[ra] \d+(?:\.\d+)?\*\/ |BEGIN;|START TRANSACTION;|COMMIT;|SET (?:SESSION |CONSTRAINTS |NAMES |@rowproof_)?[A-Za-z]|DO ')/;
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
    for (const line of piece.split('\n')) checkLine(line, quoted);
    yield piece;
  }
}

function checkLine(line: string, quoted: RegExp): void {
  if (line === '' || line === STOP_ON_ERROR) return;
  const open = scanPlain(line);
  if (open !== null) {
    if (!BEGINNINGS.test(line)) throw new RangeError('A line of a repair file begins with no statement');
    if (open && !line.startsWith('--')) throw new RangeError('A line of a repair file leaves a quote open');
    return;
  }
  if (UNSAFE.test(line)) throw new RangeError('A line of a repair file holds a control character');
  if (!BEGINNINGS.test(line)) throw new RangeError('A line of a repair file begins with no statement');
  if (line.startsWith('--')) return;
  const bare = withoutQuoted(line, quoted);
  if (bare === null) throw new RangeError('A line of a repair file leaves a quote open');
  if (bare.includes('\\')) throw new RangeError('A line of a repair file holds a client command');
}

const BACKSLASH = 0x5c;
const QUOTES: ReadonlySet<number> = new Set([0x27, 0x22, 0x60]);

/**
 * Whether a line leaves a quote open, of which no character is hidden or an escape: then a quote that is doubled ends a text
 * and begins the next one. Null for any other line, which needs a closer look.
 */
function scanPlain(line: string): boolean | null {
  let quote = 0;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || code === BACKSLASH) return null;
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (QUOTES.has(code)) quote = code;
  }
  return quote !== 0;
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
