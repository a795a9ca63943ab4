import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { availableEngines, useDatabase } from '../support/database.js';

const MYSQL_FAMILY = availableEngines().filter((engine) => engine !== 'postgresql');

describe.each(MYSQL_FAMILY)('latin1 text of %s against bytes', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase('postgresql');
  /** Compares a view in the place of the table, as the documentation says. */
  const compareView = (view: string, table: string) =>
    compare({
      source,
      target,
      flags: { tables: [view], map: `${view}=${table}`, key: `${view}:id` },
    });

  beforeAll(async () => {
    await source.run(`CREATE TABLE own_bytes (id int PRIMARY KEY, note varchar(20) CHARACTER SET latin1);
      INSERT INTO own_bytes VALUES (1, _latin1 0x74fc72), (2, 'door'), (3, NULL);
      CREATE TABLE in_utf8 LIKE own_bytes; INSERT INTO in_utf8 SELECT * FROM own_bytes;
      CREATE VIEW own_bytes_view AS SELECT id, CAST(note AS BINARY) AS note FROM own_bytes;
      CREATE VIEW in_utf8_view AS SELECT id, CONVERT(note USING utf8mb4) AS note FROM in_utf8`);
    await target.run(`CREATE TABLE own_bytes (id int PRIMARY KEY, note bytea);
      INSERT INTO own_bytes VALUES (1, '\\x74fc72'), (2, '\\x646f6f72'), (3, NULL);
      CREATE TABLE in_utf8 (id int PRIMARY KEY, note bytea);
      INSERT INTO in_utf8 VALUES (1, '\\x74c3bc72'), (2, '\\x646f6f72'), (3, NULL)`);
  });

  it('is unverified, because the bytes may be either form, and the hint names a way', async () => {
    const run = await compare({ source, target, flags: { tables: ['own_bytes', 'in_utf8'] } });
    for (const table of ['own_bytes', 'in_utf8']) {
      expect(tableResult(run, table)).toMatchObject({
        verdict: 'unverified',
        findings: [
          {
            code: 'column-unverified',
            hint: expect.stringMatching(/^Compare a view instead .* or leave it/),
          },
        ],
      });
    }
  });

  it.each(['own_bytes', 'in_utf8'])(
    'is compared exactly where a view says that they are %s',
    async (form) => {
      expect(tableResult(await compareView(`${form}_view`, form), `${form}_view`)).toMatchObject({
        ...{ verdict: 'verified', sourceRows: 3 },
      });
      const other = form === 'own_bytes' ? 'in_utf8' : 'own_bytes';
      expect(listDifferences(await compareView(`${form}_view`, other))).toEqual(['changed 1 note']);
    },
  );
});
