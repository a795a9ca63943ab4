import type { Lexicon } from './sql-tokens.js';

/** What stands for a literal, as in the statements of a prepared query. */
const HIDDEN = '?';
const NUMBER = /0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[@A-Za-z_\u0080-\uffff][\w$@\u0080-\uffff]*/y;
const DOLLAR_QUOTE = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
/** Words that say how the literal right behind them is spelled; they are part of it. */
const PREFIX = /^(?:[eEbBxXnN]|_\w+)$/;

/**
 * A statement without the values in it: literals of every spelling become `?`, and comments go, because they may quote
 * what they are about. Names stay. What is open at the end of the text is hidden to its end, so a statement that was cut
 * off shows nothing more.
 */
export function hideLiterals(sql: string, lexicon: Lexicon): string {
  let shown = '';
  let at = 0;
  while (at < sql.length) {
    const { end, text } = readPart(sql, at, lexicon);
    shown += text;
    at = end;
  }
  return shown;
}

/**
 * What a program of a server does, without its literals; null where a backslash stands before a quote: whether the literal
 * ends there hangs on settings of whoever runs it, so that nobody can say which half is a name.
 */
export function showProgram(sql: string, lexicon: Lexicon): string | null {
  return /\\['"`]/.test(sql) ? null : hideLiterals(sql, lexicon);
}

interface Part {
  readonly end: number;
  readonly text: string;
}

function readPart(sql: string, at: number, { nameQuote, escapeStrings }: Lexicon): Part {
  const first = sql[at] ?? '';
  if (first === nameQuote) {
    const end = endOfQuoted(sql, at, { quote: nameQuote, escapes: false });
    return { end, text: sql.slice(at, end) };
  }
  if (first === "'" || first === '"')
    return hidden(endOfQuoted(sql, at, { quote: first, escapes: !escapeStrings }));
  const comment = endOfComment(sql, at, escapeStrings);
  if (comment !== null) return { end: comment, text: ' ' };
  const dollar = escapeStrings ? matchAt(DOLLAR_QUOTE, sql, at) : null;
  if (dollar !== null) return hidden(behind(sql, dollar, at + dollar.length));
  const word = matchAt(WORD, sql, at);
  if (word !== null) return readWord(sql, { word, end: at + word.length, escapeStrings });
  const number = matchAt(NUMBER, sql, at);
  return number === null ? { end: at + 1, text: first } : hidden(at + number.length);
}

interface Word {
  readonly word: string;
  readonly end: number;
  readonly escapeStrings: boolean;
}

/** `E'…'` has escapes by backslash in an engine whose plain strings have none; `U&"…"` is a name. */
function readWord(sql: string, { word, end, escapeStrings }: Word): Part {
  if (/^u$/i.test(word) && sql.startsWith('&', end) && /['"]/.test(sql[end + 1] ?? '')) {
    const quote = sql[end + 1] ?? '';
    const last = endOfQuoted(sql, end + 1, { quote, escapes: false });
    return quote === '"' ? { end: last, text: `${word}&${sql.slice(end + 1, last)}` } : hidden(last);
  }
  if (!PREFIX.test(word) || sql[end] !== "'") return { end, text: word };
  const escapes = /^e$/i.test(word) || !escapeStrings;
  return hidden(endOfQuoted(sql, end, { quote: "'", escapes }));
}

function hidden(end: number): Part {
  return { end, text: HIDDEN };
}

/** Where a quoted part ends that begins at `start`. */
function endOfQuoted(
  sql: string,
  start: number,
  { quote, escapes }: { readonly quote: string; readonly escapes: boolean },
): number {
  let at = start + 1;
  while (at < sql.length) {
    if (escapes && sql[at] === '\\') at += 2;
    else if (sql[at] !== quote) at++;
    else if (sql[at + 1] === quote) at += 2;
    else return at + 1;
  }
  return sql.length;
}

/** A comment in a comment ends with its own mark in PostgreSQL; elsewhere that hides too much, never too little. */
function endOfComment(sql: string, at: number, isStandard: boolean): number | null {
  if (sql.startsWith('/*', at)) return endOfBlock(sql, at);
  const isLine = isStandard ? sql.startsWith('--', at) : /^(?:#|--(?:\s|$))/.test(sql.slice(at, at + 3));
  return isLine ? behind(sql, '\n', at) : null;
}

function endOfBlock(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at++) {
    if (sql.startsWith('/*', at)) {
      depth++;
      at++;
    } else if (sql.startsWith('*/', at)) {
      depth--;
      at++;
      if (depth === 0) return at + 1;
    }
  }
  return sql.length;
}

function behind(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found === -1 ? sql.length : found + mark.length;
}

function matchAt(pattern: RegExp, sql: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0] ?? null;
}
