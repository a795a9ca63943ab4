import { describe, expect, it } from 'vitest';
import { type Change, diagnose, pairOf, reversed, TEXT } from './diagnose-values.js';

const text = pairOf('note', 'text');
const utf8 = (value: string): Buffer => Buffer.from(value, 'utf8');

/** Names, and what becomes of them when their UTF-8 is read as cp1252 once and twice. */
const MISREAD = [
  ['Zoë', 'ZoÃ«', 'ZoÃƒÂ«'],
  ['Ångström', 'Ã…ngstrÃ¶m', 'Ãƒâ€¦ngstrÃƒÂ¶m'],
  ['naïve café', 'naÃ¯ve cafÃ©', 'naÃƒÂ¯ve cafÃƒÂ©'],
  ['日本', 'æ—¥æœ¬', 'Ã¦â€”Â¥Ã¦Å“Â¬'],
  ['price: 5 €', 'price: 5 â‚¬', 'price: 5 Ã¢â€šÂ¬'],
  ['😀 smile', 'ðŸ˜€ smile', 'Ã°Å¸Ëœâ‚¬ smile'],
] as const;
const encoded = MISREAD.map(([name, once]): Change => [name, once]);
const misreadAsLatin1 = (value: string): string => utf8(value).toString('latin1');

/** Cause, changes, and what must be said of them and of the same with the sides exchanged; null where that is nothing. */
const CASES: readonly (readonly [string, readonly Change[], string, string | null])[] = [
  [
    'text encoded twice through cp1252',
    encoded,
    'double-encoded, read as cp1252: 6 of 6 proved',
    'double-encoded, read as cp1252, on the source: 6 of 6 proved',
  ],
  [
    'text encoded twice through latin1',
    MISREAD.map(([name]) => [name, misreadAsLatin1(name)]),
    'double-encoded, read as latin1: 6 of 6 proved',
    'double-encoded, read as latin1, on the source: 6 of 6 proved',
  ],
  [
    'text encoded three times',
    MISREAD.map(([name, , twice]) => [name, twice]),
    'double-encoded, read as cp1252, 2 times over: 6 of 6 proved',
    'double-encoded, read as cp1252, 2 times over, on the source: 6 of 6 proved',
  ],
  [
    'one value encoded twice, which is no coincidence',
    [['é', 'Ã©']],
    'double-encoded, read as cp1252: 1 of 1 proved',
    'double-encoded, read as cp1252, on the source: 1 of 1 proved',
  ],
  [
    'UTF-8 read as Cyrillic',
    [['Привет', new TextDecoder('windows-1251').decode(utf8('Привет'))]],
    'double-encoded, read as windows-1251: 1 of 1 proved',
    'double-encoded, read as windows-1251, on the source: 1 of 1 proved',
  ],
  [
    'cp1252 bytes read as latin1',
    [
      ['5 €', '5 \u0080'],
      ['it’s “fine”', 'it\u0092s \u0093fine\u0094'],
    ],
    'cp1252-as-latin1: 2 of 2 proved',
    'cp1252-as-latin1, on the source: 2 of 2 proved',
  ],
  [
    'characters replaced by question marks',
    [
      ['Zoë', 'Zo?'],
      ['what? 日本!', 'what? ??!'],
    ],
    "characters-replaced, by '?': 2 of 2 proved",
    "characters-replaced, by '?', on the source: 2 of 2 proved",
  ],
  [
    'a mark for each byte',
    [
      ['Zoë', 'Zo??'],
      ['日本!', '??????!'],
    ],
    "characters-replaced, by '?' for each byte: 2 of 2 proved",
    "characters-replaced, by '?' for each byte, on the source: 2 of 2 proved",
  ],
  [
    'characters replaced by U+FFFD, those the character set has kept',
    [
      ['Zoë 😀', 'Zoë \ufffd'],
      ['日 é', '\ufffd é'],
    ],
    'characters-replaced, by U+FFFD: 2 of 2 proved',
    'characters-replaced, by U+FFFD, on the source: 2 of 2 proved',
  ],
  [
    'text cut at the first 4-byte character',
    [
      ['Hello 😀 world', 'Hello '],
      ['日本 😀', '日本 '],
      ['a𝒳b', 'a'],
    ],
    'cut-at-four-byte-character: 3 of 3 proved',
    'cut-at-four-byte-character, on the source: 3 of 3 proved',
  ],
  [
    'text cut at the same length',
    [
      ['abcdefgh', 'abcde'],
      ['vwxyzé', 'vwxyz'],
      ['12345 67', '12345'],
      ['日本日本日本', '日本日本日'],
      ['qwertz', 'qwert'],
    ],
    'truncated, at 5 characters: 5 of 5 proved',
    'truncated, at 5 characters, on the source: 5 of 5 proved',
  ],
  [
    'text cut at a number of bytes that splits characters',
    [
      ['日本語', '日本'],
      ['éééé', 'ééé'],
      ['abcdefghij', 'abcdefg'],
      ['aéaéaé', 'aéaéa'],
      ['zzzzzzzzé', 'zzzzzzz'],
    ],
    'truncated, at 7 bytes: 5 of 5 proved',
    'truncated, at 7 bytes, on the source: 5 of 5 proved',
  ],
  [
    'trailing spaces removed',
    [
      ['ab ', 'ab'],
      ['c   ', 'c'],
      ['  ', ''],
    ],
    'edge-spaces, trailing ones removed: 3 of 3 proved',
    'edge-spaces, trailing ones removed, on the source: 3 of 3 proved',
  ],
  [
    'leading spaces removed',
    [
      [' ab', 'ab'],
      ['  c', 'c'],
      ['   d e', 'd e'],
    ],
    'edge-spaces, leading ones removed: 3 of 3 proved',
    'edge-spaces, leading ones removed, on the source: 3 of 3 proved',
  ],
  [
    'tabs and line ends trimmed along with spaces',
    [
      [' ab\t', 'ab'],
      ['c\n', 'c'],
      ['d ', 'd'],
    ],
    'edge-spaces, both ends trimmed, tabs and line ends too: 3 of 3 proved',
    'edge-spaces, both ends trimmed, tabs and line ends too, on the source: 3 of 3 proved',
  ],
  [
    'NULL for empty',
    [
      ['', null],
      ['', null],
      ['', null],
    ],
    'null-against-empty, empty became NULL: 3 of 3 proved',
    'null-against-empty, NULL became empty: 3 of 3 proved',
  ],
  [
    'NUL removed',
    [
      ['a\0b', 'ab'],
      ['\0\0c', 'c'],
    ],
    'nul-lost, removed: 2 of 2 proved',
    'nul-lost, removed, on the source: 2 of 2 proved',
  ],
  [
    'text cut at the first NUL',
    [
      ['a\0b', 'a'],
      ['cd\0e\0', 'cd'],
    ],
    'nul-lost, cut at the first: 2 of 2 proved',
    'nul-lost, cut at the first, on the source: 2 of 2 proved',
  ],
  [
    'composed characters',
    [['Zoe\u0308', 'Zo\u00eb']],
    'unicode-normalization, to NFC: 1 of 1 proved',
    'unicode-normalization, to NFD: 1 of 1 proved',
  ],
  [
    'line ends',
    [
      ['a\r\nb', 'a\nb'],
      ['c\r\n', 'c\n'],
    ],
    'line-ends, CRLF became LF: 2 of 2 proved',
    'line-ends, LF became CRLF: 2 of 2 proved',
  ],
  [
    'lower case',
    [
      ['Paid', 'paid'],
      ['NEW', 'new'],
      ['ÄÖ', 'äö'],
    ],
    'letter-case, lower-cased: 3 of 3 proved',
    'letter-case, nothing else: 3 of 3 proved',
  ],
  [
    'bytes spelled as hex',
    [['abc', '616263']],
    'spelled-bytes, hex: 1 of 1 proved',
    'spelled-bytes, hex, on the source: 1 of 1 proved',
  ],
  [
    'bytes spelled as PostgreSQL prints them',
    [
      ['abc', '\\x616263'],
      ['lm', '\\x6c6d'],
    ],
    'spelled-bytes, hex with \\x: 2 of 2 proved',
    'spelled-bytes, hex with \\x, on the source: 2 of 2 proved',
  ],
  [
    'base64',
    [['hello', 'aGVsbG8=']],
    'spelled-bytes, base64: 1 of 1 proved',
    'spelled-bytes, base64, on the source: 1 of 1 proved',
  ],
];

describe('changed text', () => {
  it.each(CASES)('%s', (_, changes, forth, back) => {
    expect(diagnose(text, changes)).toEqual([forth]);
    expect(diagnose(text, reversed(changes))).toEqual(back === null ? [] : [back]);
  });

  it('is proved cut by one row where its length is the one that the column declares', () => {
    const change: Change = ['abcdefgh', 'abcde'];
    expect(diagnose(pairOf('note', 'text', { type: { ...TEXT, mostCharacters: 5 } }), [change])).toEqual([
      'truncated, at 5 characters: 1 of 1 proved',
    ]);
    expect(diagnose(pairOf('note', 'text', { type: { ...TEXT, mostCharacters: 6 } }), [change])).toEqual([]);
    const long: Change = [`${'é'.repeat(40_000)}`, 'é'.repeat(32_767)];
    expect(diagnose(pairOf('note', 'text', { type: { ...TEXT, mostBytes: 65_535 } }), [long])).toEqual([
      'truncated, at 65,535 bytes: 1 of 1 proved',
    ]);
  });
});

describe('text that only looks damaged', () => {
  it.each([
    [
      'codes of one length, made longer later',
      { ...TEXT, padded: true, mostCharacters: 12 },
      'SKU-00000001-OLD',
      'SKU-00000001',
    ],
    ['codes of two letters', { ...TEXT, mostCharacters: 2 }, 'DEU', 'DE'],
    ['a mark in place of another', TEXT, 'what about you?', 'what about you\u00bf'],
  ] as const)('is not proved to be, by one row: %s', (_, type, source, target) => {
    const said = diagnose(pairOf('note', 'text', { type }), [[source, target]]);
    expect(said.filter((cause) => cause.includes('proved'))).toEqual([]);
  });
});

/** Changes that look like a cause and are none. */
const NEAR_MISSES: readonly (readonly [string, readonly Change[]])[] = [
  ['an edit that mentions another character', [['Zoë', 'Zoï']]],
  ['half of it encoded twice', [['éé', 'Ã©é']]],
  ['encoded twice and edited', [['Zoë', 'ZoÃ«!']]],
  ['a question mark for an ASCII letter', [['Zoe', 'Zo?']]],
  ['a question mark for an ASCII letter beside others', [['ë cat', '? c?t']]],
  ['a question mark too many', [['Zoë', 'Zo??? ']]],
  ['cut after the 4-byte character', [['a 😀 b', 'a 😀']]],
  ['cut before the 4-byte character', [['ab 😀', 'a']]],
  ['one text that lost its end', [['John Smith', 'John']]],
  [
    'texts cut at different lengths',
    [
      ['abcdef', 'abc'],
      ['uvwxyz', 'uv'],
      ['123456', '1234'],
    ],
  ],
  ['a space inside', [['a b', 'ab']]],
  ['NULL for a space', [[' ', null]]],
  ['a single value that is gone', [['paid', null]]],
  ['NUL and more removed', [['a\0bc', 'ab']]],
  ['another accent', [['Zoe\u0301', 'Zo\u00eb']]],
  ['a line end removed', [['a\r\nb', 'ab']]],
  ['other letters', [['paid', 'Said']]],
  ['hex of something else', [['abc', '616264']]],
  ['nothing in common', [['paid', 'new']]],
];

describe('what is said of text that only looks damaged', () => {
  it.each(NEAR_MISSES)('nothing: %s', (_, changes) => {
    expect(diagnose(text, changes)).toEqual([]);
    expect(diagnose(text, reversed(changes))).toEqual([]);
  });

  it('a proof needs more than one row of what chance may do', () => {
    expect(diagnose(text, [['Paid', 'paid']])).toEqual(['letter-case, lower-cased: 1 of 1 likely']);
    expect(diagnose(text, [['ab ', 'ab']])).toEqual(['edge-spaces, trailing ones removed: 1 of 1 likely']);
    expect(diagnose(text, [['', null]])).toEqual(['null-against-empty, empty became NULL: 1 of 1 likely']);
  });

  it('a value that is gone is never proved', () => {
    const gone = Array.from({ length: 50 }, (_, i): Change => [`value ${i}`, null]);
    expect(diagnose(text, gone)).toEqual(['value-lost, NULL instead: 50 of 50 likely']);
  });
});

describe('changed bytes', () => {
  const bytes = pairOf('raw', 'bytes');
  const hex = (text: string): { hex: string } => ({ hex: Buffer.from(text, 'latin1').toString('hex') });

  it.each([
    ['spelled-bytes, hex: 1 of 1 proved', [[hex('\xff\x00\x01'), hex('ff0001')]]],
    ['spelled-bytes, hex with \\x: 1 of 1 proved', [[hex('\xff\x00\x01'), hex('\\xff0001')]]],
    [
      'nul-lost, trailing ones removed: 2 of 2 proved',
      [
        [hex('ab\0\0'), hex('ab')],
        [hex('a\0c\0'), hex('a\0c')],
      ],
    ],
    ['null-against-empty, empty became NULL: 3 of 3 proved', Array(3).fill([hex(''), null])],
    ['truncated, at 2 bytes: 5 of 5 proved', Array(5).fill([hex('abcd'), hex('ab')])],
  ] as const)('%s', (said, changes) => {
    expect(diagnose(bytes, changes as readonly Change[])).toEqual([said]);
  });

  it('that a column of a fixed length fills up are no bytes cut off', () => {
    const fixed = pairOf('code', 'bytes', {
      declared: 'binary(8)',
      type: { kind: 'bytes', length: 8, fixed: true },
    });
    const filled = ['abcd', 'efgh', 'ijkl', 'mnop'].map(
      (text): Change => [hex(text), hex(`${text}\0\0\0\0`)],
    );
    expect(diagnose(fixed, filled)).toEqual(['zero-padded, to 8 bytes: 4 of 4 proved']);
    expect(diagnose({ ...fixed, source: fixed.target, target: fixed.source }, reversed(filled))).toEqual([
      'nul-lost, removed: 4 of 4 proved',
    ]);
    expect(diagnose(fixed, filled.slice(0, 1))).toEqual(['zero-padded, to 8 bytes: 1 of 1 proved']);
  });
});

describe('several causes in one column', () => {
  const trimmed = ['a ', 'b  ', 'c '].map((value): Change => [value, value.trimEnd()]);

  it('are both proved, each with its rows, where they leave none unexplained', () => {
    expect(diagnose(text, [...encoded, ...trimmed])).toEqual([
      'double-encoded, read as cp1252: 6 of 9 proved',
      'edge-spaces, trailing ones removed: 3 of 9 proved',
    ]);
  });

  it('are likely where rows are left', () => {
    expect(diagnose(text, [...encoded, ...trimmed, ['paid', 'new']])).toEqual([
      'double-encoded, read as cp1252: 6 of 10 likely',
      'edge-spaces, trailing ones removed: 3 of 10 likely',
    ]);
  });

  it('are left out where more rows are left than they explain, unless each of their rows is beyond chance', () => {
    const edits = Array.from({ length: 20 }, (_, i): Change => [`word ${i}`, `other ${i * 7}`]);
    expect(diagnose(text, [...edits, ...trimmed])).toEqual([]);
    expect(diagnose(text, [...edits, ...encoded])).toEqual([
      'double-encoded, read as cp1252: 6 of 26 likely',
    ]);
  });

  it('are counted in bounded memory, however many lengths texts were cut at, and find the one that matters', () => {
    const long = 'x'.repeat(5000);
    const noise = Array.from({ length: 2000 }, (_, i): Change => [long, long.slice(0, 300 + i)]);
    for (const length of [123, 255]) {
      const cut = Array.from({ length: 3000 }, (): Change => [long, long.slice(0, length)]);
      expect(diagnose(text, [...noise, ...cut])).toEqual([
        `truncated, at ${length} characters: 3000 of 5000 likely`,
      ]);
    }
  });
});
