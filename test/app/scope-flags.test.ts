import { beforeAll, describe, expect, it } from 'vitest';
import { fewEnginePairs, useDatabase } from '../support/database.js';
import { runOnBoth } from '../traps/type-words.js';
import { compare, listDifferences } from './compare.js';

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

  it.each([
    { columns: ['orders.updated_at', 'orders.colour'] },
    { columns: '*.colour' },
    { 'ignore-columns': 'orders.colour' },
    { 'ignore-columns': '*.colour' },
  ])('%j is refused, because it names no column', async (flags) => {
    await expect(run(flags)).rejects.toThrow(/^--(ignore-)?columns says ".*\.colour", but no such column/);
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
    [
      { 'fence-table': 'orders.beat' },
      '--fence-table says "orders.beat", but no such column is on the source.',
    ],
    [
      { 'fence-table': 'beats.n' },
      '--fence-table says "beats.n", but no table of the source has such a name.',
    ],
    [
      { 'fence-table': 'clients.id' },
      '--fence-table says "clients.id", but the table has no partner on the target.',
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
