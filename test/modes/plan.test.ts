import { planRun, resolveConfig, type VerifySettings } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { availableEngines, fewEnginePairs, useDatabase } from '../support/database.js';
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

describe.each(availableEngines())('the size of tables on %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase('postgresql');
  const isPostgresql = engine === 'postgresql';
  const TEXT_BYTES = 20_000;
  const ROWS = 40;
  beforeAll(async () => {
    for (const [side, hasParts] of [
      [source, isPostgresql],
      [target, true],
    ] as const) {
      const text = hasParts ? 'text' : 'mediumtext';
      await side.run(
        `CREATE TABLE wide (id int PRIMARY KEY, body ${text}); CREATE TABLE narrow (id int PRIMARY KEY)`,
      );
      await side.run('CREATE VIEW shown AS SELECT id FROM narrow');
      await side.run(
        hasParts
          ? `CREATE TABLE parted (id int PRIMARY KEY, body text) PARTITION BY RANGE (id);
             CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (20);
             CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (20) TO (1000);
             ALTER TABLE wide ALTER body SET STORAGE EXTERNAL; ALTER TABLE parted_1 ALTER body SET STORAGE EXTERNAL;
             ALTER TABLE parted_2 ALTER body SET STORAGE EXTERNAL`
          : `CREATE TABLE parted (id int PRIMARY KEY, body mediumtext) PARTITION BY RANGE (id)
             (PARTITION a VALUES LESS THAN (20), PARTITION b VALUES LESS THAN (1000))`,
      );
      await side.run(
        `CREATE TABLE packed (id int PRIMARY KEY, body ${text}) ${hasParts ? '' : 'ROW_FORMAT=COMPRESSED'}`,
      );
      for (const table of ['wide', 'parted', 'packed']) {
        const rows = Array.from({ length: ROWS }, (_, i) => `(${i}, repeat('x', ${TEXT_BYTES}))`).join(', ');
        await side.run(`INSERT INTO ${table} VALUES ${rows}`);
      }
      for (const table of ['wide', 'parted', 'packed'])
        await side.run(hasParts ? `ANALYZE ${table}` : `ANALYZE TABLE ${table}`);
    }
  });
  const plan = (settings: Partial<VerifySettings> = {}) =>
    planRun(resolveConfig({ source: source.url, target: target.url, ...settings }));

  it.each(['wide', 'parted'])('counts long values and partitions: %s', async (name) => {
    const { tables } = await plan({ tables: [name] });
    const [{ estimatedBytes, estimatedSeconds } = {}] = tables;
    for (const bytes of [estimatedBytes?.source, estimatedBytes?.target]) {
      expect(bytes).toBeGreaterThan(ROWS * TEXT_BYTES * 0.9);
      expect(bytes).toBeLessThan(ROWS * TEXT_BYTES * 20);
    }
    expect(estimatedSeconds?.least).toBeGreaterThan(0);
    expect(estimatedSeconds?.most).toBeGreaterThan(estimatedSeconds?.least ?? Infinity);
  });

  it('is at least what is stored where long values are stored compressed, and only there', async () => {
    const { tables } = await plan({ tables: ['wide', 'narrow', 'packed'] });
    expect(tables.map(({ source: name, isAtLeast }) => [name?.split('.').at(-1), isAtLeast])).toEqual([
      ['narrow', { source: false, target: false }],
      ['packed', { source: true, target: true }],
      ['wide', { source: false, target: false }],
    ]);
    const packed = tables[1];
    expect(packed?.estimatedBytes.target).toBeLessThan((ROWS * TEXT_BYTES) / 10);
  });

  it('is unknown of a view, and not in the sums', async () => {
    const { tables, estimate } = await plan({ tables: ['shown', 'wide'] });
    const shown = tables.find(({ source: name }) => name?.endsWith('.shown'));
    const wide = tables.find(({ source: name }) => name?.endsWith('.wide'));
    expect(shown).toMatchObject({
      estimatedRows: null,
      estimatedBytes: { source: null, target: null },
      estimatedSeconds: null,
    });
    expect(estimate).toMatchObject({
      rows: wide?.estimatedRows,
      bytes: wide?.estimatedBytes,
      seconds: wide?.estimatedSeconds,
      unknown: { rows: 1, bytes: 1, seconds: 1 },
    });
  });

  it('leads to a time that honours the limits of the run, and a condition', async () => {
    const settings = {
      tables: ['wide'],
      maxRowsPerSecond: 1,
      tableSettings: { wide: { where: 'id > 30' } },
    };
    const { estimate, tables } = await plan(settings);
    const rows = tables[0]?.estimatedRows ?? 0;
    expect(rows).toBeGreaterThan(0);
    expect(estimate.seconds?.least).toBeGreaterThanOrEqual(rows);
    expect(estimate.isAtMost).toBe(true);
    expect((await plan({ tables: ['wide'], mode: 'count' })).estimate.seconds).toBeNull();
  });
});

describe.each(availableEngines().filter((engine) => engine !== 'postgresql'))(
  'a plan of a key with dates on no calendar on %s',
  (engine) => {
    const source = useDatabase(engine);
    const target = useDatabase('postgresql');

    it('says that the table would be unverified, as the run does, and goes on with the others', async () => {
      await source.run(`SET sql_mode = ''; CREATE TABLE days (d date PRIMARY KEY, n int); CREATE TABLE other (n int PRIMARY KEY);
        INSERT INTO days VALUES ('0000-00-00', 1)`);
      await target.run(
        'CREATE TABLE days (d date PRIMARY KEY, n int); CREATE TABLE other (n int PRIMARY KEY)',
      );
      const settings = ['--source', source.url, '--target', target.url];
      const planned = await runCli(['plan', ...settings]);
      expect(planned.stdout.split('\n')[0]).toMatch(
        /could be UNVERIFIED at best: public\.days \(chunk-unverified\)\.$/,
      );
      expect(planned.stdout).toContain('--key days:d,n.');
      expect(planned.stdout).toMatch(/\.other → public\.other \(/);
      const run = await runCli(['verify', ...settings]);
      expect([planned.exitCode, run.exitCode]).toEqual([3, 3]);
    });
  },
);
