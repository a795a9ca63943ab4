import { describe, expect, it } from 'vitest';
import { chooseCanonicalType } from '../../src/core/canonical-type.js';
import { PLAIN } from '../../src/core/column-rule.js';
import type { Column, ValueType } from '../../src/core/schema.js';
import { compilePostgresqlCodec } from '../../src/engines/postgresql/codec.js';
import { columnOf, encodeRow, UTF8_TEXT } from './codec-rows.js';

const INT = columnOf('int4', { kind: 'int', bits: 32, unsigned: false });
const TEXT = columnOf('text', UTF8_TEXT);
const ODD = columnOf('opaque', { kind: 'opaque', name: 'odd' });
const arrayOf = (element: Column): ValueType => ({ kind: 'array', element });
const rangeOf = (bound: Column): ValueType => ({ kind: 'range', bound });

/** The canonical bytes of a value on the wire, of a column that is paired with one of its own type. */
function encode(wire: string, type: ValueType, value: string): string | null | undefined {
  const column = columnOf(wire, type);
  const choice = chooseCanonicalType(column, column);
  if (choice.kind !== 'comparable') throw new Error(choice.reason);
  const body = `0001${(value.length / 2).toString(16).padStart(8, '0')}${value}`;
  const row = `64${(body.length / 2 + 4).toString(16).padStart(8, '0')}${body}`;
  const codec = compilePostgresqlCodec([{ column, canonical: choice.canonical, partner: type, rule: PLAIN }]);
  return encodeRow(codec, Buffer.from(row, 'hex'))[0];
}

const ELEMENT = '00000017';
const ONE = '0000000400000001';
const NULL = 'ffffffff';

describe('structures on the wire of PostgreSQL', () => {
  it.each([
    ['{}', `0000000000000000${ELEMENT}`, '1300'],
    [
      '{1,NULL}',
      `0000000100000001${ELEMENT}0000000200000001${ONE}${NULL}`,
      '1301020000000102000000000000000100',
    ],
    [
      '[0:0][2:2]={{1}}',
      `0000000200000000${ELEMENT}00000001000000000000000100000002${ONE}`,
      '13020100000000010000000202000000000000000' + '1',
    ],
  ])('hold the array %s', (_, wire, hex) => {
    expect(encode('array', arrayOf(INT), wire)).toBe(hex);
  });

  it('leave out the number that a database gave to the type of the elements', () => {
    const value = (oid: string): string => `0000000100000000${oid}0000000100000001${ONE}`;
    expect(encode('array', arrayOf(INT), value('00000017'))).toBe(
      encode('array', arrayOf(INT), value('00004e20')),
    );
  });

  it.each([
    ['empty', '01', '1401'],
    ['(,)', '18', '1418'],
    ['[1,)', `12${ONE}`, '1412020000000000000001'],
    ['[1,) that was once part of a multirange', `92${ONE}`, '1412020000000000000001'],
    ['[1,1]', `06${ONE}${ONE}`, '1406020000000000000001020000000000000001'],
  ])('hold the range %s', (_, wire, hex) => {
    expect(encode('range', rangeOf(INT), wire)).toBe(hex);
  });

  it('hold a multirange, a composite and their parts', () => {
    const ranges = { kind: 'multirange', bound: INT } as const;
    expect(encode('multirange', ranges, `000000010000000912${ONE}`)).toBe('15011412020000000000000001');
    const pair = { kind: 'composite', fields: [INT, TEXT] } as const;
    expect(encode('composite', pair, `00000002${ELEMENT}${ONE}00000019${NULL}`)).toBe(
      '160202000000000000000100',
    );
  });

  it('compare parts without a rule by their bytes, and the whole as one without a rule', () => {
    const type = arrayOf(ODD);
    expect(chooseCanonicalType(columnOf('array', type), columnOf('array', type))).toEqual({
      kind: 'comparable',
      canonical: 'wire',
    });
    const wire = `00000001000000000000ffff00000001000000010000000278fe`;
    expect(encode('array', type, wire)).toBe('130101000000010702' + '78fe');
  });

  it.each([
    ['an array with bytes left over', 'array', arrayOf(INT), `0000000000000000${ELEMENT}00`],
    ['a range with bytes left over', 'range', rangeOf(INT), `01${ONE}`],
    [
      'a composite with another number of fields',
      'composite',
      { kind: 'composite', fields: [INT] },
      '00000000',
    ],
  ] as const)('are refused if they are %s', (_, wire, type, value) => {
    expect(() => encode(wire, type, value)).toThrow('another form than the catalog says');
  });
});
