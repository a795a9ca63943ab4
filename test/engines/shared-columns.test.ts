import { describe, expect, it } from 'vitest';
import { withOpenSides } from '../../src/app/open-run.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import type { Column, Table } from '../../src/core/schema.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { runOnBoth } from '../traps/type-words.js';

describe.each(availableEngines())('columns of tables of %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);

  const readTables = (): Promise<readonly Table[]> =>
    withOpenSides(
      resolveFlags({ source: source.url, target: target.url }),
      async (sides) => sides.source.catalog.tables,
    );
  const find = (tables: readonly Table[], table: string, column: string): Column | undefined =>
    tables.find(({ name }) => name === table)?.columns.find(({ name }) => name === column);

  it('are one where they are alike, and two where anything of them differs', async () => {
    await runOnBoth(
      [source, target],
      `CREATE TABLE one (id int PRIMARY KEY, v varchar(20), w varchar(20));
       CREATE TABLE two (id int PRIMARY KEY, v varchar(20), w varchar(21) NOT NULL)`,
    );
    const tables = await readTables();
    expect(find(tables, 'one', 'v')).toBe(find(tables, 'two', 'v'));
    expect(find(tables, 'one', 'w')).toMatchObject({
      declared: expect.stringContaining('20'),
      nullable: true,
    });
    expect(find(tables, 'two', 'w')).toMatchObject({
      declared: expect.stringContaining('21'),
      nullable: false,
    });
  });

  it.runIf(engine === 'mariadb')('hold JSON only where their own table checks that', async () => {
    await runOnBoth(
      [source, target],
      `CREATE TABLE checked (id int PRIMARY KEY, d longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin CHECK (json_valid(d)));
       CREATE TABLE unchecked (id int PRIMARY KEY, d longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin)`,
    );
    const tables = await readTables();
    expect(find(tables, 'checked', 'd')?.type.kind).toBe('json');
    expect(find(tables, 'unchecked', 'd')?.type.kind).toBe('text');
  });
});
