import { describe, expect, it } from 'vitest';
import { compare, findingCodes, tableResult } from '../app/compare.js';
import { availableEngines, type TestDatabase, type TestEngine, useDatabase } from '../support/database.js';

const ROWS = Array.from({ length: 40 }, (_, i) => `(${i + 1}, '${i + 1}')`).join(', ');

/** What an administrator may do to a table while it is read. */
const ALTERATIONS: Readonly<Record<string, Readonly<Record<'mysql' | 'postgresql', string>>>> = {
  'a type that sends the same bytes': {
    mysql: 'ALTER TABLE t MODIFY word blob',
    postgresql: 'ALTER TABLE t ALTER word TYPE bytea USING word::bytea',
  },
  'a type that sends other bytes': {
    mysql: 'ALTER TABLE t MODIFY word double',
    postgresql: 'ALTER TABLE t ALTER word TYPE float8 USING word::float8',
  },
  'a wider key': {
    mysql: 'ALTER TABLE t MODIFY id bigint NOT NULL',
    postgresql: 'ALTER TABLE t ALTER id TYPE bigint',
  },
  'another column': {
    mysql: 'ALTER TABLE t ADD extra int',
    postgresql: 'ALTER TABLE t ADD extra int',
  },
  'a column less': {
    mysql: 'ALTER TABLE t DROP word',
    postgresql: 'ALTER TABLE t DROP word',
  },
  'no key': {
    mysql: 'ALTER TABLE t DROP PRIMARY KEY',
    postgresql: 'ALTER TABLE t DROP CONSTRAINT t_pkey',
  },
  'another collation': {
    mysql: 'ALTER TABLE t MODIFY word varchar(20) COLLATE utf8mb4_bin',
    postgresql: 'ALTER TABLE t ALTER word TYPE text COLLATE "POSIX"',
  },
  'another table under its name': {
    mysql: 'DO SLEEP(1.1); CREATE TABLE n LIKE t; INSERT INTO n SELECT * FROM t; RENAME TABLE t TO o, n TO t',
    postgresql:
      'CREATE TABLE n (LIKE t INCLUDING ALL); INSERT INTO n SELECT * FROM t; ALTER TABLE t RENAME TO o; ALTER TABLE n RENAME TO t',
  },
  'nothing left': { mysql: 'DROP TABLE t', postgresql: 'DROP TABLE t' },
};
const dialectOf = (engine: TestEngine) => (engine === 'postgresql' ? 'postgresql' : 'mysql');

describe.each(availableEngines())('a table of %s that gets, while it is read,', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);

  it.each(Object.keys(ALTERATIONS))('%s is unverified and says so', async (alteration) => {
    const run = await alterWhileReading(ALTERATIONS[alteration]?.[dialectOf(engine)] ?? '');
    const table = tableResult(run, 't');
    expect(table.verdict).toBe('unverified');
    expect(findingCodes(table)).toContain('schema-changed');
    expect(JSON.stringify(table.findings)).not.toMatch(/internal|bug/i);
    expect(tableResult(run, 'other').verdict).toBe('verified');
  });

  it('emptied differs by all that it had and that was not read yet', async () => {
    const table = tableResult(await alterWhileReading('TRUNCATE TABLE t'), 't');
    expect(table.verdict).toBe('different');
    expect(table.missing).toBeGreaterThanOrEqual(30);
  });

  it('rows, and nothing else, is verified', async () => {
    const run = await alterWhileReading("INSERT INTO t VALUES (999, 'x'); DELETE FROM t WHERE id = 999");
    expect(run.result).toMatchObject({ verdict: 'verified', findings: [] });
  });

  async function alterWhileReading(sql: string) {
    for (const side of [source, target]) await prepare(side);
    let altered = false;
    return compare({
      source,
      target,
      flags: { 'chunk-rows': '10', workers: '1', tables: ['t', 'other'] },
      onEvent: async ({ type }) => {
        if (type !== 'chunk:verified' || altered) return;
        altered = true;
        await target.run(sql);
      },
    });
  }
});

async function prepare(side: TestDatabase): Promise<void> {
  await side.run('DROP TABLE IF EXISTS t, n, o, other');
  for (const name of ['t', 'other']) {
    const text = side.engine === 'postgresql' ? 'text' : 'varchar(20)';
    await side.run(
      `CREATE TABLE ${name} (id int PRIMARY KEY, word ${text}); INSERT INTO ${name} VALUES ${ROWS}`,
    );
  }
}
