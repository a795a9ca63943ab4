import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences } from '../run/compare.js';
import { availableEngines, fewEnginePairs, useDatabase } from '../support/database.js';

describe.each(availableEngines().filter((engine) => engine !== 'postgresql'))(
  'bytes of %s without a Unicode counterpart',
  (engine) => {
    const source = useDatabase(engine);
    const target = useDatabase('postgresql');

    beforeAll(async () => {
      await source.run(`
      CREATE TABLE gbk_words (id int PRIMARY KEY, word varchar(20) CHARACTER SET gbk);
      CREATE TABLE sjis_words (id int PRIMARY KEY, word varchar(20) CHARACTER SET sjis);
      SET SESSION sql_mode = '';
      INSERT INTO gbk_words VALUES (1, x'AAA1'), (2, x'AAA2'), (3, x'D6D0'), (4, '?');
      INSERT INTO sjis_words VALUES (1, x'93FA'), (2, x'EAA5'), (3, '?')`);
      await target.run(`
      CREATE TABLE gbk_words (id int PRIMARY KEY, word varchar(20));
      CREATE TABLE sjis_words (id int PRIMARY KEY, word varchar(20));
      INSERT INTO gbk_words VALUES (1, '?'), (2, '?'), (3, '中'), (4, '?');
      INSERT INTO sjis_words VALUES (1, '日'), (2, '?'), (3, '?')`);
    });

    it('do not equal the question marks that a conversion made of them', async () => {
      const stored = await source.query('SELECT id, HEX(word) FROM gbk_words ORDER BY id');
      expect(stored).toEqual([
        ['1', 'AAA1'],
        ['2', 'AAA2'],
        ['3', 'D6D0'],
        ['4', '3F'],
      ]);
      const run = await compare({ source, target, flags: { tables: 'gbk_words' } });
      expect(listDifferences(run)).toEqual(['changed 1 word', 'changed 2 word']);
    });

    it('are reported as bytes, not as a replacement character', async () => {
      const run = await compare({ source, target, flags: { tables: 'gbk_words' } });
      expect(run.differences[0]?.difference).toMatchObject({
        source: { word: { hex: 'aaa1' } },
        target: { word: '?' },
      });
    });

    it('are found in Shift-JIS as well', async () => {
      const run = await compare({ source, target, flags: { tables: 'sjis_words' } });
      expect(listDifferences(run)).toEqual(['changed 2 word']);
    });
  },
);

describe.each(fewEnginePairs())('from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run('CREATE TABLE faces (id int PRIMARY KEY, face varchar(20))');
    }
    await source.run("INSERT INTO faces VALUES (1, '😀'), (2, '😀'), (3, '?'), (4, '')");
    await target.run("INSERT INTO faces VALUES (1, '😁'), (2, '😀'), (3, '😀'), (4, '\uFEFF')");
  });

  it('two characters outside the basic plane are two values', async () => {
    const run = await compare({ source, target });
    expect(listDifferences(run)).toEqual(['changed 1 face', 'changed 3 face', 'changed 4 face']);
  });
});
