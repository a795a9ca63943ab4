import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { applyRepair } from 'rowproof';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../apply/applied.js';
import { availableEngines, openTestDatabase, type TestDatabase } from '../support/database.js';
import { applySql } from './repair-round.js';
import { cutBehindEachLine, type Files, type Stop, writeFiles } from './stopped-files.js';

/** `npm run test:long` stops behind every line, and otherwise behind every other. */
const IS_LONG = process.env.ROWPROOF_TEST_PAIRS === 'all';

const TABLES = `CREATE TABLE p (id INT NOT NULL PRIMARY KEY, code VARCHAR(20) UNIQUE);
  CREATE TABLE c (id INT NOT NULL PRIMARY KEY, pid INT, word VARCHAR(20), FOREIGN KEY (pid) REFERENCES p (id))`;

const SCENARIOS = [
  {
    title: 'in many transactions',
    source: `INSERT INTO p VALUES (1, 'a'), (2, 'b'), (5, 'e');
      INSERT INTO c VALUES (1, 1, 'one'), (3, 5, 'three'), (6, 1, 'six')`,
    target: `INSERT INTO p VALUES (1, 'a'), (2, 'x'), (4, 'd');
      INSERT INTO c VALUES (1, 1, 'uno'), (4, 4, 'four'), (6, 1, 'sei'), (7, 1, 'seven')`,
    transactions: 8,
  },
  {
    title: 'in one transaction, with a row put aside',
    source: `INSERT INTO p VALUES (1, 'a'), (2, 'b'), (3, 'x'), (5, 'e');
      INSERT INTO c VALUES (1, 1, 'one'), (2, 3, 'two'), (3, 5, 'three'), (6, 1, 'six')`,
    target: `INSERT INTO p VALUES (1, 'a'), (2, 'x'), (3, 'b'), (4, 'd');
      INSERT INTO c VALUES (1, 1, 'uno'), (2, 4, 'two'), (4, 4, 'four'), (6, 1, 'sei'), (7, 1, 'seven')`,
    transactions: 1,
  },
];

/** Others do some of what the repair wants before it comes: a row arrives, one goes, one is mended; a key is taken. */
const BEFORE = `INSERT INTO p VALUES (5, 'e'); INSERT INTO c VALUES (3, NULL, 'theirs');
  DELETE FROM c WHERE id = 7; UPDATE c SET word = 'six' WHERE id = 6`;
/** What others write before the undo. */
const AFTER = `INSERT INTO p VALUES (50, 'others'); INSERT INTO c VALUES (50, 1, 'others'), (51, 50, 'others')`;

describe.each(availableEngines())('a repair of %s that stops', (engine) => {
  let source: TestDatabase;
  let target: TestDatabase;

  const read = async (): Promise<string> =>
    JSON.stringify([
      await target.query('SELECT id, code FROM p WHERE id < 50 ORDER BY id'),
      await target.query('SELECT id, pid, word FROM c WHERE id < 50 ORDER BY id'),
    ]);
  const countOthers = async () => [
    ...(await target.query('SELECT COUNT(*) FROM p WHERE id >= 50')),
    ...(await target.query('SELECT COUNT(*) FROM c WHERE id >= 50')),
  ];

  beforeAll(async () => {
    source = await openTestDatabase(engine);
    target = await openTestDatabase(engine);
    for (const database of [source, target]) await database.run(TABLES);
  }, 300_000);

  afterAll(async () => {
    for (const database of [source, target]) await database?.drop();
  });

  describe.each(SCENARIOS)('$title', (scenario) => {
    let files: Files;
    let stops: readonly Stop[];
    const told = (): string => `${files.repair}.told`;

    /** The target as the repair meets it. */
    const reset = async (): Promise<string> => {
      rmSync(told(), { force: true });
      await target.run(`DELETE FROM c; DELETE FROM p; ${scenario.target}; ${BEFORE}`);
      return await read();
    };
    const repairUpTo = async ({ text }: Stop): Promise<void> => {
      const path = `${files.repair}.cut.sql`;
      writeFileSync(path, text);
      await applySql(target, path, { printsTo: told() });
    };

    beforeAll(async () => {
      await source.run(`DELETE FROM c; DELETE FROM p; ${scenario.source}`);
      await target.run(`DELETE FROM c; DELETE FROM p; ${scenario.target}`);
      files = await writeFiles(source, target);
      stops = cutBehindEachLine(files.repair);
    });
    afterAll(() => rmSync(dirname(files.repair), { recursive: true, force: true }));

    it('is taken back by its undo as far as it came, and what others wrote is kept', async () => {
      expect(stops.filter(({ text }) => text.endsWith('COMMIT;\n'))).toHaveLength(scenario.transactions);
      for (const stop of stops.filter((_, i) => IS_LONG || i % 2 === 0)) {
        const before = await reset();
        await repairUpTo(stop);
        const stopped = await read();
        await target.run(AFTER);
        const undo = applySql(target, files.undo, { told: told() });
        if (stop.isUnclear) await expect(undo).rejects.toThrow('was the last COMMIT of the repair done?');
        else await undo;
        expect(await read(), stop.text).toBe(stop.isUnclear ? stopped : before);
        expect(await countOthers()).toEqual([['1'], ['2']]);
      }
    }, 600_000);

    it('is done by a second run, whose undo takes back what both did', async () => {
      for (const stop of stops.filter((_, i) => i % 5 === 0)) {
        const before = await reset();
        await repairUpTo(stop);
        await applySql(target, files.repair, { printsTo: told() });
        const done = await read();
        const undo = applySql(target, files.undo, { told: told() });
        if (stop.isUnclear) await expect(undo).rejects.toThrow('was the last COMMIT of the repair done?');
        else await undo;
        expect(await read(), stop.text).toBe(stop.isUnclear ? done : before);
      }
    }, 600_000);

    it('is taken back by rowproof apply in the same way', async () => {
      const undo = () =>
        applyRepair({
          path: files.undo,
          targetUrl: target.url,
          toldPath: told(),
          undoPath: join(makeFolder(), 'again.sql'),
        });
      for (const stop of stops.filter((_, i) => i % 7 === 0)) {
        const before = await reset();
        await repairUpTo(stop);
        const stopped = await read();
        if (stop.isUnclear) await expect(undo()).rejects.toThrow('does not say whether the last transaction');
        else await undo();
        expect(await read(), stop.text).toBe(stop.isUnclear ? stopped : before);
      }
    }, 600_000);

    it('is not taken back where nothing says what was done', async () => {
      await reset();
      await applySql(target, files.repair, { printsTo: told() });
      const done = await read();
      await expect(applySql(target, files.undo)).rejects.toThrow(
        'this needs what the repair printed before it',
      );
      const settings = { path: files.undo, targetUrl: target.url };
      await expect(applyRepair(settings)).rejects.toThrow('nothing was given that says what that was');
      writeFileSync(told(), readFileSync(told(), 'utf8').replaceAll(/(?<=_|c)\d{17}/g, '20200101000000000'));
      await expect(applySql(target, files.undo, { told: told() })).rejects.toThrow('what the repair printed');
      const other = applyRepair({ ...settings, toldPath: told() });
      await expect(other).rejects.toThrow('tells nothing of the repair that this undo belongs to');
      expect(await read()).toBe(done);
    });
  });
});
