import type { TableResult } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { compare, tableResult } from '../app/compare.js';
import { availableEngines, useDatabase } from '../support/database.js';

const FAMILY = availableEngines().filter((engine) => engine !== 'postgresql');

describe.each(FAMILY)('a key with dates on no calendar from %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase('postgresql');
  beforeAll(async () => {
    await source.run(`SET sql_mode = '';
      CREATE TABLE other_key (d datetime, n int, u int NOT NULL UNIQUE, PRIMARY KEY (d, n));
      INSERT INTO other_key VALUES ('0000-00-00', 1, 1), ('2024-01-01', 2, 2);
      CREATE TABLE same_date (d date, n int NOT NULL, v int, PRIMARY KEY (d), UNIQUE (n, d));
      INSERT INTO same_date VALUES ('0000-00-00', 1, 1), ('2024-01-01', 2, 2);
      CREATE TABLE all_key (d date, n int, PRIMARY KEY (d, n));
      INSERT INTO all_key VALUES ('2024-00-10', 1), ('2024-01-01', 2);
      CREATE TABLE dates (d date PRIMARY KEY);
      INSERT INTO dates VALUES ('0000-00-00'), ('2024-01-01');`);
    await target.run(`
      CREATE TABLE other_key (d timestamp, n int, u int NOT NULL UNIQUE, PRIMARY KEY (d, n));
      INSERT INTO other_key VALUES ('1970-01-01', 1, 1), ('2024-01-01', 2, 2);
      CREATE TABLE same_date (d date, n int NOT NULL, v int, PRIMARY KEY (d), UNIQUE (n, d));
      INSERT INTO same_date VALUES ('1970-01-01', 1, 1), ('2024-01-01', 2, 2);
      CREATE TABLE all_key (d date, n int, PRIMARY KEY (d, n));
      INSERT INTO all_key VALUES ('1970-01-01', 1), ('2024-01-01', 2);
      CREATE TABLE dates (d date PRIMARY KEY);
      INSERT INTO dates VALUES ('2024-01-01');`);
  });
  const run = async (table: string, flags = {}): Promise<TableResult> =>
    tableResult(await compare({ source, target, flags: { tables: [table], ...flags } }), table);
  const read = async (table: string) => {
    const { verdict, findings } = await run(table);
    return { verdict, finding: findings.find(({ code }) => code === 'chunk-unverified') };
  };

  it.each([
    ['other_key', 'other_key:u', /^Tell rows apart by another unique key: /],
    [
      'same_date',
      'same_date:d,n',
      /^No other unique key serves: have rows compared by all of their values with /,
    ],
    ['all_key', 'all_key:n,d', /^No other unique key serves/],
  ])('is told with a --key that compares all of %s: %s', async (table, key, words) => {
    const { verdict, finding } = await read(table);
    expect(verdict).toBe('unverified');
    expect(finding?.message).toContain('column d holds a date on no calendar');
    expect(finding?.hint).toMatch(words);
    expect(finding?.hint).toContain(`--key ${key}.`);
    const followed = await run(table, { key: [key] });
    expect(followed).toMatchObject({ verdict: 'different', sourceRows: 2, targetRows: 2 });
    expect(followed.findings.map(({ code }) => code)).not.toContain('chunk-unverified');
  });

  it('is told with a condition where the table is nothing but that date', async () => {
    const { verdict, finding } = await read('dates');
    expect(verdict).toBe('unverified');
    expect(finding?.hint).toBe(
      'Leave the rows with such values out with --where dates:CONDITION, or all of the table with --exclude.',
    );
    expect(await run('dates', { where: ["dates:d >= '1000-01-01'"] })).toMatchObject({ verdict: 'verified' });
  });
});
