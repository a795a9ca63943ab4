import { beforeAll, describe, expect, it } from 'vitest';
import { compare, findingCodes, listDifferences, tableResult } from '../app/compare.js';
import { fewEnginePairs, useDatabase } from '../support/database.js';
import { fillTable, runOnBoth, wordsOf } from '../traps/type-words.js';

describe.each(fewEnginePairs())('tables without a shared order, from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);
  const both = [source, target];

  beforeAll(async () => {
    for (const database of both) {
      const { datetime } = wordsOf(database);
      await database.run(`CREATE TABLE bag (at ${datetime} NULL, word varchar(20), n decimal(8,2));
        INSERT INTO bag VALUES (NULL, NULL, NULL), (NULL, NULL, NULL), ('2024-01-01 00:00:00', '', 0),
          ('2024-01-01 00:00:00', NULL, 0), (NULL, 'a', 1.5), (NULL, 'a', 1.5), (NULL, 'a', 1.5);
        CREATE TABLE named (code varchar(10), part int, other int);
        INSERT INTO named VALUES ('x', 1, 1), ('x', 2, 2), ('y', 1, 3);
        CREATE TABLE doubled (code varchar(10), other int);
        INSERT INTO doubled VALUES ('x', 1), ('x', 2), ('y', 3)`);
    }
    await source.run(
      'CREATE TABLE lost_key (id int PRIMARY KEY, v int); INSERT INTO lost_key VALUES (1, 1), (2, 2)',
    );
    await target.run('CREATE TABLE lost_key (id int, v int); INSERT INTO lost_key VALUES (2, 3), (1, 1)');
  });

  it('are proved equal by their rows, NULL and copies included', async () => {
    const run = await compare({ source, target, flags: { tables: 'bag' } });
    expect(tableResult(run, 'bag')).toMatchObject({
      verdict: 'verified',
      strategy: 'bucket',
      key: [],
      sourceRows: 7,
      targetRows: 7,
      findings: [],
    });
  });

  it('count the copies of a row that one side holds more often', async () => {
    await target.run(
      "DELETE FROM bag WHERE word = 'a'; INSERT INTO bag VALUES (NULL, 'a', 1.5), (NULL, '', 0)",
    );
    const run = await compare({ source, target, flags: { tables: 'bag' } });
    await target.run(
      "DELETE FROM bag WHERE n = 0 AND at IS NULL; INSERT INTO bag VALUES (NULL, 'a', 1.5), (NULL, 'a', 1.5)",
    );
    expect(tableResult(run, 'bag')).toMatchObject({ missing: 2, extra: 1, changed: 0 });
    const found = run.differences.map(({ difference: { kind, source, target, ...rest } }) => ({
      kind,
      word: (source ?? target)?.word,
      copies: [rest.sourceCopies, rest.targetCopies],
      key: rest.key,
    }));
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        { kind: 'missing', word: 'a', copies: [3, 1], key: null },
        { kind: 'extra', word: '', copies: [0, 1], key: null },
      ]),
    );
  });

  it('are compared by columns that the user named, without an index on them', async () => {
    await target.run(
      "UPDATE named SET other = 9 WHERE code = 'x' AND part = 2; DELETE FROM named WHERE code = 'y'",
    );
    const run = await compare({ source, target, flags: { tables: 'named', key: 'named:code,part' } });
    expect(listDifferences(run)).toEqual(['changed x/2 other', 'missing y/1']);
    expect(tableResult(run, 'named')).toMatchObject({
      strategy: 'bucket',
      key: ['code', 'part'],
      findings: [],
    });
  });

  it('are compared by their rows where columns that the user named do not tell them apart', async () => {
    await target.run('UPDATE doubled SET other = 4 WHERE other = 2');
    const run = await compare({ source, target, flags: { tables: 'doubled', key: 'doubled:code' } });
    const table = tableResult(run, 'doubled');
    expect(table).toMatchObject({ verdict: 'different', key: [], missing: 1, extra: 1, changed: 0 });
    expect(findingCodes(table)).toEqual(['duplicate-key']);
  });

  it('that lost their key on the target keep that of the source', async () => {
    const flags = { tables: 'lost_key' };
    expect(listDifferences(await compare({ source, target, flags }))).toEqual(['changed 2 v']);
    await target.run('INSERT INTO lost_key VALUES (1, 1)');
    const run = await compare({ source, target, flags });
    expect(findingCodes(tableResult(run, 'lost_key'))).toEqual(['duplicate-key']);
    expect(tableResult(run, 'lost_key')).toMatchObject({ missing: 1, extra: 2 });
  });

  it('are read in full in spot mode, which says so', async () => {
    const run = await compare({ source, target, flags: { tables: 'bag', mode: 'spot', ratio: '10%' } });
    expect(tableResult(run, 'bag')).toMatchObject({ verdict: 'verified', coverage: { rows: 7 } });
    expect(findingCodes(tableResult(run, 'bag'))).toEqual(['read-in-full']);
  });
});

describe('a table without a key of which every row changed', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const ROWS = 55_000;

  beforeAll(async () => {
    await runOnBoth(
      [source, target],
      'CREATE TABLE big (word varchar(20), v int); CREATE TABLE keyed (word varchar(20) UNIQUE NOT NULL, v int)',
    );
    for (const table of ['big', 'keyed']) {
      await fillTable(source, { table, count: ROWS, select: "concat('w', n), 1" });
      await fillTable(target, { table, count: ROWS, select: "concat('w', n), 2" });
    }
  });

  it('is compared a partition at a time, and no row is lost between them', async () => {
    const run = await compare({ source, target, flags: { tables: 'big' } });
    expect(tableResult(run, 'big')).toMatchObject({ missing: ROWS, extra: ROWS, changed: 0 });
    expect(tableResult(run, 'big').coverage.chunks).toBe(3);
    const words = new Set(
      run.differences.map(
        ({ difference }) => `${difference.kind} ${(difference.source ?? difference.target)?.word}`,
      ),
    );
    expect(words.size).toBe(2 * ROWS);
  });

  it('is reported in the order of its keys where it has some', async () => {
    const run = await compare({ source, target, flags: { tables: 'keyed' } });
    expect(tableResult(run, 'keyed')).toMatchObject({
      strategy: 'bucket',
      changed: ROWS,
      missing: 0,
      extra: 0,
    });
    const words = run.differences.map(({ difference }) => String(difference.key?.word));
    expect(words).toEqual([...words].sort());
    expect(new Set(words).size).toBe(ROWS);
  });
});

describe('a key whose values cannot all be looked up', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('mariadb');

  it('makes the table be compared by its rows where one of them differs', async () => {
    await runOnBoth(
      [source, target],
      "SET SESSION sql_mode = ''; CREATE TABLE days (day date NOT NULL, v int, UNIQUE (day, v), KEY (v)); INSERT INTO days VALUES ('0000-00-00', 1), ('2024-01-01', 2)",
    );
    await runOnBoth([source, target], 'CREATE TABLE named_days AS SELECT * FROM days');
    await target.run('UPDATE named_days SET v = 3 WHERE v = 2');
    const flags = { tables: 'named_days', key: 'named_days:day' };
    expect(listDifferences(await compare({ source, target, flags }))).toEqual(['changed 2024-01-01 v']);
    await target.run('UPDATE named_days SET v = 4');
    const run = await compare({ source, target, flags });
    const table = tableResult(run, 'named_days');
    expect(table).toMatchObject({
      findings: [
        {
          code: 'key-unmatchable',
          message: expect.stringMatching(
            /^Rows were not matched by their key, because .* a date on no calendar\. They were compared by the values of all compared columns together, /,
          ),
        },
      ],
    });
    expect(tableResult(run, 'named_days')).toMatchObject({ sourceRows: 2, missing: 2, extra: 2 });
  });
});
