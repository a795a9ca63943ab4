import { beforeAll, describe, expect, it } from 'vitest';
import { chooseTables } from '../../src/app/choose-tables.js';
import { withOpenSides } from '../../src/app/open-run.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import type { SchemaNames, TableKind } from '../../src/core/schema.js';
import { fewEnginePairs, useDatabase } from '../support/database.js';
import { runOnBoth } from '../traps/type-words.js';
import { compare } from './compare.js';

const URLS = { source: 'mysql://a/b', target: 'mysql://c/d' };
const OTHERS = Array.from({ length: 20 }, (_, i) => `other_${i}`);

const named = (schema: string, names: readonly string[], kind: TableKind = 'table'): SchemaNames => ({
  schema,
  tables: names.map((name) => ({ schema, name, kind })),
  others: [],
});

describe('what is read of tables', () => {
  const choose = (flags: Record<string, string | string[]>, ...names: string[]) =>
    chooseTables(resolveFlags({ ...URLS, ...flags }), {
      source: named('shop', [...names, ...OTHERS]),
      target: named('new', [...names, ...OTHERS]),
    });
  const both = (...names: string[]) => ({ source: names, target: names });

  it.each([
    [{ tables: 'a,b' }, both('a', 'b')],
    [{ tables: 'shop.a, shop.b' }, both('a', 'b')],
    [{ tables: '?' }, both('a', 'b', 'c', 'd')],
    [{ exclude: 'other_*,shop.b' }, both('a', 'c', 'd')],
    [{ tables: 'nothing' }, both()],
    [
      { tables: 'a', map: 'a=c' },
      { source: ['a'], target: ['a', 'c'] },
    ],
    [{ tables: 'a', relax: 'b.x:trim' }, both('a', 'b')],
    [{ tables: 'a', columns: 'shop.b.x' }, both('a', 'b')],
    [{ tables: 'a', key: 'b:x' }, both('a', 'b')],
    [{ tables: 'a', 'fence-table': 'd.beat' }, both('a', 'd')],
    [
      { tables: 'a', columns: '*.x' },
      { source: null, target: null },
    ],
    [
      { tables: 'a', 'ignore-columns': 'a.x' },
      { source: ['a'], target: null },
    ],
    [
      { tables: 'a', 'match-names': 'snake-case' },
      { source: ['a'], target: null },
    ],
    [{ tables: '*' }, { source: null, target: null }],
    [{ exclude: 'a' }, { source: null, target: null }],
  ])('is of those alone that a run with %j has to do with', (flags, chosen) => {
    expect(choose(flags, 'a', 'b', 'c', 'd')).toEqual(chosen);
  });

  it('is of a table with a comma or a dot in its name, where that is what is meant', () => {
    expect(choose({ tables: 'a,b' }, 'a,b', 'a', 'b')).toEqual(both('a,b'));
    expect(choose({ tables: 'shop.a' }, 'shop.a', 'a')).toEqual(both('shop.a'));
    expect(choose({ tables: 'a', relax: 'b.c.x:trim' }, 'a', 'b', 'b.c')).toEqual(both('a', 'b', 'b.c'));
  });
});

describe.each(fewEnginePairs())('a run of few of many tables from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);
  const names = (tables: readonly { readonly name: string }[]) => tables.map(({ name }) => name);

  beforeAll(async () => {
    const tables = ['wanted', 'renamed', ...OTHERS].map(
      (name) => `CREATE TABLE ${name} (id int PRIMARY KEY, v int)`,
    );
    await runOnBoth(
      [source, target],
      `${tables.join('; ')}; INSERT INTO wanted VALUES (1, 1); CREATE VIEW seen AS SELECT * FROM wanted`,
    );
    await source.run('CREATE TABLE source_only (id int PRIMARY KEY)');
    await target.run('CREATE TABLE target_only (id int PRIMARY KEY); INSERT INTO other_1 VALUES (1, 1)');
  });

  it('reads columns of the wanted tables only, and knows the names of all', async () => {
    const config = resolveFlags({ source: source.url, target: target.url, tables: 'wanted,renamed' });
    await withOpenSides(config, async (sides) => {
      for (const { catalog } of [sides.source, sides.target]) {
        expect(names(catalog.tables)).toEqual(['renamed', 'wanted']);
        expect(names(catalog.all ?? [])).toEqual(
          expect.arrayContaining([...OTHERS, 'renamed', 'seen', 'wanted']),
        );
        expect(catalog.all?.find(({ name }) => name === 'seen')?.kind).toBe('view');
      }
    });
  });

  it('says of the tables that were left out what it says where it has read all of them', async () => {
    const run = async (flags: Record<string, string | string[]>) => {
      const { result } = await compare({ source, target, flags });
      const { verdict, scope, findings, tables } = result;
      return {
        verdict,
        scope,
        findings,
        tables: tables.map((table) => [table.source, table.target, table.verdict]),
      };
    };
    const few = await run({ tables: ['wanted', 'source_only'] });
    expect(few.verdict).toBe('different');
    expect(few.scope.excluded).toEqual(
      expect.arrayContaining(OTHERS.map((name) => expect.stringMatching(new RegExp(`\\.${name}$`)))),
    );
    // A pattern of columns has all tables read.
    expect(await run({ tables: ['wanted', 'source_only'], columns: '*.*' })).toEqual(few);
    expect(await run({ exclude: ['other_*'] })).toEqual(await run({ exclude: ['other_*'], columns: '*.*' }));
  });

  it.runIf(engines.source === 'mariadb')(
    'has tables in the same order, however much of them is read',
    async () => {
      const letters = ['Twin', 'tWin', 'twIn', 'twiN', 'twin'];
      await source.run(letters.map((name) => `CREATE TABLE ${name} (id int PRIMARY KEY)`).join('; '));
      const listTwins = (flags: Record<string, string>) =>
        withOpenSides(resolveFlags({ source: source.url, target: target.url, ...flags }), async (sides) =>
          names(sides.source.catalog.all ?? sides.source.catalog.tables).filter((name) =>
            /^twin$/i.test(name),
          ),
        );
      expect(await listTwins({})).toEqual([...letters].sort());
      expect(await listTwins({ tables: 'wanted' })).toEqual([...letters].sort());
      await source.run(letters.map((name) => `DROP TABLE ${name}`).join('; '));
    },
  );

  it('refuses names that mean nothing as ever, and asks for those that were meant', async () => {
    const run = (flags: Record<string, string>) => compare({ source, target, flags });
    await expect(run({ tables: 'wnted' })).rejects.toThrow(
      '--tables says "wnted", but no table of the source',
    );
    await expect(run({ tables: 'wanted', relax: 'other_1.w:trim' })).rejects.toThrow(
      '--relax says "other_1.w", but no such column is on the source.',
    );
    await expect(run({ tables: 'wanted', exclude: 'nothing' })).rejects.toThrow('--exclude says "nothing"');
  });

  it('waits no longer for the names of a side that fails', async () => {
    const lost = `${target.url}_lost`;
    for (const sides of [
      { source, target: { url: lost } },
      { source: { url: lost.replace(target.url, source.url) }, target },
    ])
      await expect(compare({ ...sides, flags: { tables: 'wanted' } })).rejects.toThrow(
        /^Cannot (connect to|read the catalog of) the (source|target)/,
      );
  });

  it('pairs a table with one of another name, and a view that is named', async () => {
    const { result } = await compare({
      ...{ source, target },
      flags: {
        tables: ['wanted', 'seen', 'renamed'],
        map: ['renamed=other_2'],
        exclude: 'wanted',
        key: 'seen:id',
      },
    });
    expect(result.verdict).toBe('verified');
    expect(result.tables.map((table) => table.target?.replace(/^.*\./, ''))).toEqual(['other_2', 'seen']);
  });
});
