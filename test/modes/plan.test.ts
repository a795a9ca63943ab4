import { planRun, resolveConfig } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { enginePairs, useDatabase } from '../support/database.js';

describe.each(enginePairs())('a plan from $source to $target', ({ source: from, target: to }) => {
  const source = useDatabase(from);
  const target = useDatabase(to);
  beforeAll(async () => {
    for (const side of [source, target]) {
      await side.run(
        'CREATE TABLE orders (id bigint PRIMARY KEY, total decimal(8,2)); CREATE TABLE logs (line int)',
      );
      await side.run('INSERT INTO orders VALUES (1, 1.5), (2, 2.5)');
    }
  });
  const plan = (flags: Record<string, unknown> = {}) =>
    planRun(resolveConfig({ source: source.url, target: target.url, ...flags }));

  it('names pairs, keys, canonical types and statements', async () => {
    const orders = (await plan()).tables.find((table) => table.source?.endsWith('.orders'));
    expect(orders).toMatchObject({
      strategy: 'range',
      key: [{ source: 'id', target: 'id', order: 'int' }],
      columns: [
        { source: 'id', canonical: 'int', compared: true },
        { source: 'total', canonical: 'decimal', compared: true },
      ],
    });
    expect(orders?.sql?.source).toMatch(/^SELECT .*orders.* WHERE .*id.* > .* ORDER BY .*id.* LIMIT 10000$/);
  });

  it('says why a table would not be read', async () => {
    const logs = (await plan()).tables.find((table) => table.source?.endsWith('.logs'));
    expect(logs).toMatchObject({ strategy: null, sql: null });
    expect(logs?.findings.map((finding) => finding.code)).toEqual(['strategy-unavailable']);
  });

  it('counts tables without a key in count mode', async () => {
    const { tables } = await plan({ mode: 'count' });
    expect(tables.map((table) => table.strategy)).toEqual(['count', 'count']);
    expect(tables[0]?.sql?.target).toMatch(/^SELECT COUNT\(\*\)/);
  });
});
