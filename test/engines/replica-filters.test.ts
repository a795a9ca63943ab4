import { describe, expect, it } from 'vitest';
import {
  findBinlogFilter,
  findReplicaFilter,
  rewriteSchema,
} from '../../src/engines/mysql/replica-filters.js';
import type { ReplicaFilters } from '../../src/engines/mysql/replication-facts.js';

const NO_FILTERS: ReplicaFilters = {
  doDb: '',
  ignoreDb: '',
  doTable: '',
  ignoreTable: '',
  wildDoTable: '',
  wildIgnoreTable: '',
  rewriteDb: '',
  doDomains: '',
  ignoreDomains: '',
  ignoreServers: '',
};
const ORDERS = { schema: 'shop', name: 'orders', ignoresCase: false };

describe('the filters of a replica', () => {
  it.each<[Partial<ReplicaFilters>, string | null]>([
    [{}, null],
    [{ doDb: 'shop' }, null],
    [{ doDb: 'other,more' }, 'replicate_do_db=other,more'],
    [{ ignoreDb: 'other' }, null],
    [{ ignoreDb: 'other,shop' }, 'replicate_ignore_db=other,shop'],
    [{ doDb: 'shop', ignoreTable: 'shop.orders' }, 'replicate_ignore_table=shop.orders'],
    [{ doTable: 'shop.orders', wildIgnoreTable: 'shop.%' }, null],
    [{ doTable: 'shop.lines' }, 'replicate_do_table=shop.lines'],
    [{ wildDoTable: 'shop.ord%' }, null],
    [{ wildDoTable: 'shop.ord__' }, 'replicate_wild_do_table=shop.ord__'],
    [{ wildDoTable: 'sh\\_p.%' }, 'replicate_wild_do_table=sh\\_p.%'],
    [{ wildIgnoreTable: 'other.%,sh_p.%' }, 'replicate_wild_ignore_table=other.%,sh_p.%'],
    [{ wildIgnoreTable: 'shop.o(r|x)%' }, null],
    [{ doTable: 'shop.lines', wildDoTable: 'shop.%' }, null],
    [{ doDomains: '1' }, 'DO_DOMAIN_IDS=(1)'],
    [{ ignoreDomains: '2,3' }, 'IGNORE_DOMAIN_IDS=(2,3)'],
  ])('%j leave a table out by %j', (filters, filter) => {
    expect(findReplicaFilter({ ...NO_FILTERS, ...filters }, ORDERS)).toBe(filter);
  });

  it('know names in any letter case where the server does', () => {
    const filters = { ...NO_FILTERS, doTable: 'Shop.Orders' };
    expect(findReplicaFilter(filters, ORDERS)).toBe('replicate_do_table=Shop.Orders');
    expect(findReplicaFilter(filters, { ...ORDERS, ignoresCase: true })).toBeNull();
  });

  it('rename schemas', () => {
    expect(rewriteSchema('shop', { ...NO_FILTERS, rewriteDb: '(a,b),(shop,store)' })).toBe('store');
    expect(rewriteSchema('shop', { ...NO_FILTERS, rewriteDb: 'shop->store' })).toBe('store');
    expect(rewriteSchema('shop', { ...NO_FILTERS, rewriteDb: '(a,b)' })).toBe('shop');
    expect(rewriteSchema('shop', NO_FILTERS)).toBe('shop');
  });
});

describe('the filters of a binary log', () => {
  it.each([
    ['', '', null],
    ['shop', '', null],
    ['other', '', 'binlog_do_db=other'],
    ['', 'shop', 'binlog_ignore_db=shop'],
  ])('do %j and ignore %j leave a table out by %j', (doDb, ignoreDb, filter) => {
    expect(findBinlogFilter({ file: 'b.1', position: '4', doDb, ignoreDb }, ORDERS)).toBe(filter);
  });
});
