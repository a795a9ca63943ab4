import { describe, expect, it } from 'vitest';
import * as mysql from '../../src/engines/mysql/dialect.js';
import * as postgresql from '../../src/engines/postgresql/dialect.js';
import { guardJson, guardText, visibleLine, visibleName } from '../../src/words/visible-text.js';
import { fuzz, fuzzTimeoutMs, hostileText } from './fuzz.js';

const ENGINES = [
  { engine: 'MySQL', quote: '`', ...mysql, decode: decodeHex },
  { engine: 'PostgreSQL', quote: '"', ...postgresql, decode: decodeQuoted },
] as const;

/** What MySQL reads in a literal of bytes; null where it is anything else. */
function decodeHex(literal: string): string | null {
  const [, hex = ''] = /^_utf8mb4(?:''| 0x((?:[\da-f]{2})+))$/.exec(literal) ?? [null, null];
  return hex === null ? null : Buffer.from(hex, 'hex').toString('utf8');
}

/** What PostgreSQL reads in a quoted literal; null where the quote ends before the literal does. */
function decodeQuoted(literal: string): string | null {
  const [, escaped, inside] = /^(?: (E))?'((?:[^'\\]|''|\\\\)*)'$/s.exec(literal) ?? [];
  if (inside === undefined) return null;
  const text = inside.replaceAll("''", "'");
  return Buffer.from(escaped === undefined ? text : text.replaceAll('\\\\', '\\'), 'utf8').toString('utf8');
}

describe('names and texts', () => {
  it.each(ENGINES)(
    'stay one quoted name of $engine',
    { timeout: fuzzTimeoutMs() },
    async ({ engine, quote, quoteName }) => {
      await fuzz(`names of ${engine}`, hostileText(), (name) => {
        const quoted = quoteName(name);
        expect(quoted.startsWith(quote) && quoted.endsWith(quote)).toBe(true);
        const inside = quoted.slice(1, -1);
        expect(inside.replaceAll(quote + quote, '')).not.toContain(quote);
        expect(inside.replaceAll(quote + quote, quote)).toBe(name);
      });
    },
  );

  it.each(ENGINES)(
    'stay one literal of $engine',
    { timeout: fuzzTimeoutMs() },
    async ({ engine, textLiteral, decode }) => {
      await fuzz(`literals of ${engine}`, hostileText(), (text) => {
        expect(decode(textLiteral(text))).toBe(Buffer.from(text, 'utf8').toString('utf8'));
      });
    },
  );

  it('are printed on one line, with nothing that a terminal or a build log obeys', {
    timeout: fuzzTimeoutMs(2),
  }, async () => {
    await fuzz('printed names', hostileText(), (name) => {
      for (const text of [visibleName(name), visibleLine(name)]) {
        expect(text).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(guardText(text)).not.toMatch(/^\s*::|##[\w.-]*\[/m);
      }
      const guarded = guardText(name);
      expect(guarded).not.toMatch(/^\s*::|##[\w.-]*\[/m);
      expect(guardText(guarded)).toBe(guarded);
    });
    await fuzz('texts in JSON', hostileText(), (text) => {
      const json = guardJson(JSON.stringify({ [`a${text}`]: text }, null, 2));
      expect(JSON.parse(json)).toEqual({ [`a${text}`]: text });
      expect(json).not.toMatch(/[^\P{C}\n]|##[\w.-]*\[/u);
    });
  });
});
