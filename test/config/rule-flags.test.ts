import { describe, expect, it } from 'vitest';
import type { RawFlags } from '../../src/config/raw-flags.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { RowproofError } from '../../src/core/errors.js';
import { formatRelaxation, parseRelaxation } from '../../src/core/relaxation.js';
import { faultOfFile, resolveFile, URL_LINES } from './config-file.js';

const URLS = { source: 'mysql://old/shop', target: 'postgres://new/shop' };
const resolve = (flags: RawFlags) => resolveFlags({ ...URLS, ...flags });

function refusal(flags: RawFlags): string {
  try {
    resolve(flags);
  } catch (error) {
    if (error instanceof RowproofError && error.code === 'usage') return error.message;
    throw error;
  }
  throw new Error('The flags were accepted.');
}

describe('a relaxation', () => {
  it.each([
    'trim',
    'ignoreCase',
    'nullAsEmpty',
    'truncateTo=ms',
    'truncateTo=s',
    'truncateTo=min',
    'roundTo=ms',
    'roundTo=s',
    ...[1, 2, 4, 5].flatMap((digits) => [`truncateTo=${digits}`, `roundTo=${digits}`]),
    'tolerance=0.01',
    'tolerance=5',
    'tolerance=1e-9',
    'tolerance=0.1%',
    'tolerance=1e-10%',
  ])('%s is written as it is read', (text) => {
    const relaxation = parseRelaxation(text);
    expect(relaxation === null ? null : formatRelaxation(relaxation)).toBe(text);
  });

  it.each([
    'Trim',
    'trim=1',
    'truncateTo',
    'truncateTo=us',
    'roundTo',
    'roundTo=min',
    'roundTo=6',
    'truncateTo=04',
    'tolerance',
    'tolerance=0',
    'tolerance=-1',
    'tolerance=100%',
    'tolerance=1e-11%',
    'tolerance=1=2',
    '',
  ])('"%s" is none', (text) => {
    expect(parseRelaxation(text)).toBeNull();
  });
});

describe('flags about how columns are compared', () => {
  it('are read with their patterns', () => {
    const config = resolve({
      relax: ['*.email:trim, ignoreCase', 'shop.orders.total:tolerance=1%'],
      'uuid-swap': ['orders.id', 'lines.*:target'],
      'source-timezone': 'Europe/Berlin',
      'target-timezone': 'utc',
    });
    expect(config.relax).toEqual([
      { table: '*', column: 'email', relaxations: [{ kind: 'trim' }, { kind: 'ignoreCase' }] },
      {
        table: 'shop.orders',
        column: 'total',
        relaxations: [{ kind: 'tolerance', tolerance: { kind: 'relative', size: '1e-2' } }],
      },
    ]);
    expect(config.uuidSwap).toEqual([
      { table: 'orders', column: 'id', side: 'either' },
      { table: 'lines', column: '*', side: 'target' },
    ]);
    expect([config.sourceTimezone, config.targetTimezone]).toEqual(['Europe/Berlin', 'UTC']);
  });

  it.each([
    [{ relax: 'email:trim' }, 'Expected --relax in the form TABLE.COLUMN:HOW, got email:trim.'],
    [{ relax: 'a.b' }, 'Expected --relax in the form TABLE.COLUMN:HOW, got a.b.'],
    [{ relax: 'a.b:shorten' }, 'Expected --relax to say how, got "shorten".'],
    [{ relax: 'a.b:trim,' }, 'Expected --relax to say how, got "".'],
    [{ 'uuid-swap': 'id' }, 'Expected --uuid-swap in the form TABLE.COLUMN, got id.'],
    [{ 'source-timezone': 'CEST' }, 'Expected --source-timezone to be a time zone, got CEST.'],
  ])('%j are refused', (flags, message) => {
    expect(refusal(flags)).toBe(message);
  });
});

describe('settings of a file about how columns are compared', () => {
  const FILE = `${URL_LINES}relax: ['*.email:trim']
sourceTimezone: +05:30
tableSettings:
  orders: { relax: { total: [tolerance=0.01], note: [trim, nullAsEmpty] }, uuidSwap: [id] }
  lines: { relax: { total: [tolerance=1%] } }
`;

  it('join those of single tables, which come last in what they say', () => {
    const config = resolveFile(FILE);
    expect(config.relax.map(({ table, column }) => `${table}.${column}`)).toEqual([
      '*.email',
      'orders.total',
      'orders.note',
      'lines.total',
    ]);
    expect(config.uuidSwap).toEqual([{ table: 'orders', column: 'id', side: 'either' }]);
    expect(config.sourceTimezone).toBe('+05:30');
  });

  it('give way to a flag for the table', () => {
    const config = resolveFile(FILE, { flags: { relax: 'orders.note:trim' } });
    expect(config.relax.map(({ table, column }) => `${table}.${column}`)).toEqual([
      'orders.note',
      'lines.total',
    ]);
  });

  it.each([
    ['relax: [email:trim]', 'relax.0'],
    ["relax: ['a.b:trim,cut']", 'relax.0'],
    ['sourceTimezone: Berlin', 'sourceTimezone'],
    ['tableSettings: { a: { relax: { b: [cut] } } }', 'tableSettings.a.relax.b.0'],
    ['tableSettings: { a: { relax: [b] } }', 'tableSettings.a.relax'],
  ])('%s is refused where it stands', (line, key) => {
    expect(faultOfFile(`${URL_LINES}${line}\n`).message).toContain(key);
  });
});
