import { describe, expect, it } from 'vitest';
import type { Column } from '../../src/core/schema.js';
import { createMysqlRepairDialect } from '../../src/engines/mysql/repair-dialect.js';
import { createPostgresqlRepairDialect } from '../../src/engines/postgresql/repair-dialect.js';
import type { RepairDialect } from '../../src/engines/repair.js';
import { availableEngines, type TestEngine, useDatabase } from '../support/database.js';

const NEIGHBOURS = ['google', 'Google', 'gooGle', "goo'gle\\"];

function dialectOf(engine: TestEngine): RepairDialect {
  return engine === 'postgresql'
    ? createPostgresqlRepairDialect(new Map())
    : createMysqlRepairDialect({ version: '8.4.0', charsets: new Map() });
}

const column: Column = {
  name: 'k',
  declared: 'varchar(20)',
  wire: 'varchar',
  type: { kind: 'text', charset: 'utf8', padded: false, order: 'other', uuidOrder: 'unknown' },
  nullable: false,
  generated: false,
  identity: 'none',
  invisible: false,
  collation: null,
};

describe.each(availableEngines())('a key of %s whose collation ignores case and accents', (engine) => {
  const database = useDatabase(engine);

  it('finds the row with its very bytes and none of its neighbours, by key and by guard', async () => {
    const type =
      engine === 'postgresql' ? 'VARCHAR(20) COLLATE loose' : 'VARCHAR(20) COLLATE utf8mb4_general_ci';
    const collation =
      "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);";
    await database.run(`${engine === 'postgresql' ? collation : ''} CREATE TABLE near (k ${type})`);
    const dialect = dialectOf(engine);
    for (const word of NEIGHBOURS) {
      const literal = dialect.literal({ value: word, from: column, to: column });
      if (literal.kind === 'sql') await database.run(`INSERT INTO near VALUES (${literal.sql})`);
    }
    for (const word of NEIGHBOURS) {
      const value = { value: word, from: column, to: column };
      for (const condition of [dialect.buildKeyCondition(value), dialect.buildGuard(value)]) {
        expect(await database.query(`SELECT k FROM near WHERE ${condition}`)).toEqual([[word]]);
      }
    }
  });
});
