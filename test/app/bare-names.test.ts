import { describe, expect, it } from 'vitest';
import { withBareNames } from '../../src/app/bare-names.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import type { Catalog, Table } from '../../src/core/schema.js';

const catalog = (schema: string, ...names: string[]): Catalog => ({
  engine: 'mysql',
  version: '8',
  schema,
  tables: names.map((name) => ({ name }) as Table),
  others: [],
  unread: [],
  partial: null,
});

describe('a schema before a name', () => {
  const tables = (source: Catalog, ...names: string[]) =>
    withBareNames(
      resolveFlags({ source: 'mysql://a/b', target: 'mysql://c/d', tables: names, exclude: names }),
      { source, target: catalog('new', 'orders', 'late') },
    );

  it.each([
    [['orders'], ['shop.orders'], ['orders']],
    [['orders', 'shop.orders'], ['shop.orders'], ['shop.orders']],
    [['orders', 'shop.old'], ['shop.*'], ['shop.*']],
    [['orders'], ['shop.*', 'shop.'], ['*', 'shop.']],
    [
      ['orders'],
      ['Shop.orders', 'new.orders', 'shop.nothing'],
      ['Shop.orders', 'new.orders', 'shop.nothing'],
    ],
    [['a.orders'], ['shop.a.orders'], ['a.orders']],
  ])('is taken away of %j only where it is the own one and no table is meant: %j', (names, given, taken) => {
    expect(tables(catalog('shop', ...names), ...given).tables).toEqual(taken);
  });

  it.each([
    [['orders', 'old'], ['orders, shop.old'], ['orders', 'old']],
    [['orders', 'old'], ['orders,new'], ['orders', 'new']],
    [['a,b', 'a', 'b'], ['a,b'], ['a,b']],
    [['a,b', 'a', 'b'], ['shop.a,b'], ['a,b']],
    [['orders'], ['{orders,old}'], ['{orders,old}']],
    [['orders'], ['x,y'], ['x,y']],
  ])('and commas between names divide them where %j are there: %j', (names, given, taken) => {
    expect(tables(catalog('shop', ...names), ...given).tables).toEqual(taken);
  });

  it('may be that of either side where a table of either is left out', () => {
    const { exclude } = tables(
      catalog('shop', 'orders', 'new.orders'),
      'new.late',
      'shop.orders',
      'new.orders',
    );
    expect(exclude).toEqual(['late', 'orders', 'new.orders']);
  });
});
