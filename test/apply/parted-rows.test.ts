import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableEngines, openTestDatabase, type TestDatabase } from '../support/database.js';
import { apply, repairFile } from './applied.js';

/** More than a transaction of a repair file holds, so that a row is inserted in one and filled in another. */
const ROWS = 1020;

const chain = (engine: string): string =>
  engine === 'postgresql'
    ? `INSERT INTO t SELECT n, NULLIF(n - 1, 0) FROM generate_series(1, ${ROWS}) n`
    : `INSERT INTO t ${Array.from({ length: ROWS }, (_, i) => `SELECT ${i + 1}, ${i === 0 ? 'NULL' : i}`).join(' UNION ALL ')}`;

describe.each(availableEngines())('rows of %s that refer to each other across transactions', (engine) => {
  let full: TestDatabase;
  let empty: TestDatabase;

  beforeAll(async () => {
    full = await openTestDatabase(engine);
    empty = await openTestDatabase(engine);
    for (const database of [full, empty])
      await database.run(
        'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, ref INT, FOREIGN KEY (ref) REFERENCES t (id))',
      );
    await full.run(chain(engine));
  }, 300_000);

  afterAll(async () => {
    for (const database of [full, empty]) await database?.drop();
  });

  const read = (database: TestDatabase) => database.query('SELECT id, ref FROM t ORDER BY id');

  it('count once, come, are found as wanted, and go', async () => {
    const path = await repairFile({ source: full, target: empty });
    const come = await apply(empty, path);
    expect(come.left).toEqual([]);
    expect(come.result).toMatchObject({ applied: ROWS, verified: ROWS, differing: 0, open: 0 });
    expect(come.result.plan).toMatchObject({
      rows: ROWS,
      tables: [{ inserts: ROWS, updates: 0, deletes: 0 }],
    });
    expect(await read(empty)).toEqual(await read(full));
    const again = await apply(empty, path);
    expect(again.result).toMatchObject({ applied: 0, done: ROWS, changed: 0, verified: ROWS, differing: 0 });
    const gone = await apply(empty, come.result.undoPath ?? '');
    expect(gone.left).toEqual([]);
    expect(gone.result).toMatchObject({ applied: ROWS, verified: ROWS, differing: 0, open: 0 });
    expect(gone.result.plan).toMatchObject({
      rows: ROWS,
      tables: [{ inserts: 0, updates: 0, deletes: ROWS }],
    });
    expect(await read(empty)).toEqual([]);
  }, 300_000);

  it('that are extra go, and come back', async () => {
    const before = await read(full);
    const path = await repairFile({ source: empty, target: full });
    const gone = await apply(full, path);
    expect(gone.result).toMatchObject({ applied: ROWS - gone.result.plan.leftAlone, differing: 0, open: 0 });
    const back = await apply(full, gone.result.undoPath ?? '');
    expect(back.left).toEqual([]);
    expect(back.result).toMatchObject({ applied: gone.result.applied, differing: 0, open: 0 });
    expect(await read(full)).toEqual(before);
  }, 300_000);

  it('are told once where one is there already and refers elsewhere', async () => {
    const path = await repairFile({ source: full, target: empty });
    await empty.run('INSERT INTO t VALUES (500, 500)');
    const { result, left } = await apply(empty, path);
    expect(left.map(({ kind }) => kind)).toEqual(['changed']);
    expect(left[0]?.key).toContain('500');
    expect(result).toMatchObject({
      applied: ROWS - 1,
      changed: 1,
      verified: ROWS - 1,
      differing: 0,
      open: 0,
    });
  }, 300_000);
});
