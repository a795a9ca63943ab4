import { describe, expect, it } from 'vitest';
import { type Change, diagnose, pairOf, reversed } from './diagnose-values.js';

const decimal = pairOf('total', 'decimal', {
  ...{ declared: 'numeric(10,2)', type: { kind: 'decimal', precision: 10, scale: 2 } },
});
const wide = pairOf('total', 'decimal', { declared: 'numeric' });
const int = pairOf('views', 'int');
const float = pairOf('ratio', 'float');

const CASES = [
  [
    'decimals cut to the scale of the column',
    decimal,
    [
      ['12.345', '12.34'],
      ['-0.999', '-0.99'],
      ['7.00999', '7'],
      ['123.456', '123.45'],
    ],
    'decimal-scale, cut to 2 fraction digits: 4 of 4 proved',
  ],
  [
    'decimals rounded to the scale of the column',
    decimal,
    [
      ['12.345', '12.35'],
      ['-0.999', '-1.00'],
      ['7.991', '7.99'],
      ['123.455', '123.46'],
    ],
    'decimal-scale, rounded to 2 fraction digits: 4 of 4 proved',
  ],
  [
    'fractions dropped',
    wide,
    [
      ['1234.6', '1234'],
      ['9876.51', '9876'],
      ['-55.9', '-55'],
    ],
    'decimal-scale, cut to 0 fraction digits: 3 of 3 proved',
  ],
  [
    'decimals that went through a double',
    wide,
    [['0.1234567890123456789', '0.12345678901234568']],
    'double-rounding, more digits than a double has: 1 of 1 proved',
  ],
  [
    'decimals clamped to what the column holds',
    pairOf('total', 'decimal', {
      ...{ declared: 'decimal(8,2)', type: { kind: 'decimal', precision: 8, scale: 2 } },
    }),
    [
      ['1234567.89', '999999.99'],
      ['1000000.00', '999999.99'],
    ],
    'number-clamped, to the bound of decimal(8,2): 2 of 2 proved',
  ],
  [
    'integers beyond 2^53',
    int,
    [
      ['9007199254740993', '9007199254740992'],
      ['-9007199254740995', '-9007199254740996'],
    ],
    'double-rounding, beyond 2^53: 2 of 2 proved',
  ],
  [
    'integers as JavaScript prints them',
    int,
    [
      ['1152921504606846977', '1152921504606847000'],
      ['1152921504606847999', '1152921504606848000'],
    ],
    'double-rounding, beyond 2^53, in the fewest digits that name the double: 2 of 2 proved',
  ],
  [
    'unsigned numbers that became negative',
    int,
    [
      ['4294967295', '-1'],
      ['3000000000', '-1294967296'],
    ],
    'integer-wrapped, at 32 bits: 2 of 2 proved',
  ],
  [
    'the largest unsigned numbers',
    int,
    [['18446744073709551615', '-1']],
    'integer-wrapped, at 64 bits: 1 of 1 proved',
  ],
  [
    'numbers clamped to 32 bits',
    int,
    [
      ['4294967295', '2147483647'],
      ['3000000000', '2147483647'],
    ],
    'number-clamped, to 2147483647, the most that 32 bits hold: 2 of 2 proved',
  ],
  [
    'negative numbers in an unsigned column',
    pairOf('views', 'int', { type: { kind: 'int', bits: 32, unsigned: true } }),
    [
      ['-1', '0'],
      ['-99', '0'],
    ],
    'number-clamped, negative numbers became 0: 2 of 2 proved',
  ],
  [
    'integers in a boolean column',
    pairOf('active', 'int', { declared: 'boolean', type: { kind: 'boolean' } }),
    [
      ['5', 'true'],
      ['-2', 'true'],
    ],
    'truth-value, all but 0 became 1: 2 of 2 proved',
  ],
  [
    'floats printed with 6 digits',
    float,
    [
      ['1.23456789', '1.23457'],
      ['16777217', '16777200'],
      ['0.000123456789', '0.000123457'],
    ],
    'float-digits, to 6 digits: 3 of 3 proved',
  ],
  [
    'doubles stored as 32 bits',
    float,
    [
      ['0.1', '0.10000000149011612'],
      ['1.23456789', '1.2345678806304932'],
    ],
    'float-digits, to single precision: 2 of 2 proved',
  ],
  [
    'zero for NULL',
    int,
    [
      [null, '0'],
      [null, '0'],
      [null, '0'],
    ],
    'null-against-empty, NULL became 0: 3 of 3 proved',
  ],
] as const;

describe('changed numbers', () => {
  it.each(CASES)('%s', (_, pair, changes: readonly Change[], said) => {
    expect(diagnose(pair, changes)).toEqual([said]);
  });

  it('may be damaged on the source', () => {
    expect(diagnose(int, reversed([['4294967295', '-1']]))).toContain(
      'integer-wrapped, at 32 bits, unsigned: 1 of 1 proved',
    );
    expect(
      diagnose(
        float,
        reversed([
          ['1.23456789', '1.23457'],
          ['2.718281828', '2.71828'],
        ]),
      ),
    ).toEqual(['float-digits, to 6 digits, on the source: 2 of 2 proved']);
  });
});

const NEAR_MISSES = [
  ['one more', int, [['41', '42']]],
  ['another number', int, [['7', '12345']]],
  ['one, where a column holds any number', int, [['3', '1']]],
  ['zero for a number', int, [['5', '0']]],
  ['a sum that was changed', decimal, [['12.34', '12.35']]],
  ['a rounded value that is one off', decimal, [['12.345', '12.36']]],
  ['the neighbour of the bound', int, [['4294967295', '2147483646']]],
  ['another float', float, [['1.23456789', '1.23458']]],
  ['the neighbour of a double', int, [['9007199254740993', '9007199254740991']]],
  ['infinity', float, [['Infinity', '1']]],
] as const;

describe('what is said of numbers that only look damaged', () => {
  it.each(NEAR_MISSES)('nothing: %s', (_, pair, changes: readonly Change[]) => {
    expect(diagnose(pair, changes)).toEqual([]);
  });

  it.each([
    ['a flag that was turned over', 40, (_: number): Change => ['0', '1']],
    ['two values alone', 40, (i: number): Change => [`${i % 2}`, `${(i % 2) + 5}`]],
    ['numbers that moved each in its own way', 40, (i: number): Change => [`${i}`, `${i * 3 + 1}`]],
  ])('%s is no number moved by a constant', (_, count, changeOf) => {
    expect(
      diagnose(
        decimal,
        Array.from({ length: count }, (_each, i) => changeOf(i)),
      ),
    ).toEqual([]);
  });

  it('prices that all rose by a cent are never proved to be rounded', () => {
    const changes = [19, 9, 4, 29, 49, 99, 149, 7].map((whole): Change => [`${whole}.99`, `${whole + 1}.00`]);
    expect(diagnose(decimal, changes)).toEqual(['number-moved, by +0.01: 8 of 8 proved']);
  });

  it('an integer column that holds any number is never proved to hold truth values', () => {
    const changes = Array.from({ length: 40 }, (_, i): Change => [`${i + 2}`, '1']);
    expect(diagnose(int, changes)).toEqual(['truth-value, all but 0 became 1: 40 of 40 likely']);
  });
});
