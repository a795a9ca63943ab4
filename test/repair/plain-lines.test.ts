import { describe, expect, it } from 'vitest';
import type { Column } from '../../src/core/schema.js';
import { createPostgresqlRepairDialect } from '../../src/engines/postgresql/repair-dialect.js';
import { checkLines } from '../../src/repair/plain-lines.js';

async function check(text: string, engine: 'postgresql' | 'mariadb'): Promise<string> {
  let written = '';
  const pieces = (async function* () {
    yield text;
  })();
  for await (const piece of checkLines(pieces, { escapeStrings: engine === 'postgresql' })) written += piece;
  return written;
}

describe('the last look at a repair file', () => {
  it.each([
    ['a client command at the start of a line', '\\! touch /tmp/x\n'],
    ['a client command behind a statement', "SET x = 'y'; \\! touch /tmp/x\n"],
    ['a line break in a quoted name, behind which a command stands', 'SET "a\n\\! id\n" = 1;\n'],
    ['a carriage return', 'SET a = 1;\r\\! id\n'],
    ['a character that turns text round', "SET a = '\u202e';\n"],
    ['a quote that is left open', "SET a = 'b;\n"],
    ['a backslash behind a literal that ends early', "SET a = 'b\\'; \\! id; --';\n"],
    ['another beginning than that of a statement', 'delimiter //\n'],
    ['a line without an end', 'COMMIT;'],
  ])('refuses %s', async (_, text) => {
    await expect(check(text, 'postgresql')).rejects.toThrow(RangeError);
    if (!text.includes("'b\\'")) await expect(check(text, 'mariadb')).rejects.toThrow(RangeError);
  });

  it.each([
    [
      'a command within an escaped literal',
      '/*r 1.1*/ UPDATE "t" SET "a" = E\'\\\\! id \\n\' WHERE /*k*/ true /*g*/;\n',
    ],
    ['a quoted name with a backslash', '/*r 1.1*/ DELETE FROM "\\! id" WHERE /*k*/ true /*g*/;\n'],
    ['the one command that is wanted', '\\set ON_ERROR_STOP on\n'],
  ])('lets %s pass', async (_, text) => {
    expect(await check(text, 'postgresql')).toBe(text);
  });
});

it('writes a type with a hostile name as a quoted name, and its values as literals on one line', () => {
  const declared = 'x) = 1;\n\\! touch /tmp/pwned\n--';
  const type = { quoted: '"public".U&"x) = 1;\\000a\\\\! id"', operatorSchema: 'pg_catalog', labels: null };
  const dialect = createPostgresqlRepairDialect(new Map([[declared, type]]));
  const column: Column = {
    name: 'a\n\\! id',
    declared,
    wire: 'text',
    type: { kind: 'exact', name: declared },
    nullable: true,
    generated: false,
    identity: 'none',
    invisible: false,
    collation: null,
  };
  const guard = dialect.buildGuard({ value: 'v\n\\! id', from: column, to: column });
  expect(guard).toContain('CAST(E\'v\\u000a\\\\! id\' AS "public".U&"x) = 1;\\000a\\\\! id")');
  expect(guard).not.toContain('\n');
  const unknown = createPostgresqlRepairDialect(new Map());
  expect(unknown.buildGuard({ value: 'v', from: column, to: column })).toBeNull();
});

describe('a line of plain characters', () => {
  const pieces = [
    'a',
    ' ',
    "'",
    '"',
    '`',
    '\\',
    ';',
    "''",
    '--',
    '/*r 1.1*/ ',
    "DO '",
    'é',
    '\u007f',
    '\t',
    "E'",
  ];

  /** What the rules say, character by character. */
  function isAllowed(line: string): boolean {
    let quote = '';
    for (const character of line) {
      if (quote !== '') quote = character === quote ? '' : quote;
      else if (`'"\``.includes(character)) quote = character;
      else if (character === '\\') return false;
    }
    return quote === '' && !/[\p{Cc}\p{Cf}]/u.test(line);
  }

  it('passes exactly where all its quotes are closed and nothing is hidden, however they follow each other', async () => {
    let seed = 7;
    const draw = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    let passed = 0;
    for (let i = 0; i < 5000; i++) {
      const body = Array.from({ length: draw(9) }, () => pieces[draw(pieces.length)]).join('');
      const line = `SET a = ${body};`;
      // An escape may be within an escaped text, of which other tests tell.
      if (/E'.*\\/.test(line)) continue;
      const passes = await check(`${line}\n`, 'mariadb').then(
        () => true,
        () => false,
      );
      expect({ line, passes }).toEqual({ line, passes: isAllowed(line) });
      if (passes) passed++;
    }
    expect(passed).toBeGreaterThan(500);
  });

  it('may be very long', async () => {
    const line = `SET a = '${"it''s ".repeat(3_000_000)}';\n`;
    expect(await check(line, 'postgresql')).toBe(line);
    await expect(check(`SET a = '${"it''s ".repeat(3_000_000)};\n`, 'postgresql')).rejects.toThrow(
      RangeError,
    );
  });
});
