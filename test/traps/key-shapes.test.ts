import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { fewEnginePairs, useDatabase } from '../support/database.js';
import { fillTable, wordsOf } from './type-words.js';

const DENSE = 1000;
const HUGE = 3000;
const SKEWED = 120_000;

describe.each(fewEnginePairs())('keys from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  beforeAll(async () => {
    for (const database of [source, target]) {
      const { codepointText } = wordsOf(database);
      const code = codepointText(20);
      await database.run(`
        CREATE TABLE sparse (id bigint PRIMARY KEY, word varchar(20));
        CREATE TABLE composite (a int, b int, c ${code}, word varchar(20), PRIMARY KEY (a, b, c));
        CREATE TABLE one_first_value (a int, b int, c ${code}, PRIMARY KEY (a, b, c))`);
      await fillTable(database, { table: 'sparse', count: DENSE, select: "n, 'word'" });
      await database.run(
        `INSERT INTO sparse VALUES (300000000000, 'far'), (300000000001, 'far'), (9223372036854775807, 'end')`,
      );
      await fillTable(database, {
        table: 'composite',
        count: HUGE,
        select: "1, n % 900, CAST(n AS char(10)), 'word'",
      });
      await database.run(
        `INSERT INTO composite VALUES (-1, 5, '', 'word'), (0, 0, '', 'word'), (2, -7, 'x', 'word'), (2, -7, 'y', 'word')`,
      );
      await fillTable(database, { table: 'one_first_value', count: 60, select: '7, 7, CAST(n AS char(10))' });
    }
  });

  it('with a wide gap are walked', async () => {
    await target.run("UPDATE sparse SET word = 'x' WHERE id IN (1000, 300000000000, 9223372036854775807)");
    for (const chunkRows of ['20', '500']) {
      const run = await compare({ source, target, flags: { tables: 'sparse', 'chunk-rows': chunkRows } });
      expect(listDifferences(run)).toEqual([
        'changed 1000 word',
        'changed 300000000000 word',
        'changed 9223372036854775807 word',
      ]);
      expect(tableResult(run, 'sparse')).toMatchObject({ sourceRows: DENSE + 3, targetRows: DENSE + 3 });
    }
  });

  it('of three columns, most rows under one first value, are walked', async () => {
    for (const chunkRows of ['7', '1000']) {
      const run = await compare({ source, target, flags: { tables: 'composite', 'chunk-rows': chunkRows } });
      expect(tableResult(run, 'composite')).toMatchObject({
        verdict: 'verified',
        sourceRows: HUGE + 4,
        key: ['a', 'b', 'c'],
      });
    }
  });

  it('of three columns name the rows that differ', async () => {
    await target.run(`UPDATE composite SET word = 'x' WHERE a = -1; DELETE FROM composite WHERE a = 2 AND c = 'y';
      INSERT INTO composite VALUES (2, -8, 'z', 'x')`);
    const run = await compare({ source, target, flags: { tables: 'composite', 'chunk-rows': '100' } });
    expect(listDifferences(run)).toEqual(['changed -1/5/ word', 'extra 2/-8/z', 'missing 2/-7/y']);
  });

  it('that share all but the last column are cut into chunks of one row', async () => {
    const run = await compare({ source, target, flags: { tables: 'one_first_value', 'chunk-rows': '1' } });
    const table = tableResult(run, 'one_first_value');
    expect(table).toMatchObject({ verdict: 'verified', sourceRows: 60, targetRows: 60 });
    expect(table.coverage.chunks).toBeGreaterThanOrEqual(60);
  });
});

describe('a table whose rows are skewed to one end of its keys', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run('CREATE TABLE skewed (id bigint PRIMARY KEY, other int)');
      await fillTable(database, {
        table: 'skewed',
        count: SKEWED,
        select: 'CAST(n AS decimal(20)) * n * n, n',
      });
      await database.run('INSERT INTO skewed VALUES (-4000000000000000000, 0), (4000000000000000000, 0)');
    }
  });

  it('is read once and whole by several workers', async () => {
    await target.run(`UPDATE skewed SET other = -1 WHERE other IN (1, ${SKEWED})`);
    const run = await compare({ source, target });
    expect(tableResult(run, 'skewed')).toMatchObject({
      sourceRows: SKEWED + 2,
      targetRows: SKEWED + 2,
      changed: 2,
    });
    expect(listDifferences(run)).toEqual(['changed 1 other', `changed ${SKEWED ** 3} other`]);
  });
});
