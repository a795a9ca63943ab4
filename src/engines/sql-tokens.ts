import { findEscapedEnd } from '../core/escaped-text.js';

/** A piece of a statement. `mark` is a comment by which the writer of repair files says what stands where. */
export interface Token {
  readonly kind: 'mark' | 'name' | 'string' | 'number' | 'word' | 'symbol';
  /** As it stands in the statement; of a mark, what is inside the comment. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** How an engine quotes. */
export interface Lexicon {
  readonly nameQuote: '"' | '`';
  /** Whether `E'…'` is a string with backslash escapes. Where it is not, no string may hold a backslash at all. */
  readonly escapeStrings: boolean;
}

const MARK = /\/\*(r \d{1,9}\.\d{1,15}|k|g)\*\//y;
const WORD = /(?:@rowproof_|[A-Za-z_])[A-Za-z0-9_]*/y;
const NUMBER = /0x[0-9a-fA-F]*|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const SYMBOL = /<=>|<=|<>|[<>]|::|[(),.;=+*[\]]|-(?!-)/y;

/**
 * Cuts a statement of a repair file into tokens, or says what in it the writer of repair files never writes: any other
 * comment, control characters, an open quote. Quotes are found by searching, because a value may have many megabytes.
 */
export function readTokens(sql: string, lexicon: Lexicon): Token[] | { readonly fault: string } {
  const tokens: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    if (sql[at] === ' ') {
      at++;
      continue;
    }
    const token = readToken(sql, at, lexicon);
    if (token === null) return { fault: `has an unexpected ${describeCharacter(sql, at)}` };
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function readToken(sql: string, start: number, lexicon: Lexicon): Token | null {
  const first = sql[start] ?? '';
  if (first === lexicon.nameQuote)
    return readQuoted(sql, start, { kind: 'name', quote: first, escapes: false });
  if (first === "'") return readPlainString(sql, start, lexicon);
  if (first === 'E' && sql[start + 1] === "'" && lexicon.escapeStrings) {
    const found = readQuoted(sql, start + 1, { kind: 'string', quote: "'", escapes: true });
    return found === null ? null : { ...found, start, text: sql.slice(start, found.end) };
  }
  if (first === 'U' && sql.startsWith('U&"', start) && lexicon.escapeStrings) {
    const found = readQuoted(sql, start + 2, { kind: 'name', quote: '"', escapes: false });
    return found === null ? null : { ...found, start, text: sql.slice(start, found.end) };
  }
  const mark = matchAt(MARK, sql, start);
  if (mark !== null) return { kind: 'mark', text: mark.slice(2, -2), start, end: start + mark.length };
  for (const [kind, pattern] of [
    ['word', WORD],
    ['number', NUMBER],
    ['symbol', SYMBOL],
  ] as const) {
    const text = matchAt(pattern, sql, start);
    if (text !== null) return { kind, text, start, end: start + text.length };
  }
  return null;
}

function readPlainString(sql: string, start: number, { escapeStrings }: Lexicon): Token | null {
  const found = readQuoted(sql, start, { kind: 'string', quote: "'", escapes: false });
  return found !== null && !escapeStrings && found.text.includes('\\') ? null : found;
}

interface Quoted {
  readonly kind: 'name' | 'string';
  readonly quote: string;
  readonly escapes: boolean;
}

function readQuoted(sql: string, start: number, { kind, quote, escapes }: Quoted): Token | null {
  for (let at = start + 1; ; ) {
    const end = escapes ? findEscapedEnd(sql, at, "'") : sql.indexOf(quote, at);
    if (end < 0) return null;
    if (sql[end + 1] !== quote) return { kind, text: sql.slice(start, end + 1), start, end: end + 1 };
    at = end + 2;
  }
}

function matchAt(pattern: RegExp, sql: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0] ?? null;
}

function describeCharacter(sql: string, at: number): string {
  const code = sql.codePointAt(at) ?? 0;
  if (code < 32 || code > 126) return `character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return sql[at] === "'" || sql[at] === '"' || sql[at] === '`' ? 'quote' : `"${sql.slice(at, at + 2)}"`;
}

const NAME_ESCAPE = /\\(?:\\|\+([0-9a-f]{6})|([0-9a-f]{4}))/gi;

/** The name that a quoted name stands for; `U&"…"` has escapes of code points. */
export function unquoteName(text: string): string {
  if (text.startsWith('U&')) {
    const escaped = unquoteName(text.slice(2));
    return escaped.replace(NAME_ESCAPE, (pair, long?: string, short?: string) =>
      pair === '\\\\' ? '\\' : String.fromCodePoint(Number.parseInt(long ?? short ?? '', 16)),
    );
  }
  const quote = text[0] ?? '';
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}

const STRING_ESCAPE = /\\(?:U([0-9a-f]{8})|u([0-9a-f]{4})|(.))/gs;

/** The text that a string literal stands for; `E'…'` has escapes of code points. */
export function unquoteString(text: string): string {
  if (!text.startsWith('E')) return text.slice(1, -1).replaceAll("''", "'");
  const plain = text.slice(2, -1).replaceAll("''", "'");
  return plain.replace(STRING_ESCAPE, (_all, long?: string, short?: string, character?: string) =>
    character === undefined ? String.fromCodePoint(Number.parseInt(long ?? short ?? '', 16)) : character,
  );
}
