import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { enginePairs, type TestDatabase, type TestEngine, useDatabase } from '../support/database.js';
import { wordsOf } from './type-words.js';

/** In code point order; UTF-16 order, padding and every dictionary would sort them in another way. */
const WORDS = [
  '',
  '\t',
  ' ',
  '_',
  'B',
  'Z',
  'a',
  'a\t',
  'a ',
  'a  ',
  'a b',
  'ab',
  "a'b\\c",
  'ä',
  '\uFFFD',
  '😀',
  '😁',
];

const insertWords = (table: string, words: readonly string[], database: TestDatabase): string => {
  const literal = (word: string): string =>
    database.engine === 'postgresql'
      ? `convert_from(decode('${Buffer.from(word).toString('hex')}', 'hex'), 'UTF8')`
      : `CONVERT(x'${Buffer.from(word).toString('hex')}' USING utf8mb4)`;
  return `INSERT INTO ${table} VALUES ${words.map((word) => `(${literal(word)}, 'same')`).join(', ')}`;
};

describe.each(enginePairs())('text keys in code point order, from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run(`CREATE TABLE word (word ${wordsOf(database).codepointText(20)} PRIMARY KEY, other varchar(20));
        ${insertWords('word', WORDS, database)}`);
    }
  });

  it('are walked one row a chunk without a false difference', async () => {
    const run = await compare({ source, target, flags: { 'chunk-rows': '1' } });
    expect(tableResult(run, 'word')).toMatchObject({
      strategy: 'range',
      verdict: 'verified',
      sourceRows: WORDS.length,
    });
  });

  it('tell rows apart whose keys differ in a blank, a tab or a character outside the basic plane', async () => {
    await target.run("UPDATE word SET other = 'changed'");
    const run = await compare({ source, target, flags: { 'chunk-rows': '3' } });
    await target.run("UPDATE word SET other = 'same'");
    expect(run.differences.map(({ difference }) => difference.key?.word)).toEqual(
      [...WORDS].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))),
    );
    expect(new Set(run.differences.map(({ difference }) => difference.kind))).toEqual(new Set(['changed']));
  });

  it('find a row that only one side has between such keys', async () => {
    await target.run("DELETE FROM word WHERE word = 'a '");
    await source.run("DELETE FROM word WHERE word = '😀'");
    const run = await compare({ source, target, flags: { 'chunk-rows': '2' } });
    expect(listDifferences(run)).toEqual(['missing a ', 'extra 😀']);
  });
});

const UNSHARED: readonly (readonly [TestEngine, string, TestEngine, string])[] = [
  ['mariadb', 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', 'postgresql', 'COLLATE "C"'],
  [
    'mariadb',
    'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    'mariadb',
    'CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin',
  ],
  ['mariadb', 'CHARACTER SET latin1 COLLATE latin1_bin', 'postgresql', 'COLLATE "C"'],
  ['mariadb', 'CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci', 'postgresql', 'COLLATE "C"'],
  ['mysql', 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', 'postgresql', 'COLLATE "C"'],
  ['mysql', 'CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci', 'postgresql', 'COLLATE "C"'],
  [
    'mysql',
    'CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs',
    'mariadb',
    'CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin',
  ],
  ['postgresql', 'COLLATE "POSIX"', 'mariadb', 'CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci'],
];
const AVAILABLE = new Set(enginePairs().map(({ source, target }) => `${source} ${target}`));

describe.each(UNSHARED.filter(([one, , other]) => AVAILABLE.has(`${one} ${other}`)))(
  'a key of %s %s, from %s %s,',
  (one, collation, other, partner) => {
    const source = useDatabase(one);
    const target = useDatabase(other);

    beforeAll(async () => {
      for (const [database, words] of [
        [source, collation],
        [target, partner],
      ] as const) {
        await database.run(`CREATE TABLE word (word varchar(20) ${words} PRIMARY KEY);
        INSERT INTO word VALUES ('a'), ('B'), ('Z'), ('_')`);
      }
    });

    it('is not walked by range: each side is read in its own order, and proved equal', async () => {
      for (const [from, to] of [
        [source, target],
        [target, source],
      ] as const) {
        const run = await compare({ source: from, target: to });
        const table = tableResult(run, 'word');
        expect(table).toMatchObject({ verdict: 'verified', strategy: 'bucket', key: ['word'], findings: [] });
      }
    });

    it('that changed in letter case alone is one changed row where a collation takes the two for equal', async () => {
      await target.run("UPDATE word SET word = 'A' WHERE word = 'a'");
      const ignoresCase = /_ci\b/.test(`${collation} ${partner}`);
      const run = await compare({ source, target });
      expect(listDifferences(run)).toEqual(ignoresCase ? ['changed A word'] : ['missing a', 'extra A']);
    });
  },
);
