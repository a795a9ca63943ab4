import { describe, expect, it } from 'vitest';
import { hasOnlyDoubles } from '../../src/engines/repair-limits.js';
import { readTokens } from '../../src/engines/sql-tokens.js';
import { readTextArray, writeTextArray } from '../../src/engines/text-array.js';

/** More characters than an expression that goes back and forth has room for. */
const MANY = 12_000_000;

describe('numbers of a JSON text', () => {
  it.each([
    ['{"a": 1, "b": [2.5, -1e3]}', true],
    ['{"a": 18446744073709551615}', true],
    ['{"a": 18446744073709551616}', false],
    ['{"a": 0.1234567890123456789}', false],
    ['{"a": 1e400}', false],
    ['{"0.1234567890123456789": "\\" 1e400 \\\\"}', true],
    ['{"a": "\\\\", "b": 1e400}', false],
    ['"1e400', true],
  ])('%s', (json, isKept) => {
    expect(hasOnlyDoubles(json)).toBe(isKept);
  });

  it('are found behind a text of any length', () => {
    for (const text of ['x'.repeat(MANY), '\\n'.repeat(MANY)]) {
      expect(hasOnlyDoubles(`{"a": "${text}", "b": 1}`)).toBe(true);
      expect(hasOnlyDoubles(`{"a": "${text}", "b": 1e400}`)).toBe(false);
    }
  });
});

describe('an array of texts', () => {
  it.each([
    ['{}', []],
    ['{a,"b c",NULL,"NULL"}', ['a', 'b c', null, 'NULL']],
    ['{"a\\"b","c\\\\",""}', ['a"b', 'c\\', '']],
    ['{"a,}{b"}', ['a,}{b']],
    ['{"a\\nb"}', ['anb']],
  ])('%s', (text, elements) => {
    expect(readTextArray(text)).toEqual(elements);
  });

  it.each([
    '',
    '{',
    '}',
    '{a',
    '{a,}',
    '{,a}',
    '{,}',
    '{a}b',
    '{{a},{b}}',
    '[0:1]={a,b}',
    '{"a}',
    '{"a"b}',
    '{a"b"}',
  ])('is none where it is %s', (text) => {
    expect(readTextArray(text)).toBeNull();
  });

  it('comes back as it was written, whatever is in it', () => {
    const texts = ['', 'a', 'NULL', '{}', ',', '"', '\\', '\\"', 'é\n', `${'x'.repeat(MANY)}"`];
    expect(readTextArray(writeTextArray(texts))).toEqual(texts);
  });
});

it('a statement is cut into tokens in one go, however many quotes and escapes its texts have', () => {
  const text = `E'${'\\\\'.repeat(MANY / 4)}${"''".repeat(MANY / 4)}'`;
  const tokens = readTokens(`SET a = ${text};`, { nameQuote: '"', escapeStrings: true });
  expect(Array.isArray(tokens) && tokens.map(({ kind }) => kind)).toEqual([
    'word',
    'word',
    'symbol',
    'string',
    'symbol',
  ]);
  expect(Array.isArray(tokens) && tokens[3]?.text === text).toBe(true);
  expect(readTokens(`${text.slice(0, -1)};`, { nameQuote: '"', escapeStrings: true })).toHaveProperty(
    'fault',
  );
});
