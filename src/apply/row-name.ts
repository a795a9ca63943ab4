import type { Value } from '../core/difference.js';
import { type Lexicon, readTokens, type Token, unquoteString } from '../engines/sql-tokens.js';
import { formatValue } from '../words/value-text.js';
import type { RowStatement } from './row-statement.js';
import { isSymbol, isWord } from './token-cursor.js';

const MOST_VALUE_CHARACTERS = 60;
/** Character sets whose bytes below 0x80, or all of them, are those of UTF-8. */
const LIKE_UTF8 = /^_(utf8\w*|ascii)$/;
const PLAIN_BYTES = /^(?:[0-7][0-9a-f])*$/i;

/**
 * Names the row of a statement for people, alike on every engine: `id = 5, code = 'a'`. The condition that finds the row
 * says it with casts, operators and text as bytes.
 */
export function nameRow({ key }: RowStatement, columns: readonly string[], lexicon: Lexicon): string {
  const values = columns.map((column) => {
    const sql = key.find((condition) => condition.columns.includes(column))?.sql ?? '';
    const value = readComparedValue(sql, lexicon);
    const unread = sql.endsWith(' IS NULL') ? 'NULL' : sql;
    return `${column} = ${value === null ? unread : formatValue(value, MOST_VALUE_CHARACTERS)}`;
  });
  return values.join(', ');
}

/** What a condition compares its column with; null where that is no single value. */
function readComparedValue(sql: string, lexicon: Lexicon): Value {
  const tokens = readTokens(sql, lexicon);
  if ('fault' in tokens) return null;
  const operator = tokens.findIndex((token) => isSymbol(token, '=') || isSymbol(token, '<=>'));
  const isValue = ({ kind }: Token): boolean => kind === 'string' || kind === 'number';
  const at = tokens.findIndex((token, place) => place > operator && isValue(token));
  const token = tokens[at];
  if (operator < 0 || token === undefined) return null;
  const before = tokens[at - 1];
  if (token.kind === 'string') return readString(token, before, tokens[at - 2]);
  const hex = /^0x(.*)$/i.exec(token.text)?.[1];
  if (hex === undefined) return isSymbol(before, '-') ? `-${token.text}` : token.text;
  const charset = before?.kind === 'word' && before.text.startsWith('_') ? before.text : null;
  if (tokens.some((each, place) => isWord(each, 'USING') && isWord(tokens[place + 1], 'utf8mb4')))
    return Buffer.from(hex, 'hex').toString('utf8');
  if (charset === null || !(LIKE_UTF8.test(charset) || PLAIN_BYTES.test(hex))) return { hex };
  return Buffer.from(hex, 'hex').toString('utf8');
}

/** `decode('00ff', 'hex')` and `x''` are bytes. */
function readString({ text }: Token, before: Token | undefined, called: Token | undefined): Value {
  const isBytes = isWord(before, 'x') || (isSymbol(before, '(') && isWord(called, 'decode'));
  return isBytes ? { hex: unquoteString(text) } : unquoteString(text);
}
