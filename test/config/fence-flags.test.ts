import { describe, expect, it } from 'vitest';
import { splitWords } from '../../src/config/fence-flags.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';

const URLS = { source: 'mysql://old/shop', target: 'postgres://new/shop' };

describe('the flags of a fence of the user', () => {
  it('name a column, a command and an order', () => {
    const flags = {
      ...URLS,
      'fence-table': 'heartbeat.beat',
      'fence-command': './beat --name "old shop"',
      'fence-order': 'global',
    };
    expect(resolveFlags(flags)).toMatchObject({
      fenceTable: { table: 'heartbeat', column: 'beat' },
      fenceCommand: ['./beat', '--name', 'old shop'],
      fenceOrder: 'global',
    });
  });

  it.each([
    [{ 'fence-table': 'heartbeat' }, 'Expected --fence-table in the form TABLE.COLUMN, got heartbeat.'],
    [{ 'fence-command': './beat' }, 'Expected --fence-command together with --fence-table, got it alone.'],
    [{ 'fence-order': 'global' }, 'Expected --fence-order together with --fence-table, got it alone.'],
    [
      { 'fence-table': 'a.b', 'fence-command': './beat "x' },
      'Expected --fence-command to end each quotation that it begins.',
    ],
    [
      { 'fence-table': 'a.b', 'fence-order': 'some' },
      'Expected --fence-order to be one of table, global, got some.',
    ],
  ])('are refused where they make no sense: %j', (flags, message) => {
    expect(() => resolveFlags({ ...URLS, ...flags })).toThrow(message);
  });
});

describe('the words of a command', () => {
  it.each([
    ['beat', ['beat']],
    ['  beat  --once ', ['beat', '--once']],
    [`beat 'a b' "c d"`, ['beat', 'a b', 'c d']],
    [`beat --name="it's"`, ['beat', `--name=it's`]],
    [`beat ''`, ['beat', '']],
    ['beat $HOME; rm *', ['beat', '$HOME;', 'rm', '*']],
    ['beat "x', null],
  ])('of %j are %j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });
});
