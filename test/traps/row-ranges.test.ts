import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { enginePairs, fewEnginePairs, useDatabase } from '../support/database.js';
import { fillTable, runOnBoth } from './type-words.js';

describe.each(fewEnginePairs())('from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  beforeAll(async () => {
    await runOnBoth(
      [source, target],
      `CREATE TABLE inner_rows (id int PRIMARY KEY, word varchar(20));
       CREATE TABLE source_only (id int PRIMARY KEY, word varchar(20));
       CREATE TABLE target_only (id int PRIMARY KEY, word varchar(20));
       CREATE TABLE no_rows (id int PRIMARY KEY, word varchar(20));
       CREATE TABLE one_row (id int PRIMARY KEY, word varchar(20));
       CREATE TABLE nullable_key (id int, word varchar(20), UNIQUE (id));
       CREATE TABLE null_and_real_key (id int, word varchar(20), code int NOT NULL, UNIQUE (id), UNIQUE (code));
       INSERT INTO one_row VALUES (7, 'same');
       INSERT INTO inner_rows VALUES (1, 'a'), (2, 'b'), (3, 'c');
       INSERT INTO nullable_key VALUES (1, 'a');
       INSERT INTO null_and_real_key VALUES (1, 'a', 10)`,
    );
    await target.run(`INSERT INTO inner_rows VALUES (-1, 'x'), (0, 'x'), (4, 'x'), (2147483647, 'x');
      INSERT INTO target_only VALUES (-5, 'x'), (5, 'x');
      INSERT INTO nullable_key VALUES (NULL, 'x');
      INSERT INTO null_and_real_key VALUES (NULL, 'x', 5)`);
    await source.run(`INSERT INTO source_only VALUES (-5, 'x'), (5, 'x')`);
  });

  it.each(['1', '2', '1000'])(
    'finds extra rows before the first and after the last key of the source, %s rows a chunk',
    async (chunkRows) => {
      const run = await compare({ source, target, flags: { tables: 'inner_rows', 'chunk-rows': chunkRows } });
      expect(listDifferences(run)).toEqual(['extra -1', 'extra 0', 'extra 4', 'extra 2147483647']);
      expect(tableResult(run, 'inner_rows')).toMatchObject({ sourceRows: 3, targetRows: 7 });
    },
  );

  it.each(['1', '1000'])(
    'finds missing rows outside the keys of the target, %s rows a chunk',
    async (chunkRows) => {
      const flags = { tables: 'inner_rows', 'chunk-rows': chunkRows };
      const run = await compare({ source: target, target: source, flags });
      expect(listDifferences(run)).toEqual(['missing -1', 'missing 0', 'missing 4', 'missing 2147483647']);
    },
  );

  it('finds every row of an otherwise empty side, in both directions', async () => {
    const run = await compare({
      source,
      target,
      flags: { tables: ['source_only', 'target_only'], 'chunk-rows': '1' },
    });
    expect(listDifferences(run)).toEqual(['missing -5', 'missing 5', 'extra -5', 'extra 5']);
  });

  it('verifies a table of no rows and a table of one row', async () => {
    const { result } = await compare({ source, target, flags: { tables: ['no_rows', 'one_row'] } });
    expect(result).toMatchObject({
      verdict: 'verified',
      totals: { tables: 2, sourceRows: 1, targetRows: 1 },
    });
  });

  it('does not walk a unique key that can be NULL, whose NULL rows would be in no chunk', async () => {
    const run = await compare({ source, target, flags: { tables: 'nullable_key' } });
    const table = tableResult(run, 'nullable_key');
    expect(table).toMatchObject({ strategy: 'bucket', key: [], missing: 0, extra: 1 });
  });

  it('walks another unique key where one can be NULL', async () => {
    const run = await compare({ source, target, flags: { tables: 'null_and_real_key' } });
    expect(tableResult(run, 'null_and_real_key').key).toEqual(['code']);
    expect(listDifferences(run)).toEqual(['extra 5']);
  });
});

describe.each(enginePairs().filter(({ source, target }) => source !== target))(
  'a large table from $source to $target',
  (engines) => {
    const ROWS = 200_000;
    const source = useDatabase(engines.source);
    const target = useDatabase(engines.target);

    beforeAll(async () => {
      for (const database of [source, target]) {
        await database.run('CREATE TABLE large (id bigint PRIMARY KEY, word varchar(20))');
        await fillTable(database, { table: 'large', count: ROWS, select: "n, 'word'" });
      }
    });

    it.each([1, ROWS])('is searched to the row with key %i', async (id) => {
      await target.run(`UPDATE large SET word = 'Word' WHERE id = ${id}`);
      const run = await compare({ source, target });
      await target.run(`UPDATE large SET word = 'word' WHERE id = ${id}`);
      expect(listDifferences(run)).toEqual([`changed ${id} word`]);
      expect(tableResult(run, 'large')).toMatchObject({
        sourceRows: ROWS,
        targetRows: ROWS,
        coverage: { unverifiedChunks: 0 },
      });
    });

    it('is searched beyond both ends of the planned keys', async () => {
      await target.run(`INSERT INTO large VALUES (-9000000000, 'x'), (9000000000, 'x')`);
      await source.run(`INSERT INTO large VALUES (-9000000001, 'x'), (9000000001, 'x')`);
      const run = await compare({ source, target });
      expect(listDifferences(run)).toEqual([
        'missing -9000000001',
        'extra -9000000000',
        'extra 9000000000',
        'missing 9000000001',
      ]);
      expect(tableResult(run, 'large')).toMatchObject({ sourceRows: ROWS + 2, targetRows: ROWS + 2 });
    });
  },
);
