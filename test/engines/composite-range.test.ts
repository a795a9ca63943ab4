import { homedir } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KeyPart } from '../../src/core/encoding/key-bytes.js';
import type { SqlSession } from '../../src/engines/sql-session.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { sqlPartsFor } from '../support/sql-engine.js';
import { fillTable } from '../traps/type-words.js';

const ROWS = 20_000;
const LIMIT = 100;
const environment = { variables: {}, readFile: () => null, homeFolder: homedir(), userName: '' };

/** How many rows the server looks at for a SELECT that stops after LIMIT rows. */
async function countTouchedRows(session: SqlSession, sql: string, isPostgresql: boolean): Promise<number> {
  if (isPostgresql) {
    const plan = await session.query(`EXPLAIN (ANALYZE, TIMING OFF) ${sql}`);
    const removed = plan.map((row) => /Rows Removed by Filter: (\d+)/.exec(row['QUERY PLAN'] ?? '')?.[1]);
    return removed.reduce((sum, text) => sum + Number(text ?? 0), LIMIT);
  }
  const reads = async (): Promise<number> => {
    const [row] = await session.query("SHOW SESSION STATUS LIKE 'Handler_read_next'");
    return Number(row?.Value);
  };
  const before = await reads();
  await session.query(sql);
  return (await reads()) - before;
}

describe.each(availableEngines())('a range of a composite key on %s', (name) => {
  const database = useDatabase(name);

  beforeAll(async () => {
    await database.run('CREATE TABLE skewed (a int, b int, c int, word varchar(20), PRIMARY KEY (a, b, c))');
    await fillTable(database, { table: 'skewed', count: ROWS, select: "7, n % 300, n, 'word'" });
    await database.run(name === 'postgresql' ? 'ANALYZE skewed' : 'ANALYZE TABLE skewed');
  });

  it('begins where it says, however many rows share the first column', async () => {
    const url = new URL(database.url);
    const engine = sqlPartsFor(database.url);
    const settings = engine.resolveConnection(url, environment);
    const session = await engine.openSql(settings);
    try {
      const { tables } = await engine.readCatalog(session, { settings });
      const table = tables.find((it) => it.name === 'skewed');
      if (table === undefined) throw new Error('No table');
      const ints = (...values: bigint[]): KeyPart[] => values.map((value) => ({ kind: 'int', value }));
      const range = { after: ints(7n, 200n, 4000n), upTo: ints(8n) };
      const sql = engine.dialect.buildSelect({
        table,
        columns: table.columns,
        key: table.columns.slice(0, 3),
        where: null,
        range,
        limit: LIMIT,
        offset: 0,
        descending: false,
      });
      expect(await countTouchedRows(session, sql, name === 'postgresql')).toBeLessThan(2 * LIMIT);
    } finally {
      await session.close();
    }
  });
});
