import { describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../run/compare.js';
import { availableEngines, type TestEngine, useDatabase } from '../support/database.js';

const ENGINES = availableEngines().filter(
  (engine): engine is Exclude<TestEngine, 'postgresql'> => engine !== 'postgresql',
);

describe.each(ENGINES)('labels in %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase('postgresql');

  it('count, and the value of a label that the server did not take is the empty text', async () => {
    await source.run(`SET sql_mode = ''; CREATE TABLE e (id int PRIMARY KEY, v ENUM('b', 'a', 'A') COLLATE utf8mb4_bin,
      s SET('y', 'x'), doubled int GENERATED ALWAYS AS (id * 2) STORED);
      INSERT INTO e (id, v, s) VALUES (1, 'a', 'x,y'), (2, 'none', ''), (3, 2, 3), (4, NULL, NULL), (5, 'A', 'x'), (6, 'none', 'x')`);
    await target.run(`CREATE TYPE label AS ENUM ('', 'a', 'A', 'b');
      CREATE TABLE e (id int PRIMARY KEY, v label, s text, doubled int GENERATED ALWAYS AS (id * 2) STORED);
      INSERT INTO e (id, v, s) VALUES (1, 'a', 'y,x'), (2, '', ''), (3, 'a', 'y,x'), (4, NULL, NULL), (5, 'a', 'x'), (6, NULL, 'y')`);
    const comparison = await compare({ source, target });
    expect(listDifferences(comparison)).toEqual(['changed 5 v', 'changed 6 v,s']);
    expect(comparison.differences.map(({ difference }) => difference.source)).toEqual([
      { v: 'A' },
      { v: '', s: 'x' },
    ]);
    expect(tableResult(comparison, 'e').columns.every(({ compared }) => compared)).toBe(true);
  });
});
