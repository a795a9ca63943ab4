import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../../src/core/encoding/byte-sink.js';
import { encodeJson } from '../../../src/core/encoding/json-encoding.js';
import { hexOf } from './json-slice.js';

const zeros = '0'.repeat(300);
const nines = '9'.repeat(40);

describe('equal values have equal bytes', () => {
  it.each([
    [
      'the spelling of one',
      ['1', '1.0', '1e0', '10e-1', '0.1e1', '1E+0', '1.000e-0', '100e-00002', ' \t\r\n1 '],
    ],
    ['zeros', ['0', '-0', '0.0', '-0.000e5', '0e99999999999999999999', '0E-1']],
    ['trailing zeros of a fraction', ['0.1', '0.10', '1e-1', '0.01E1']],
    ['negative numbers', ['-120', '-12e1', '-1.2e2', '-120.0', '-0.12E+3']],
    ['numbers larger than a double', ['1e400', `1${zeros}e100`, '0.1e401', '10000e396']],
    ['numbers of more digits than a short one', [`1${zeros}`, '1e300', `1${zeros}.0`, `0.${zeros}1e601`]],
    ['integers of 64 digits', [`1${'0'.repeat(63)}`, '1e63', `10${'0'.repeat(62)}.0`]],
    ['the last narrow exponent', ['1e2147483646', '10e2147483645', '0.1e2147483647']],
    ['the first wide exponent', ['1e2147483647', '10e2147483646', '0.1e2147483648']],
    ['exponents of any length', [`1e1${'0'.repeat(40)}`, `10e${nines}`, `0.01e1${'0'.repeat(39)}2`]],
    [
      'negative exponents of any length',
      [`1e-1${'0'.repeat(40)}`, `0.1e-${nines}`, `100e-1${'0'.repeat(39)}2`],
    ],
    [
      'carries into a shorter exponent',
      ['1e-1000000000000000', '0.1e-999999999999999', '10e-1000000000000001'],
    ],
    ['escapes', ['"\\u00e9"', '"é"', '"\\u00E9"']],
    ['escapes that shorten the length', [`"${'\\u0061'.repeat(30)}"`, `"${'a'.repeat(30)}"`]],
    ['surrogate pairs', ['"\\ud83d\\ude00"', '"😀"', '"\\uD83D\\uDE00"']],
    [
      'short escapes',
      ['"\\/\\b\\f\\n\\r\\t\\"\\\\"', '"/\\u0008\\u000c\\u000a\\u000d\\u0009\\u0022\\u005c"'],
    ],
    ['lone surrogates and their bytes', ['"\\ud83dx"', Buffer.from('22eda0bd7822', 'hex')]],
    ['key order', ['{"a":1,"b":2,"cc":3}', '{"cc":3,"b":2,"a":1}', '{ "b" : 2 , "a" : 1 , "c\\u0063" : 3 }']],
    ['duplicate keys', ['{"a":2}', '{"a":1,"a":2}', '{"\\u0061":{"z":1,"a":[]},"a":2.0}']],
    [
      'disorder in dropped members',
      ['{"a":{"x":1,"y":2}}', '{"a":{"y":{"q":1,"b":1},"x":0},"a":{"y":2,"x":1}}'],
    ],
    ['disorder below order', ['[{"a":[{"x":1,"y":2}],"b":{}}]', '[{"a":[{"y":2,"x":1}],"b":{}}]']],
    [
      'disorder after order',
      ['[{"a":{"p":[{"x":1,"y":2}]}},{"x":1,"y":2}]', '[{"a":{"p":[{"y":2,"x":1}]}},{"y":2,"x":1}]'],
    ],
  ])('%s', (_, texts) => {
    expect(new Set(texts.map(hexOf)).size).toBe(1);
  });

  it('sorts and deduplicates more members than an insertion sort takes', () => {
    const keys = Array.from({ length: 500 }, (_, i) => `k${(i * 7919) % 500}`);
    const inOrder = keys.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
    const print = (all: string[]) => `{${all.map((key) => `"${key}":"${key}"`).join(',')}}`;
    expect(hexOf(print([...keys, ...keys]))).toBe(hexOf(print(inOrder)));
  });

  it('holds keys apart whose lengths need more than one byte', () => {
    const [a, b, c] = ['a'.repeat(200), `${'a'.repeat(199)}b`, 'c'.repeat(20_000)];
    expect(hexOf(`{"${c}":3,"${b}":2,"${a}":0,"${a}":1}`)).toBe(hexOf(`{"${a}":1,"${b}":2,"${c}":3}`));
  });
});

describe('different values have different bytes', () => {
  it.each<[string, string | Buffer, string | Buffer]>([
    ['integers beyond 2^53', '9007199254740993', '9007199254740992'],
    ['doubles that print alike', '0.1', '0.1000000000000000055511151231257827'],
    ['signs', '1', '-1'],
    ['powers of ten', '1', '10'],
    ['powers of ten below one', '0.1', '0.01'],
    ['a number and its text', '1', '"1"'],
    ['null and its text', 'null', '"null"'],
    ['zero and false', '0', 'false'],
    ['exponents that are equal modulo 2^32', '1e1', '1e4294967297'],
    ['wide exponents', '1e9223372036854775807', '1e9223372036854775808'],
    ['signs of wide exponents', `1e${nines}`, `1e-${nines}`],
    ['signs of numbers with wide exponents', `1e${nines}`, `-1e${nines}`],
    ['array and object', '[]', '{}'],
    ['a list and a list in a list', '[1,2]', '[[1,2]]'],
    ['where a list ends', '[[1],2]', '[[1,2]]'],
    ['the order of a list', '[1,2]', '[2,1]'],
    ['a missing member and null', '{}', '{"a":null}'],
    ['keys and values swapped', '{"a":"b"}', '{"b":"a"}'],
    ['where a key ends', '{"ab":"c"}', '{"a":"bc"}'],
    ['code points that normalise alike', '"é"', '"e\\u0301"'],
    ['a replaced byte and the replacement character', Buffer.from('22ff22', 'hex'), '"\ufffd"'],
    ['lone surrogates', '"\\ud83d"', '"\\ude00"'],
    ['surrogates in the wrong order', '"\\ude00\\ud83d"', '"😀"'],
  ])('%s', (_, left, right) => {
    expect(hexOf(left)).not.toBe(hexOf(right));
  });
});

describe('golden vectors', () => {
  it.each([
    ['null', '6e'],
    ['[true,false]', '5b000000027466'],
    ['0', '30'],
    ['42', '2b04023432'],
    ['-1500', '2d08023135'],
    ['3.14', '2b0203333134'],
    ['0.05', '2b010135'],
    ['1e400', '2ba2060131'],
    ['1e2147483647', '502b0a323134373438333634380131'],
    ['-25e-99999999999999999999', '4e2d14393939393939393939393939393939393939393702' + '3235'],
    ['"h\\u00e9\\ud83d\\ude00"', '730768c3a9f09f9880'],
    ['"\\ud83d"', '7303eda0bd'],
    [
      '{"id":7,"b":[],"a":{"y":null,"x":"1"}}',
      '7b00000003' + '01617b00000002' + '0178730131' + '01796e' + '01625b00000000' + '0269642b020137',
    ],
  ])('%s', (text, hex) => {
    expect(hexOf(text)).toBe(hex);
  });
});

describe('large documents', () => {
  it('copies disorder that is nested 2000 levels deep once, not once for each level', {
    timeout: 5000,
  }, () => {
    const leaf = Buffer.alloc(24 << 20, 'x');
    const text = Buffer.concat([
      Buffer.from(`${'{"b":1,"a":'.repeat(2000)}"`),
      leaf,
      Buffer.from(`"${'}'.repeat(2000)}`),
    ]);
    const sink = new ByteSink();
    expect(encodeJson(text, 0, text.length, sink)).toBe(true);
    expect(sink.length).toBe(2000 * (1 + 4 + 2 + 2 + 4) + 1 + 4 + leaf.length);
  });

  it('writes numbers with long exponents in a few bytes', () => {
    expect(hexOf('1e2147483646').length / 2).toBeLessThan(16);
    expect(hexOf(`1e-${'0'.repeat(100_000)}1`)).toBe(hexOf('0.1'));
  });
});
