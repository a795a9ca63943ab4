import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { fewEnginePairs, useDatabase } from '../support/database.js';
import { fillTable, runOnBoth, wordsOf } from './type-words.js';

/** Rows whose changes cancel each other out in a checksum that is linear or an XOR. */
describe.each(fewEnginePairs())('from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  beforeAll(async () => {
    for (const database of [source, target]) {
      const { codepointText, datetime } = wordsOf(database);
      await database.run(`
        CREATE TABLE flags (id int PRIMARY KEY, flag int NOT NULL);
        CREATE TABLE swapped (id int PRIMARY KEY, word varchar(20));
        CREATE TABLE shifted (id int PRIMARY KEY, at ${datetime} NOT NULL);
        CREATE TABLE joined (id int PRIMARY KEY, one varchar(20), other varchar(20));
        CREATE TABLE joined_key (one ${codepointText(20)} NOT NULL, other ${codepointText(20)} NOT NULL, PRIMARY KEY (one, other));
        CREATE TABLE nulls (id int PRIMARY KEY, word varchar(20));
        INSERT INTO swapped VALUES (1, 'left'), (2, 'right'), (3, 'same');
        INSERT INTO shifted VALUES (1, '2024-05-06 11:22:00'), (2, '2024-05-06 11:22:00'), (3, '2024-05-06 11:22:00'),
          (4, '2024-05-06 11:22:00')`);
      await fillTable(database, { table: 'flags', count: 1000, select: 'n, 0' });
    }
    await source.run(`
      INSERT INTO joined VALUES (1, 'a|b', 'c'), (2, 'ab', 'c'), (3, 'a', ''), (4, 'a,b', 'c'), (5, NULL, 'x');
      INSERT INTO joined_key VALUES ('a', 'bc'), ('x|y', 'z');
      INSERT INTO nulls VALUES (1, '<null>'), (2, 'NULL'), (3, ''), (4, NULL), (5, NULL), (6, NULL), (7, '')`);
    await target.run(`
      UPDATE flags SET flag = 1;
      UPDATE swapped SET word = CASE id WHEN 1 THEN 'right' WHEN 2 THEN 'left' ELSE word END;
      UPDATE shifted SET at = '2024-05-06 11:32:00';
      INSERT INTO joined VALUES (1, 'a', 'b|c'), (2, 'a', 'bc'), (3, '', 'a'), (4, 'a', 'b,c'), (5, 'x', NULL);
      INSERT INTO joined_key VALUES ('ab', 'c'), ('x', 'y|z');
      INSERT INTO nulls VALUES (1, NULL), (2, NULL), (3, NULL), (4, '<null>'), (5, 'NULL'), (6, ''), (7, '')`);
  });

  it('finds the same change of one byte in each of 1000 rows', async () => {
    const run = await compare({ source, target, flags: { tables: 'flags' } });
    expect(tableResult(run, 'flags')).toMatchObject({
      verdict: 'different',
      changed: 1000,
      changedColumns: { flag: 1000 },
    });
  });

  it('finds two rows that swapped their values', async () => {
    const run = await compare({ source, target, flags: { tables: 'swapped' } });
    expect(listDifferences(run)).toEqual(['changed 1 word', 'changed 2 word']);
  });

  it('finds the same change of a time in four rows', async () => {
    const run = await compare({ source, target, flags: { tables: 'shifted' } });
    expect(listDifferences(run)).toEqual([1, 2, 3, 4].map((id) => `changed ${id} at`));
  });

  it('finds values that are equal only when they are written one after the other', async () => {
    const run = await compare({ source, target, flags: { tables: 'joined' } });
    expect(listDifferences(run)).toEqual([1, 2, 3, 4, 5].map((id) => `changed ${id} one,other`));
  });

  it('keeps the columns of a key apart', async () => {
    const run = await compare({ source, target, flags: { tables: 'joined_key' } });
    expect(listDifferences(run)).toEqual(['missing a/bc', 'extra ab/c', 'extra x/y|z', 'missing x|y/z']);
  });

  it('takes no text for NULL and NULL for no text', async () => {
    const run = await compare({ source, target, flags: { tables: 'nulls' } });
    expect(listDifferences(run)).toEqual([1, 2, 3, 4, 5, 6].map((id) => `changed ${id} word`));
  });

  it('says verified once the changes are undone', async () => {
    await runOnBoth([target], "UPDATE flags SET flag = 0; UPDATE shifted SET at = '2024-05-06 11:22:00'");
    const { result } = await compare({ source, target, flags: { tables: ['flags', 'shifted'] } });
    expect(result).toMatchObject({ verdict: 'verified', totals: { sourceRows: 1004, targetRows: 1004 } });
  });
});
