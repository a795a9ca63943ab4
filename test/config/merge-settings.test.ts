import { describe, expect, it } from 'vitest';
import type { RawFlags } from '../../src/config/raw-flags.js';
import { faultOfFile, resolveFile, URL_LINES } from './config-file.js';

const FILE = `${URL_LINES}
exclude: [a, b]
map: { one: eins }
columns: [one.x]
mode: spot
ratio: 5%
showValues: false
tableSettings:
  one: { where: w1, targetWhere: t1, key: [k1], columns: [c1], ignoreColumns: [i1] }
  two: { where: w2, targetWhere: t2, key: [k2], columns: [c2], ignoreColumns: [i2], target: zwei }
`;
const resolve = (flags: RawFlags) => resolveFile(FILE, { flags });

describe('a flag', () => {
  it('replaces the setting of its name', () => {
    expect(resolve({ exclude: ['c'] }).exclude).toEqual(['c']);
    expect(resolve({ source: 'mysql://other/shop' }).sourceUrl).toBe('mysql://other/shop');
    expect(resolve({ 'show-values': true }).showValues).toBe(true);
    expect(resolve({ exclude: undefined }).exclude).toEqual(['a', 'b']);
  });

  it('for another mode takes the ratio of the file away', () => {
    expect(resolve({ mode: 'count' })).toMatchObject({ mode: 'count', ratio: 1 });
    expect(resolve({ mode: 'spot' })).toMatchObject({ mode: 'spot', ratio: 0.05 });
    expect(resolve({ ratio: '20%' })).toMatchObject({ mode: 'spot', ratio: 0.2 });
  });

  it('replaces what the file says of the table that it names, and nothing of others', () => {
    expect(resolve({ where: ['one:f'] }).where).toEqual(
      new Map([
        ['one', 'f'],
        ['two', 'w2'],
      ]),
    );
    expect(resolve({ key: ['one:f'] }).keys).toEqual(
      new Map([
        ['one', ['f']],
        ['two', ['k2']],
      ]),
    );
    expect(resolve({ map: ['two=deux'] }).map).toEqual([
      { source: 'two', target: 'deux' },
      { source: 'one', target: 'eins' },
    ]);
    expect(resolve({ 'ignore-columns': ['t*.f'] }).ignoreColumns).toEqual([
      { table: 't*', column: 'f' },
      { table: 'one', column: 'i1' },
    ]);
    expect(resolve({ columns: ['one.f'] }).columns).toEqual([
      { table: 'one', column: 'f' },
      { table: 'two', column: 'c2' },
    ]);
  });

  it('with a condition takes the target form of the old one away', () => {
    expect(resolve({ where: ['one:f'] }).targetWhere).toEqual(new Map([['two', 't2']]));
    const both = resolve({ where: ['one:f'], 'target-where': ['one:g'] });
    expect(both.targetWhere.get('one')).toBe('g');
    expect(resolve({ 'target-where': ['one:g'] }).where.get('one')).toBe('w1');
  });
});

describe('the mode of a table', () => {
  const modes = (settings: string, flags: RawFlags = {}) =>
    resolveFile(`${URL_LINES}${settings}`, { flags }).tableModes;

  it('is its own, and a sample has the ratio of the table, else of the run, else of 10%', () => {
    expect(modes('tableSettings: { a: { mode: count }, b: { mode: spot, ratio: 5% } }')).toEqual(
      new Map([
        ['a', { mode: 'count', ratio: 1 }],
        ['b', { mode: 'spot', ratio: 0.05 }],
      ]),
    );
    const one = (settings: string) => modes(settings).get('a');
    expect(one('tableSettings: { a: { mode: spot } }')).toEqual({ mode: 'spot', ratio: 0.1 });
    const sampled = 'mode: spot\nratio: 7%\ntableSettings: { a: { mode: spot } }';
    expect(one(sampled)).toEqual({ mode: 'spot', ratio: 0.07 });
    expect(one('mode: spot\ntableSettings: { a: { ratio: 0.5 } }')).toEqual({ mode: 'spot', ratio: 0.5 });
    expect(one('tableSettings: { a: { mode: spot, ratio: 1 } }')).toEqual({ mode: 'full', ratio: 1 });
    expect(one('tableSettings: { a: { key: [id] } }')).toBeUndefined();
  });

  it('gives way to --mode, and its ratio to --ratio', () => {
    const file = 'mode: spot\ntableSettings: { a: { mode: spot, ratio: 5% }, b: { mode: full } }';
    expect(modes(file, { mode: 'full' })).toEqual(new Map());
    expect(modes(file, { ratio: '20%' }).get('a')).toEqual({ mode: 'spot', ratio: 0.2 });
    expect(modes(file, { ratio: '20%' }).get('b')).toEqual({ mode: 'full', ratio: 1 });
  });

  it('takes no ratio where nothing is sampled', () => {
    const { message } = faultOfFile(`${URL_LINES}tableSettings: { a: { mode: count, ratio: 5% } }`);
    expect(message).toBe('rowproof.yaml:3: tableSettings.a.ratio: expected only with mode: spot.');
  });
});

describe('a partner', () => {
  it('is given once, wherever it is given', () => {
    const twice = /Expected --map to name each (source|target) table once, got (one|eins) twice/;
    expect(faultOfFile(`${FILE}  three: { target: eins }`).message).toMatch(twice);
    expect(() => resolve({ map: ['three=eins'] })).toThrow(twice);
  });
});
