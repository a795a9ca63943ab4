import { beforeAll, describe, expect, it } from 'vitest';
import { compare, tableResult } from '../app/compare.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { slowCondition } from './slow-reads.js';
import { fillTable } from './type-words.js';

const ROWS = 1000;
const LAST_FAST = 500;

describe.each(availableEngines())('a statement timeout of %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine === 'postgresql' ? 'mariadb' : 'postgresql');

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run(
        'CREATE TABLE partly_slow (id int PRIMARY KEY); CREATE TABLE fast (id int PRIMARY KEY)',
      );
      await fillTable(database, { table: 'partly_slow', count: ROWS, select: 'n' });
      await fillTable(database, { table: 'fast', count: ROWS, select: 'n' });
    }
  });

  it('in one chunk leaves that chunk and its table unverified, and nothing else', async () => {
    const impatient = new URL(source.url);
    impatient.searchParams.set('statement-timeout', '2');
    const run = await compare({
      source: { url: impatient.href },
      target,
      flags: {
        where: `partly_slow:id <= ${LAST_FAST} OR ${slowCondition(engine, 1)}`,
        'target-where': 'partly_slow:1 = 1',
        'chunk-rows': '100',
      },
    });
    expect(run.result.verdict).toBe('unverified');
    expect(tableResult(run, 'fast')).toMatchObject({ verdict: 'verified', sourceRows: ROWS });
    const table = tableResult(run, 'partly_slow');
    expect(table).toMatchObject({ verdict: 'unverified', missing: 0, extra: 0 });
    expect(table.coverage).toEqual({ rows: LAST_FAST, chunks: 6, unverifiedChunks: 1 });
    expect(table.findings).toMatchObject([
      { code: 'chunk-unverified', hint: expect.stringContaining('statement-timeout') },
    ]);
    expect(run.events.filter(({ type }) => type === 'chunk:unverified')).toMatchObject([
      { error: { code: 'timeout' } },
    ]);
  });
});
