import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { applyRepair } from 'rowproof';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../apply/applied.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { applySql } from './repair-round.js';
import { cutBehindEachLine, type Files, type Stop, writeFiles } from './stopped-files.js';

const MYSQL_LIKE = availableEngines().filter((engine) => engine !== 'postgresql');

/** The second table's values change places, so that the whole file is one transaction; the first knows none. */
const TABLES = `CREATE TABLE kept (id INT NOT NULL PRIMARY KEY, word VARCHAR(20)) ENGINE = MyISAM;
  CREATE TABLE swapped (id INT NOT NULL PRIMARY KEY, code VARCHAR(20) UNIQUE)`;
const SOURCE = `INSERT INTO kept VALUES (1, 'one'), (2, 'two'), (4, 'four'); INSERT INTO swapped VALUES (1, 'b'), (2, 'a')`;
const TARGET = `INSERT INTO kept VALUES (1, 'uno'), (3, 'tre'), (4, 'quattro'); INSERT INTO swapped VALUES (1, 'a'), (2, 'b')`;
const BEFORE = "UPDATE kept SET word = 'theirs' WHERE id = 4";

/** Behind a statement of the first table, before the client has printed that it changed its row. */
function isUntold({ text }: Stop): boolean {
  return /^\/\*(?:r 1\.\d+\*\/ .*|a 0\*\/ SET @rowproof_n1_0 = CONCAT.*)\n$/.test(
    `${text.trimEnd().split('\n').at(-1)}\n`,
  );
}

describe.each(MYSQL_LIKE)('a repair of %s that stops, of a table that takes nothing back', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);
  let files: Files;
  let stops: readonly Stop[];
  const told = (): string => `${files.repair}.told`;

  const read = async (): Promise<string> =>
    JSON.stringify([
      await target.query('SELECT * FROM kept ORDER BY id'),
      await target.query('SELECT * FROM swapped ORDER BY id'),
    ]);

  /** The target as the repair meets it, and then up to a stop. */
  async function stopAt({ text }: Stop): Promise<{ readonly before: string; readonly stopped: string }> {
    rmSync(told(), { force: true });
    await target.run(`DELETE FROM kept; DELETE FROM swapped; ${TARGET}; ${BEFORE}`);
    const before = await read();
    const path = `${files.repair}.cut.sql`;
    writeFileSync(path, text);
    await applySql(target, path, { printsTo: told() });
    return { before, stopped: await read() };
  }

  beforeAll(async () => {
    for (const database of [source, target]) await database.run(TABLES);
    await source.run(SOURCE);
    await target.run(TARGET);
    files = await writeFiles(source, target);
    stops = cutBehindEachLine(files.repair);
  });
  afterAll(() => rmSync(dirname(files.repair), { recursive: true, force: true }));

  it('is taken back by its undo as far as it came', async () => {
    const changed = new Set<string>();
    for (const stop of stops) {
      const { before, stopped } = await stopAt(stop);
      changed.add(stopped);
      const undo = applySql(target, files.undo, { told: told() });
      if (stop.isUnclear) await expect(undo).rejects.toThrow('was the last COMMIT of the repair done?');
      else await undo;
      if (!isUntold(stop)) expect(await read(), stop.text).toBe(stop.isUnclear ? stopped : before);
    }
    // One after the other: a row goes, one comes, one changes; and then what is one transaction.
    expect(changed.size).toBe(5);
  }, 300_000);

  it('is taken back where a statement failed', async () => {
    await target.run('ALTER TABLE kept ADD UNIQUE (word)');
    await source.run("DELETE FROM kept; INSERT INTO kept VALUES (1, 'one'), (2, 'two'), (5, 'five')");
    await target.run('DELETE FROM kept');
    const { repair, undo } = await writeFiles(source, target);
    await target.run("INSERT INTO kept VALUES (50, 'two')");
    const before = await read();
    const printed = `${repair}.told`;
    await expect(applySql(target, repair, { printsTo: printed })).rejects.toThrow('Duplicate');
    expect(await read()).not.toBe(before);
    await applySql(target, undo, { told: printed });
    expect(await read()).toBe(before);
    rmSync(dirname(repair), { recursive: true, force: true });
    await target.run('ALTER TABLE kept DROP INDEX word');
    await source.run(`DELETE FROM kept; DELETE FROM swapped; ${SOURCE}`);
  }, 300_000);

  it('is taken back by rowproof apply in the same way', async () => {
    for (const stop of stops.filter((each, i) => !each.isUnclear && !isUntold(each) && i % 4 === 0)) {
      const { before } = await stopAt(stop);
      const undoPath = join(makeFolder(), 'again.sql');
      await applyRepair({ path: files.undo, targetUrl: target.url, toldPath: told(), undoPath });
      expect(await read(), stop.text).toBe(before);
    }
  }, 300_000);
});
