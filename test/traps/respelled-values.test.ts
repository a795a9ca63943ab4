import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { fillTable, runOnBoth } from './type-words.js';

const ROWS = 1000;
const FLAGS = { 'chunk-rows': '250', workers: '1' };

/** Columns, and two lists of values for them that are equal and are sent in other bytes. */
const SPELLINGS = {
  postgresql: {
    columns: 'amount numeric, weight float8, note json',
    one: `1.5, 0, '{"a":1,"b":2}'`,
    other: { amount: '1.500', weight: "'-0'", note: `'{"b": 2, "a": 1}'` },
  },
  mysql: {
    columns: 'amount decimal(20,2), weight double, note varchar(40)',
    one: "1.5, 0e0, 'one'",
    other: { amount: '1.5', weight: '-0e0', note: "'one'" },
  },
};

describe.each(availableEngines())('values that %s sends in other bytes on the other side', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);
  const { columns, one, other } = SPELLINGS[engine === 'postgresql' ? engine : 'mysql'];
  const respell = Object.entries(other).map(([column, value]) => `${column} = ${value}`);

  beforeAll(async () => {
    for (const [table, where] of Object.entries({ often: 'id <> 500', rare: 'id IN (3, 700)' })) {
      await runOnBoth([source, target], `CREATE TABLE ${table} (id int PRIMARY KEY, ${columns})`);
      for (const database of [source, target])
        await fillTable(database, { table, count: ROWS, select: `n, ${one}` });
      await target.run(`UPDATE ${table} SET ${respell} WHERE ${where};
        UPDATE ${table} SET amount = 2 WHERE id IN (4, 999); DELETE FROM ${table} WHERE id = 251`);
    }
  });

  it.each(['rare', 'often'])('are equal, were not in flight, and hide no change (%s)', async (table) => {
    const run = await compare({ source, target, flags: { ...FLAGS, tables: table } });
    expect(listDifferences(run)).toEqual(['changed 4 amount', 'missing 251', 'changed 999 amount']);
    expect(tableResult(run, table)).toMatchObject({ missing: 1, extra: 0, changed: 2, inFlight: 0 });
  });
});
