import { planRun, resolveConfig } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { compare, tableResult } from '../app/compare.js';
import { type TestDatabase, useDatabase } from '../support/database.js';

/** Types of the catalog that no column of a user's table is ever of, and that have no input. */
const INTERNAL =
  /^(pg_node_tree|pg_ndistinct|pg_dependencies|pg_mcv_list|pg_brin_\w+|gtsvector|cstring|record)$/;

describe('every type that PostgreSQL brings along', () => {
  const sides = { source: useDatabase('postgresql'), target: useDatabase('postgresql') };
  let types: string[];

  const create = (database: TestDatabase): Promise<void> =>
    database.run(`CREATE DOMAIN number AS int; CREATE DOMAIN day AS date NOT NULL;
      CREATE TABLE every (id number, on_day day, ${types.map((type, i) => `c${i} ${type}`).join(', ')},
        PRIMARY KEY (id, on_day)); INSERT INTO every VALUES (1, '2024-02-29'), (2, '-infinity')`);

  beforeAll(async () => {
    const rows = await sides.source.query(
      `SELECT format_type(oid, NULL) FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace
         AND typtype IN ('b', 'r', 'm') AND typisdefined AND NOT typname LIKE '\\_pg\\_%' ORDER BY oid`,
    );
    types = rows.map(([name]) => String(name)).filter((name) => !INTERNAL.test(name.replace('[]', '')));
    for (const database of Object.values(sides)) await create(database);
  });

  it('has a rule, so that none of them is compared only by its bytes', async () => {
    const config = resolveConfig({ source: sides.source.url, target: sides.target.url });
    const { tables } = await planRun(config);
    const byName = new Map(tables[0]?.columns.map(({ source, canonical }) => [source, canonical]));
    const withoutRule = types.filter((_, i) => ['wire', null, undefined].includes(byName.get(`c${i}`)));
    expect(withoutRule).toEqual([]);
    expect(types.length).toBeGreaterThan(120);
  });

  it('can be read, and a domain is a key like its base type', async () => {
    const comparison = await compare(sides);
    expect(tableResult(comparison, 'every')).toMatchObject({
      verdict: 'verified',
      key: ['id', 'on_day'],
      sourceRows: 2,
      findings: [],
    });
  });
});
