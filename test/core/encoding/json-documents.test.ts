import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../../src/core/encoding/byte-sink.js';
import { encodeJson } from '../../../src/core/encoding/json-encoding.js';
import { decodeJson } from './json-decode.js';
import { modelOf, valueArbitrary } from './json-model.js';
import { encode, hexOf } from './json-slice.js';
import { spell } from './json-spelling.js';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('documents that are not JSON', () => {
  const depth = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const mixedDepth = (levels: number) => `${'{"b":0,"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

  it.each([
    '',
    ' ',
    'nul',
    'nullx',
    'True',
    'NaN',
    'Infinity',
    '-',
    '+1',
    '01',
    '-01',
    '1.',
    '.5',
    '1e',
    '1e+',
    '1.e1',
  ])('refuses %j and leaves the sink alone', (text) => expect(encode(text)).toBeUndefined());

  it.each([
    '"',
    '"a',
    '"\\"',
    '"\\x41"',
    '"\\u12"',
    '"\\u12g4"',
    '"\n"',
    '"\\\n"',
    '"\\n\t"',
    '"\\n\u001f"',
    '"\\ud83d\\u12"',
    "'a'",
  ])('refuses the string %j', (text) => expect(encode(text)).toBeUndefined());

  it.each([
    '[',
    ']',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[1}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{a:1}',
    '{1:1}',
    '{"a" 1}',
    '{"a":1]',
  ])('refuses the structure %j', (text) => expect(encode(text)).toBeUndefined());

  it.each(['1 2', '{}{}', '1,', '\ufeff1', '1\u00a0', '/**/1', '1\0', '{"b":1,"a":2} x'])(
    'refuses %j, which goes on',
    (text) => {
      expect(encode(text)).toBeUndefined();
    },
  );

  it('takes 2000 levels and refuses 2001', () => {
    expect(encode(depth(2000))).toBeDefined();
    expect(encode(depth(2001))).toBeUndefined();
    expect(encode(mixedDepth(2000))).toBeDefined();
    expect(encode(mixedDepth(2001))).toBeUndefined();
  });

  it('reads nothing behind the end of the slice', () => {
    const sink = new ByteSink();
    for (const text of ['true', 'null', '-12.5e+10', '"a\\u00e9\\n"', '{"b":[1,{}],"a":"x"}']) {
      for (let end = 0; end <= text.length; end++) {
        const valid = encodeJson(Buffer.from(text), 0, end, sink);
        expect([text.slice(0, end), valid]).toEqual([text.slice(0, end), parses(text.slice(0, end))]);
      }
    }
  });

  it('encodes the next document as if a refused one had not been', () => {
    const expected = hexOf('{"b":[1],"a":2}');
    expect(encode('{"z":{"b":1,"a":2},"y":[{"q":1,"p":')).toBeUndefined();
    expect(hexOf('{"b":[1],"a":2}')).toBe(expected);
  });
});

describe('any document', () => {
  const seed = fc.integer();

  it('has the same bytes in every spelling', () => {
    fc.assert(
      fc.property(valueArbitrary, seed, seed, (value, left, right) => {
        expect(hexOf(spell(value, left))).toBe(hexOf(spell(value, right)));
      }),
      { numRuns: 1000 },
    );
  });

  it('can be read back from its bytes, so no other value has them', () => {
    fc.assert(
      fc.property(valueArbitrary, seed, (value, spelling) => {
        expect(decodeJson(Buffer.from(hexOf(spell(value, spelling)), 'hex'))).toEqual(modelOf(value));
      }),
      { numRuns: 1000 },
    );
  });

  it('has equal bytes only where the values are equal', () => {
    fc.assert(
      fc.property(valueArbitrary, valueArbitrary, seed, (left, right, spelling) => {
        const sameBytes = hexOf(spell(left, spelling)) === hexOf(spell(right, spelling));
        expect(sameBytes).toBe(JSON.stringify(modelOf(left)) === JSON.stringify(modelOf(right)));
      }),
      { numRuns: 1000 },
    );
  });

  it('is accepted exactly where JSON.parse accepts it', () => {
    const pieces = [
      ...'{}[]",:\\/u0123456789.eE+- \n\t\0ntfabd',
      'null',
      'true',
      'false',
      '\\u',
      '\\n',
      'é',
      '\ufeff',
    ];
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom(...pieces)), { maxLength: 3 });
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.json({ stringUnit: 'binary' })), edits, (json, changes) => {
        let text = json;
        for (const [position, removed, added] of changes) {
          const at = position % (text.length + 1);
          text = `${text.slice(0, at)}${added}${text.slice(at + removed)}`;
        }
        expect([text, encode(text) !== undefined]).toEqual([text, parses(text)]);
      }),
      { numRuns: 5000 },
    );
  });
});
