import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compare } from '../app/compare.js';
import { applySql, writeRepair } from '../repair/repair-round.js';
import { availableEngines, type TestEngine, useDatabase } from '../support/database.js';
import { apply, changedFile, dump, makeFolder, repairFile } from './applied.js';

const COLUMNS: Readonly<Record<TestEngine, string>> = {
  postgresql: `word varchar(20), raw bytea, price numeric(10,2), at timestamp, ratio double precision, tags text[]`,
  mysql: `word varchar(20), raw varbinary(9), price decimal(10,2), at datetime(3), ratio double, tags set('a','b')`,
  mariadb: `word varchar(20), raw varbinary(9), price decimal(10,2), at datetime(3), ratio double, tags set('a','b')`,
};

const row = (engine: TestEngine, word: string): string => {
  const isPostgres = engine === 'postgresql';
  const raw = isPostgres ? "'\\x00ff27'" : '0x00ff27';
  return `('${word}', ${raw}, 1.50, '2024-01-01 00:00:00.5', 0.1, ${isPostgres ? "'{a,NULL}'" : "'a,b'"})`;
};

/** So many copies of each row. */
function rows(engine: TestEngine, copies: Readonly<Record<string, number>>): string {
  const all = Object.entries(copies).flatMap(([word, count]) =>
    Array.from({ length: count }, () =>
      word === 'none' ? '(NULL, NULL, NULL, NULL, NULL, NULL)' : row(engine, word),
    ),
  );
  return `DELETE FROM t; INSERT INTO t VALUES ${all.join(', ')}`;
}

const SOURCE = { a: 4, A: 0, 'a ': 2, none: 1, same: 2 };
const TARGET = { a: 1, A: 5, 'a ': 0, none: 3, same: 2 };

describe.each(availableEngines())('copies of rows applied to %s', (engine) => {
  const sides = { source: useDatabase(engine), target: useDatabase(engine) };
  const begin = async (): Promise<void> => {
    for (const side of ['source', 'target'] as const) {
      await sides[side].run(`DROP TABLE IF EXISTS t; CREATE TABLE t (${COLUMNS[engine]})`);
      await sides[side].run(rows(engine, side === 'source' ? SOURCE : TARGET));
    }
  };

  it('are as many as on the source, and are brought back by apply and by the client', async () => {
    await begin();
    const before = await dump(sides.target, ['t']);
    const file = await repairFile(sides);
    for (const takeBack of ['apply', 'client'] as const) {
      const { result, left } = await apply(sides.target, file);
      expect(left).toEqual([]);
      const all = { applied: 12, done: 0, changed: 0, refused: 0, differing: 0, verified: 12 };
      expect(result).toMatchObject(all);
      expect(result.plan.tables).toMatchObject([{ inserts: 5, deletes: 7 }]);
      expect((await compare(sides)).result.verdict).toBe('verified');
      expect((await apply(sides.target, file)).result).toMatchObject({ applied: 0, done: 12, changed: 0 });
      const undo = result.undoPath ?? '';
      if (takeBack === 'client') await applySql(sides.target, undo);
      else expect((await apply(sides.target, undo)).result).toMatchObject({ ...all, changed: 0 });
      expect(await dump(sides.target, ['t'])).toEqual(before);
      await applySql(sides.target, undo);
      expect(await dump(sides.target, ['t'])).toEqual(before);
    }
  }, 120_000);

  it('are left as others made them meanwhile, and what was not written is not taken back', async () => {
    await begin();
    const file = await repairFile(sides);
    await sides.target.run(`INSERT INTO t VALUES ${row(engine, 'a')}, ${row(engine, 'A')}`);
    const before = await dump(sides.target, ['t']);
    const { result, left, undo } = await apply(sides.target, file);
    expect(result).toMatchObject({ applied: 6, done: 1, changed: 5, refused: 0 });
    expect(new Set(left.map(({ key }) => /^word = (\S+),/.exec(key)?.[1]))).toEqual(new Set(["'A'"]));
    expect(left[0]?.reason).toContain('There are not as many equal rows as the file wants.');
    expect(undo).not.toBe('');
    await applySql(sides.target, result.undoPath ?? '');
    expect(await dump(sides.target, ['t'])).toEqual(before);
  }, 120_000);

  it('that the client wrote are taken back as far as it says, and once only', async () => {
    await begin();
    const written = await writeRepair(sides);
    await sides.target.run(`INSERT INTO t VALUES ${row(engine, 'a')}`);
    const before = await dump(sides.target, ['t']);
    await written.apply('repair');
    const undo = { toldPath: written.paths.told, undoPath: join(makeFolder(), 'again.sql') };
    const { result, left } = await apply(sides.target, written.paths.undo, undo);
    expect(left).toEqual([]);
    expect(result).toMatchObject({ applied: 11, differing: 0, plan: { rows: 11, unchanged: 1 } });
    expect(await dump(sides.target, ['t'])).toEqual(before);
    const second = { ...undo, undoPath: join(makeFolder(), 'third.sql') };
    const again = await apply(sides.target, written.paths.undo, second);
    expect(again.result).toMatchObject({ applied: 0, done: 11 });
    written.remove();
  }, 120_000);

  it('are refused where the table has become another since', async () => {
    await begin();
    const file = await repairFile(sides);
    await sides.target.run('ALTER TABLE t ADD COLUMN extra int');
    const { result, left } = await apply(sides.target, file);
    expect(result).toMatchObject({ applied: 0, refused: 12 });
    expect(left[0]?.reason).toBe('Column extra was not compared, and may differ in equal rows.');
  }, 120_000);

  it('are taken from a file only in the one form that Rowproof writes', async () => {
    await begin();
    const file = await repairFile(sides);
    const before = await dump(sides.target, ['t']);
    const limit = engine === 'postgresql' ? 'LIMIT 1)' : 'LIMIT 1;';
    const changes: [from: string | RegExp, to: string][] = [
      [limit, limit.replace('1', '2')],
      [/COUNT\(\*\)/i, 'COUNT(1)'],
      [/\/\*k\*\/ .*? AND /, '/*k*/ '],
      [/(\/\*k\*\/ ).*?( \/\*g\*\/)/, '$11 = 1$2'],
    ];
    for (const [from, to] of changes) {
      expect(readFileSync(file, 'utf8')).toMatch(from instanceof RegExp ? from : limit);
      const changed = changedFile(file, (text) => text.replace(from, to));
      await expect(apply(sides.target, changed), String(from)).rejects.toThrow(/^Line \d+ of /);
    }
    expect(await dump(sides.target, ['t'])).toEqual(before);
  }, 120_000);
});
