import { beforeAll, describe, expect, it } from 'vitest';
import { fewEnginePairs, useDatabase } from '../support/database.js';
import { runOnBoth } from '../traps/type-words.js';
import { compare, findingCodes, listDifferences, tableResult } from './compare.js';

describe.each(fewEnginePairs().slice(0, 2))('flags from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  beforeAll(async () => {
    await runOnBoth(
      [source, target],
      `CREATE TABLE orders (id int PRIMARY KEY, code int NOT NULL UNIQUE, status varchar(20), updated_at int);
       CREATE TABLE orders_old (id int PRIMARY KEY);
       INSERT INTO orders VALUES (1, 30, 'new', 1), (2, 20, 'new', 1), (3, 10, 'old', 1), (4, 5, 'old', 1)`,
    );
    await source.run(
      'CREATE TABLE clients (id int PRIMARY KEY, status varchar(20)); INSERT INTO clients VALUES (1, NULL)',
    );
    await target.run(`CREATE TABLE customers (id int PRIMARY KEY, status varchar(20)); INSERT INTO customers VALUES (2, 'x');
      UPDATE orders SET updated_at = 2 WHERE id = 1; UPDATE orders SET status = 'sold' WHERE id = 3; DELETE FROM orders WHERE id = 4`);
  });

  const run = (flags: Record<string, string | string[]>) => compare({ source, target, flags });

  it('--tables and --exclude choose tables by glob, and what was excluded is listed', async () => {
    const chosen = await run({ tables: 'orders*', exclude: '*_old' });
    expect(chosen.result.tables.map(({ source: name }) => name?.split('.').at(-1))).toEqual(['orders']);
    const excluded = chosen.result.scope.excluded.map((name) => name.split('.').at(-1));
    expect(excluded).toEqual(['clients', 'orders_old']);
    expect(listDifferences(chosen)).toEqual(['changed 1 updated_at', 'changed 3 status', 'missing 4']);
  });

  it('--ignore-columns leaves a column out in every table', async () => {
    const chosen = await run({ tables: 'orders', 'ignore-columns': '*.updated_at' });
    expect(listDifferences(chosen)).toEqual(['changed 3 status', 'missing 4']);
  });

  it('--columns compares only what it names, and the key', async () => {
    const chosen = await run({ tables: 'orders', columns: 'orders.updated_at' });
    expect(listDifferences(chosen)).toEqual(['changed 1 updated_at', 'missing 4']);
    const compared = tableResult(chosen, 'orders').columns.filter((column) => column.compared);
    expect(compared.map((column) => column.source)).toEqual(['id', 'updated_at']);
  });

  it.each([
    { columns: ['orders.updated_at', 'orders.colour'] },
    { columns: '*.colour' },
    { 'ignore-columns': 'orders.colour' },
    { 'ignore-columns': '*.colour' },
  ])('%j is refused, because it names no column', async (flags) => {
    await expect(run(flags)).rejects.toThrow(/^--(ignore-)?columns says ".*\.colour", but no such column/);
  });

  it('--ignore-columns may name a column of the target', async () => {
    const chosen = await run({ tables: 'orders', 'ignore-columns': 'orders_old.status' });
    expect(listDifferences(chosen)).toEqual(['changed 1 updated_at', 'changed 3 status', 'missing 4']);
  });

  it.each([
    [
      { 'target-where': 'orders:id > 2' },
      '--target-where says which rows of "orders" are compared, and --where',
    ],
    [{ key: 'orders:nope' }, '--key names "nope", but orders on the source has no such column.'],
    [
      { 'ignore-columns': 'orders.id' },
      '--ignore-columns says "orders.id", but rows of orders are told apart by',
    ],
    [{ tables: 'orders,clent' }, '--tables says "clent", but no table of the source has such a name.'],
    [
      { exclude: 'ordrs,client' },
      '--exclude says "ordrs,client", but no table of the source has such a name.',
    ],
    [{ map: 'client?=customers' }, '--map pairs one table with one other, and "client?" is a pattern.'],
    [{ exclude: 'ordrs' }, '--exclude says "ordrs", but no table'],
    [{ map: 'clients=costumers' }, '--map says "costumers", but no table of the target'],
    [{ relax: 'orders.stats:trim' }, '--relax says "orders.stats", but no such column'],
    [{ 'uuid-swap': 'orders.uid' }, '--uuid-swap says "orders.uid", but no such column'],
  ])('%j is refused, because it would not mean what it says', async (flags, sentence) => {
    await expect(run(flags)).rejects.toThrow(sentence);
  });

  it('lists columns that were left out also where the target has no such column', async () => {
    await source.run('CREATE TABLE wider (id int PRIMARY KEY, v int, only_here int)');
    await target.run('CREATE TABLE wider (id int PRIMARY KEY, v int)');
    for (const flags of [{ 'ignore-columns': '*.only_here' }, { columns: ['wider.id', 'wider.v'] }]) {
      const { result } = await run({ tables: 'wider', ...flags });
      expect(result.scope.excluded.filter((name) => name.includes('wider'))).toEqual([
        expect.stringMatching(/\.wider\.only_here$/),
      ]);
    }
    for (const database of [source, target]) await database.run('DROP TABLE wider');
  });

  it('--ignore-columns that fits a key column in every table says that it was compared', async () => {
    const chosen = await run({ tables: 'orders', 'ignore-columns': ['*.id', '*.updated_at'] });
    expect(findingCodes(tableResult(chosen, 'orders'))).toEqual(['key-not-ignored']);
    expect(listDifferences(chosen)).toEqual(['changed 3 status', 'missing 4']);
    const byCode = { tables: 'orders', key: 'orders:code', 'ignore-columns': ['orders.id', '*.updated_at'] };
    expect(listDifferences(await run(byCode))).toEqual(['missing 5', 'changed 10 status']);
    expect((await run({ ...byCode, mode: 'count', key: [] })).result.tables[0]?.findings).toMatchObject([
      { code: 'row-count' },
    ]);
  });

  it('take names with the schema that reports print, of the side that the name is of', async () => {
    const schemaOf = (side: typeof source) => (side.engine === 'postgresql' ? 'public' : side.name);
    const [own, partner] = [schemaOf(source), schemaOf(target)];
    const chosen = await run({
      tables: [`${own}.orders`, `${own}.cl*`],
      map: `${own}.clients=${partner}.customers`,
      exclude: `${partner}.orders_old`,
      where: `${own}.orders:id < 4`,
      key: `${own}.orders:code`,
      'ignore-columns': `${own}.orders.updated_at`,
      columns: `${own}.orders.*`,
      relax: `${own}.orders.status:trim`,
    });
    expect(listDifferences(chosen)).toEqual(['missing 1', 'extra 2', 'changed 10 status']);
    if (own === partner) return;
    await expect(run({ tables: `${partner}.orders` })).rejects.toMatchObject({
      hint: expect.stringContaining('Did you mean orders? Names are those of the source'),
    });
    await expect(run({ where: [`${own}.orders:id < 4`, 'orders:id < 3'] })).rejects.toThrow(
      'Expected one --where for orders, got two.',
    );
  });

  it('take a list of names as the last line of a report has it', async () => {
    const schemaOf = (side: typeof source) => (side.engine === 'postgresql' ? 'public' : side.name);
    const own = schemaOf(source);
    const chosen = await run({
      tables: [`${own}.orders, ${own}.orders_old`],
      exclude: `${own}.clients,${own}.orders_old`,
      'ignore-columns': '*.updated_at',
    });
    expect(chosen.result.tables.map(({ source: name }) => name?.split('.').at(-1))).toEqual(['orders']);
    expect(listDifferences(chosen)).toEqual(['changed 3 status', 'missing 4']);
  });

  it('--where bounds both sides, and a comment at its end swallows nothing', async () => {
    const chosen = await run({ tables: 'orders', where: 'orders:id < 3 OR id = 4 -- not the third' });
    expect(listDifferences(chosen)).toEqual(['changed 1 updated_at', 'missing 4']);
    expect(tableResult(chosen, 'orders')).toMatchObject({ sourceRows: 3, targetRows: 2 });
  });

  it('--target-where replaces it on the target', async () => {
    const chosen = await run({
      tables: 'orders',
      where: 'orders:id = 2',
      'target-where': 'orders:id IN (2, 3)',
    });
    expect(listDifferences(chosen)).toEqual(['extra 3']);
  });

  it('--key walks by another unique key, in whose order differences come', async () => {
    const chosen = await run({ tables: 'orders', key: 'orders:code' });
    expect(tableResult(chosen, 'orders').key).toEqual(['code']);
    expect(listDifferences(chosen)).toEqual(['missing 5', 'changed 10 status', 'changed 30 updated_at']);
  });

  it('--key on columns that do not tell rows apart has whole rows compared, and says so', async () => {
    const chosen = await run({ tables: 'orders', key: 'orders:status' });
    expect(tableResult(chosen, 'orders')).toMatchObject({ key: [], missing: 3, extra: 2, changed: 0 });
    expect(findingCodes(tableResult(chosen, 'orders'))).toEqual(['duplicate-key']);
  });

  it('--map pairs tables of different names', async () => {
    const chosen = await run({ tables: 'clients', map: 'clients=customers' });
    expect(tableResult(chosen, 'clients').target).toMatch(/\.customers$/);
    expect(listDifferences(chosen)).toEqual(['missing 1', 'extra 2']);
  });

  it('without --map, a table without a partner is a difference and one of the target is a finding', async () => {
    const chosen = await run({ tables: ['clients', 'c*'] });
    expect(chosen.result.verdict).toBe('different');
    expect(findingCodes(tableResult(chosen, 'clients'))).toEqual(['missing-table']);
    expect(chosen.result.findings.map(({ code }) => code)).toEqual(['extra-table']);
  });
});

describe('names with a dot or a comma', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('mariadb');

  beforeAll(async () => {
    await source.run(`CREATE TABLE "dot.ted" ("k.1" int PRIMARY KEY, "x.y" varchar(9), z int);
      CREATE TABLE plain ("k.1" int PRIMARY KEY, "x.y" varchar(9), z int); CREATE TABLE "a,b" (id int PRIMARY KEY)`);
    await target.run(`CREATE TABLE \`dot.ted\` (\`k.1\` int PRIMARY KEY, \`x.y\` varchar(9), z int);
      CREATE TABLE plain (\`k.1\` int PRIMARY KEY, \`x.y\` varchar(9), z int); CREATE TABLE \`a,b\` (id int PRIMARY KEY)`);
    for (const [side, quote] of [
      [source, '"'],
      [target, '`'],
    ] as const) {
      for (const table of ['dot.ted', 'plain'])
        await side.run(`INSERT INTO ${quote}${table}${quote} VALUES (1, '${quote}', 7)`);
    }
  });
  const run = (flags: Record<string, string | string[]>) => compare({ source, target, flags });
  const changed = ['changed 1 x.y', 'changed 1 x.y'];

  it('are compared like any other', async () => {
    const chosen = await run({});
    expect(listDifferences(chosen)).toEqual(changed);
    expect(chosen.result.tables).toHaveLength(3);
  });

  it.each([
    [{ 'ignore-columns': ['plain.x.y', 'dot.ted.x.y'] }, []],
    [{ 'ignore-columns': ['public.plain.x.y', 'public.dot.ted.x.y'] }, []],
    [{ 'ignore-columns': '*.x.y' }, []],
    [{ 'ignore-columns': ['plain.x.*', 'dot.ted.*.y'] }, []],
    [{ columns: ['plain.z', 'dot.ted.z'] }, []],
    [{ columns: ['plain.x.y', 'dot.ted.x.y'] }, changed],
    [{ key: ['plain:k.1', 'public.dot.ted:k.1'] }, changed],
    [{ relax: ['*.x.y:trim'] }, changed],
    [{ tables: 'a,b' }, []],
    [{ tables: 'public.a,b' }, []],
    [{ tables: 'a,b, plain' }, null],
    [{ tables: ['a,b', 'plain,dot.ted'] }, changed],
    [{ exclude: 'public.plain, public.dot.ted' }, []],
  ])('are meant by %j', async (flags, differences) => {
    if (differences === null) await expect(run(flags)).rejects.toThrow('--tables says "a", but no table');
    else expect(listDifferences(await run(flags))).toEqual(differences);
  });

  it.each([
    ['ignore-columns', 'plain.x.z', '--ignore-columns says "plain.x.z", but no such column'],
    ['columns', 'dot.ted.y.x', '--columns says "dot.ted.y.x", but no such column'],
    ['relax', 'dot.tod.x.y:trim', '--relax says "dot.tod.x", but no table'],
    ['uuid-swap', 'plain.x.y', '--uuid-swap names plain.x.y, which is no binary(16)'],
  ])('are refused in --%s %s where they mean nothing', async (flag, name, sentence) => {
    await expect(run({ [flag]: name })).rejects.toThrow(sentence);
  });
});

describe('names', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    await source.run(`CREATE TABLE album ("AlbumId" int PRIMARY KEY, gone int, "Left_Out" int);
      CREATE TABLE twin (id int PRIMARY KEY); CREATE TABLE extra_column (id int PRIMARY KEY)`);
    await target.run(`CREATE TABLE album (album_id int PRIMARY KEY, leftout int, left_out int);
      CREATE TABLE "Twin" (id int PRIMARY KEY); CREATE TABLE "TWIN" (id int PRIMARY KEY);
      CREATE TABLE extra_column (id int PRIMARY KEY, more int)`);
  });

  it('with two possible partners are unverified, never guessed', async () => {
    const run = await compare({ source, target, flags: { 'match-names': 'snake-case' } });
    expect(findingCodes(tableResult(run, 'twin'))).toEqual(['ambiguous-table']);
    expect(tableResult(run, 'twin')).toMatchObject({ verdict: 'unverified', target: null });
    expect(findingCodes(tableResult(run, 'album')).sort()).toEqual(['ambiguous-column', 'missing-column']);
  });

  it('of columns that only the source has are a difference, of the target only a note', async () => {
    const run = await compare({
      source,
      target,
      flags: { 'match-names': 'snake-case', tables: ['album', 'extra_column'] },
    });
    expect(tableResult(run, 'album').verdict).toBe('different');
    expect(findingCodes(tableResult(run, 'extra_column'))).toEqual(['extra-column']);
    expect(tableResult(run, 'extra_column').verdict).toBe('verified');
  });
});
