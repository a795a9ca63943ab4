import type { TableResult } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RawFlags } from '../../src/config/raw-flags.js';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { availableEngines, type TestDatabase, useDatabase } from '../support/database.js';
import { fillTable } from './type-words.js';

const ROWS = 400;

/** Makes a table of which the server can read every row (under a condition) but those with the given numbers. */
async function makeBroken(database: TestDatabase, table: string, bad: readonly number[]): Promise<void> {
  const list = bad.length === 0 ? '0' : bad.join();
  if (database.engine !== 'postgresql') {
    await database.run(`CREATE TABLE ${table} (id int PRIMARY KEY, word varchar(20), a bigint)`);
    await fillTable(database, {
      table,
      count: ROWS,
      select: `n, 'word', CASE WHEN n IN (${list}) THEN 9223372036854775807 ELSE 1 END`,
    });
    return;
  }
  await database.run(`CREATE TABLE ${table} (id int PRIMARY KEY, word varchar(20), a bigint, twice text);
    ALTER TABLE ${table} ALTER twice SET STORAGE EXTERNAL`);
  const long = `CASE WHEN n IN (${list}) THEN repeat('x', 5000) ELSE 'x' END`;
  await fillTable(database, { table, count: ROWS, select: `n, 'word', 1, ${long}` });
  // Its long values are lost, as on a damaged disk.
  const [[toast] = []] = await database.query(
    `SELECT reltoastrelid::regclass::text FROM pg_class WHERE oid = '${table}'::regclass`,
  );
  const kind = (relkind: string): string =>
    `UPDATE pg_class SET relkind = '${relkind}' WHERE oid = '${toast}'::regclass`;
  await database.run(`${kind('r')}; DELETE FROM ${toast}; ${kind('t')}`);
  await database.run(`VACUUM ${toast}`);
}

/** What is said of rows that were not compared; that their causes cannot be looked for either is another matter. */
function openRanges({ findings }: TableResult): string[] {
  return findings.filter(({ code }) => code === 'chunk-unverified').map(({ message }) => message);
}

const EVERY = Array.from({ length: ROWS }, (_, i) => i + 1);

describe.each(availableEngines())('a row that %s cannot read', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);

  beforeAll(async () => {
    for (const [table, bad] of Object.entries({
      one: [101],
      first: [1],
      last: [ROWS],
      many: [...EVERY.slice(100, 140), 300],
      whole: EVERY,
    })) {
      await makeBroken(source, table, bad);
      await makeBroken(target, table, []);
      await target.run(
        `UPDATE ${table} SET word = 'changed' WHERE id IN (99, 250); DELETE FROM ${table} WHERE id = 399`,
      );
    }
  });

  /** MySQL and MariaDB fail where a condition overflows; it says nothing of the rows of the target. */
  const only = (table: string): RawFlags =>
    engine === 'postgresql'
      ? { tables: table }
      : { tables: table, where: `${table}:a * 2 > 0`, 'target-where': `${table}:1 = 1` };

  it.each([
    ['one', 'id > 100 up to 101', 1],
    ['first', 'id up to 1', 1],
    ['last', `id > ${ROWS - 1}`, 1],
  ])('leaves the other rows of table %s compared, and is named', async (table, open, rows) => {
    for (const flags of [{}, { 'chunk-rows': '100' }]) {
      const run = await compare({ source, target, flags: { ...only(table), ...flags } });
      const result = tableResult(run, table);
      expect(listDifferences(run)).toEqual(['changed 99 word', 'changed 250 word', 'missing 399']);
      expect(openRanges(result)).toEqual([expect.stringContaining(`Rows of ${result.target} with ${open}`)]);
      expect(result).toMatchObject({ sourceRows: ROWS - rows, missing: 1, changed: 2, extra: 0 });
      expect(result.coverage.unverifiedChunks).toBe(1);
    }
  });

  it('is not alone: those behind each other are one open range, and rows between are compared', async () => {
    const run = await compare({ source, target, flags: only('many') });
    const result = tableResult(run, 'many');
    expect(listDifferences(run)).toEqual(['changed 99 word', 'changed 250 word', 'missing 399']);
    const messages = openRanges(result);
    expect(messages).toHaveLength(2);
    // Behind sixteen bad rows more than one is passed over at a time.
    expect(messages[0]).toMatch(/with id > 100 up to 1[4-7]\d were/);
    expect(messages[1]).toContain('with id > 299 up to 300 were');
    expect(result.sourceRows).toBeGreaterThan(ROWS - 41 - 32);
  });

  it('does not end the run where no row can be read', async () => {
    const run = await compare({ source, target, flags: only('whole') });
    expect(tableResult(run, 'whole')).toMatchObject({ verdict: 'unverified', sourceRows: 0 });
  });
});
