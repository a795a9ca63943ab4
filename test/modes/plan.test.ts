import { planRun, resolveConfig, type VerifySettings } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { fewEnginePairs, useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';

describe.each(fewEnginePairs())('a plan from $source to $target', ({ source: from, target: to }) => {
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
  const plan = (settings: Partial<VerifySettings> = {}) =>
    planRun(resolveConfig({ source: source.url, target: target.url, ...settings }));

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
    expect(orders?.sql?.source).toMatch(
      /^SELECT .*orders.* WHERE .*id.* (> |OPERATOR\(pg_catalog\.>\) ).* ORDER BY .*id.* LIMIT 10000$/,
    );
  });

  it('shows the one statement that reads a table without a key', async () => {
    const logs = (await plan()).tables.find((table) => table.source?.endsWith('.logs'));
    expect(logs).toMatchObject({
      strategy: 'bucket',
      key: [],
      segments: 1,
      unwalkable: 'the source has no unique key',
    });
    expect(logs?.sql?.source).toMatch(/^SELECT .line. FROM [^ ]*logs.$/);
  });

  it('says what is sure of the verdict, in its first line and by its exit code', async () => {
    expect((await plan()).expected).toBeNull();
    await target.run('ALTER TABLE orders ADD late int; CREATE TABLE places (id int PRIMARY KEY)');
    await source.run('ALTER TABLE orders ADD early int; CREATE TABLE places (id int PRIMARY KEY)');
    const run = (...flags: string[]) =>
      runCli(['plan', '--source', source.url, '--target', target.url, ...flags]);
    const different = await run();
    expect(different.stdout).toMatch(
      /^PLAN: 3 of 3 tables would be read in full; the run would be DIFFERENT: \S+\.orders \(missing-column\)\.\n/,
    );
    expect(different.exitCode).toBe(1);
    const settings = ['--tables', 'places', '--key', 'places:id'];
    expect((await run(...settings)).exitCode).toBe(0);
    await source.run(`ALTER TABLE places ADD at ${from === 'postgresql' ? 'timestamp' : 'datetime'}`);
    await target.run(`ALTER TABLE places ADD at ${to === 'postgresql' ? 'timestamptz' : 'timestamp NULL'}`);
    expect((await plan({ tables: ['places'] })).expected).toBe('unverified');
    const { exitCode, stdout } = await run('--tables', 'places');
    expect(stdout.split('\n')[0]).toMatch(
      /; the run could be UNVERIFIED at best: \S+\.places \(column-unverified\)\.$/,
    );
    expect(exitCode).toBe(3);
    for (const side of [source, target]) await side.run('DROP TABLE places');
    await source.run('ALTER TABLE orders DROP early');
    await target.run('ALTER TABLE orders DROP late');
  });

  it('counts tables without a key in count mode', async () => {
    const { tables } = await plan({ mode: 'count' });
    expect(tables.map((table) => table.strategy)).toEqual(['count', 'count']);
    expect(tables[0]?.sql?.target).toMatch(/^SELECT (pg_catalog\.)?count\(\*\)/i);
  });
});
