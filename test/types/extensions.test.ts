import { beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, compare, tableResult } from '../app/compare.js';
import { type TestDatabase, useDatabase } from '../support/database.js';

/** Extensions that come with PostgreSQL; a server may be installed without them. */
const EXTENSIONS = ['citext', 'cube', 'hstore', 'ltree'];

const SAME = [
  [`'a=>1, b=>NULL'`, `'b=>NULL, a=>1'`],
  [`'Top.Science'`, `'Top.Science'`],
  [`'{a.b,NULL}'`, `'{a.b,NULL}'`],
  [`'Ünï'`, `'Ünï'`],
  [`'(1,2),(3,4)'`, `'(1,2),(3,4)'`],
];
const OTHER = [`'a=>2'`, `'Top.science'`, `'{a.c}'`, `'ünï'`];
const NAMES = ['h', 'l', 'ls', 'c'];

async function fill(database: TestDatabase, side: 0 | 1): Promise<void> {
  await database.run(EXTENSIONS.map((name) => `CREATE EXTENSION ${name}`).join(';'));
  await database.run('CREATE TABLE x (id int PRIMARY KEY, h hstore, l ltree, ls ltree[], c citext, q cube)');
  const same = SAME.map((values) => values[side] ?? '');
  const rows = [[...same], ['NULL', 'NULL', 'NULL', 'NULL', 'NULL']];
  for (const [i, other] of OTHER.entries()) rows.push(side === 0 ? same : same.with(i, other));
  const tuples = rows.map((values, i) => `(${[i + 1, ...values].join(', ')})`);
  await database.run(`INSERT INTO x VALUES ${tuples.join(', ')}`);
}

describe('types of extensions', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');
  let isInstalled = false;
  let comparison: Comparison;

  beforeAll(async () => {
    const list = EXTENSIONS.map((name) => `'${name}'`).join(', ');
    const [[count] = []] = await source.query(
      `SELECT count(*)::int FROM pg_available_extensions WHERE name IN (${list})`,
    );
    isInstalled = Number(count) === EXTENSIONS.length;
    if (!isInstalled) return;
    await fill(source, 0);
    await fill(target, 1);
    comparison = await compare({ source, target });
  });

  it('are compared by value: hstore by its pairs, ltree and citext by their text', ({ skip }) => {
    if (!isInstalled) skip();
    const found = comparison.differences.map(({ difference }) => difference);
    expect(found.map(({ key, columns }) => [key?.id, columns])).toEqual(
      NAMES.map((name, i) => [String(i + 3), [name]]),
    );
    expect(found.map((difference, i) => difference.target?.[NAMES[i] ?? ''])).toEqual([
      '"a"=>"2"',
      'Top.science',
      '{a.c}',
      'ünï',
    ]);
  });

  it('prove themselves equal by their bytes where they have no rule', ({ skip }) => {
    if (!isInstalled) skip();
    expect(tableResult(comparison, 'x').findings).toEqual([]);
    expect(tableResult(comparison, 'x').changed).toBe(OTHER.length);
  });
});
