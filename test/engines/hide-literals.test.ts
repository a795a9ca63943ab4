import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hideLiterals } from '../../src/engines/hide-literals.js';
import type { Lexicon } from '../../src/engines/sql-tokens.js';

const MYSQL: Lexicon = { nameQuote: '`', escapeStrings: false };
const POSTGRESQL: Lexicon = { nameQuote: '"', escapeStrings: true };

describe('a statement without its values', () => {
  it.each([
    [MYSQL, "SELECT `a'1` FROM t1 WHERE b = 'x' AND c > 1.5e3", "SELECT `a'1` FROM t1 WHERE b = ? AND c > ?"],
    [MYSQL, 'SELECT \'it\\\'s 5\' AS `n`, "say \\"5\\""', 'SELECT ? AS `n`, ?'],
    [MYSQL, "_utf8mb4'x' x'ff' 0xff N'a\\'b' b'01'", '? ? ? ? ?'],
    [MYSQL, "a = 5--3 AND b = 'x\ny'", 'a = ?--? AND b = ?'],
    [MYSQL, "a = 1 # it's\nAND b = 'x'", 'a = ?  AND b = ?'],
    [MYSQL, 'a = @rowproof_x AND b = -5', 'a = @rowproof_x AND b = -?'],
    [
      POSTGRESQL,
      'SELECT "a""5" FROM "t" WHERE b = \'x\\\' AND c = 5',
      'SELECT "a""5" FROM "t" WHERE b = ? AND c = ?',
    ],
    [POSTGRESQL, "E'it\\'s' U&'d\\0061t' U&\"d\\0061t\" $$a'b$$ $q$c$q$", '? ? U&"d\\0061t" ? ?'],
    [POSTGRESQL, "a = 1 -- it's\nAND b = 'x'", 'a = ?  AND b = ?'],
    [POSTGRESQL, "a /* one /* two ' */ 'three' */ = 'x'", 'a   = ?'],
    [POSTGRESQL, "b = 'open at the end 5", 'b = ?'],
    [POSTGRESQL, "café1 = '1'::int4", 'café1 = ?::int4'],
  ])('%o %s', (lexicon, sql, expected) => {
    expect(hideLiterals(sql, lexicon)).toBe(expected);
  });

  it.each([
    ['MySQL', MYSQL],
    ['PostgreSQL', POSTGRESQL],
  ])('shows nothing of any text that %s would take for a value', (_name, lexicon) => {
    const quote = (text: string): string =>
      `'${(lexicon.escapeStrings ? text : text.replaceAll('\\', '\\\\')).replaceAll("'", "''")}'`;
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('#', "'", '"', '`', '\\', '-', '/', '*', '$', 'E', ' ') }),
        (text) => {
          expect(hideLiterals(`a = ${quote(text)} AND b = ${quote('SECRET')} OR c`, lexicon)).toBe(
            'a = ? AND b = ? OR c',
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});
