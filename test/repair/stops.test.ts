import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableEngines, openTestDatabase, type TestDatabase } from '../support/database.js';
import { applySql, type WrittenRepair, writeRepair } from './repair-round.js';

const TABLES = `CREATE TABLE p (id INT NOT NULL PRIMARY KEY, code VARCHAR(20) UNIQUE);
  CREATE TABLE c (id INT NOT NULL PRIMARY KEY, pid INT, word VARCHAR(20), FOREIGN KEY (pid) REFERENCES p (id))`;
const SOURCE = `INSERT INTO p VALUES (1, 'a'), (2, 'b'), (3, 'c'), (5, 'e');
  INSERT INTO c VALUES (1, 1, 'one'), (2, 3, 'two'), (3, 5, 'three')`;
const TARGET = `INSERT INTO p VALUES (1, 'a'), (2, 'x'), (3, 'b'), (4, 'd');
  INSERT INTO c VALUES (1, 1, 'uno'), (2, 4, 'two'), (4, 4, 'four')`;
/** What others write in the meantime. */
const OTHERS = `INSERT INTO p VALUES (50, 'others'); INSERT INTO c VALUES (50, 1, 'others'), (51, 50, 'others')`;

/** The repair stops where the client ends: what was begun is taken back by the server, what was committed stays. */
describe.each(availableEngines())('a repair of %s that stops', (engine) => {
  let source: TestDatabase;
  let target: TestDatabase;
  let written: WrittenRepair;

  const read = async (database: TestDatabase): Promise<string> =>
    JSON.stringify([
      await database.query('SELECT id, code FROM p WHERE id < 50 ORDER BY id'),
      await database.query('SELECT id, pid, word FROM c WHERE id < 50 ORDER BY id'),
    ]);
  const countOthers = async () => [
    ...(await target.query('SELECT COUNT(*) FROM p WHERE id >= 50')),
    ...(await target.query('SELECT COUNT(*) FROM c WHERE id >= 50')),
  ];
  const reset = () => target.run(`DELETE FROM c; DELETE FROM p; ${TARGET}`);

  beforeAll(async () => {
    source = await openTestDatabase(engine);
    target = await openTestDatabase(engine);
    await source.run(`${TABLES}; ${SOURCE}`);
    await target.run(`${TABLES}; ${TARGET}`);
    written = await writeRepair({ source, target });
    expect(written.repair).toContain(' 0 left alone.');
  }, 300_000);

  afterAll(async () => {
    written?.remove();
    for (const database of [source, target]) await database?.drop();
  });

  /** The file up to each of its statements, as it is or with each statement in a transaction of its own. */
  function cutAfterEach(isSingle: boolean): string[] {
    const lines = readFileSync(written.paths.repair, 'utf8').split('\n');
    const kept = isSingle
      ? lines.filter((line) => !/^(BEGIN|START TRANSACTION|COMMIT|SET CONSTRAINTS)/.test(line))
      : lines;
    const ends = kept.flatMap((line, i) => (line.startsWith('/*r') || line === 'COMMIT;' ? [i + 1] : []));
    return ends.map((end) => `${kept.slice(0, end).join('\n')}\n`);
  }

  it.each([
    ['in the middle of a transaction', false],
    ['behind a statement that was committed', true],
  ])(
    '%s is taken back by its undo, and done by a second run, whatever others wrote',
    async (_, isSingle) => {
      const files = cutAfterEach(isSingle);
      expect(files.length).toBeGreaterThan(6);
      const before = await read(target);
      const wanted = await read(source);
      for (const text of files) {
        const path = `${written.paths.repair}.cut.sql`;
        writeFileSync(path, text);
        for (const last of ['undo', 'repair'] as const) {
          await reset();
          await applySql(target, path);
          await target.run(OTHERS);
          await written.apply(last);
          expect(await read(target)).toEqual(last === 'undo' ? before : wanted);
          expect(await countOthers()).toEqual([['1'], ['2']]);
        }
      }
      await reset();
    },
    300_000,
  );

  it('keeps a row of others that has the key of a row that was to come, and other values', async () => {
    await target.run("INSERT INTO c VALUES (3, 1, 'others')");
    await written.apply('repair');
    await written.apply('undo');
    expect(await target.query('SELECT pid, word FROM c WHERE id = 3')).toEqual([['1', 'others']]);
    await reset();
  });
});
