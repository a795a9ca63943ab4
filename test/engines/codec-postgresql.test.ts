import { describe, expect, it } from 'vitest';
import type { CanonicalType } from '../../src/core/canonical-type.js';
import type { ValueType } from '../../src/core/schema.js';
import { compilePostgresqlCodec } from '../../src/engines/postgresql/codec.js';
import { columnOf, encodeRow, UTF8_TEXT } from './codec-rows.js';

const INT: ValueType = { kind: 'int', bits: 64, unsigned: false };

function codecOf(...columns: readonly (readonly [string, ValueType, CanonicalType])[]) {
  return compilePostgresqlCodec(
    columns.map(([wire, type, canonical]) => ({
      column: columnOf(wire, type),
      canonical,
      partner: type,
      rule: { kind: 'plain' },
    })),
  );
}

/** A DataRow message: `D`, its length, the field count, and a length before each value. */
function message(fields: readonly (string | null)[]): Buffer {
  const parts = fields.map((hex) => {
    if (hex === null) return 'ffffffff';
    return (hex.length / 2).toString(16).padStart(8, '0') + hex;
  });
  const body = Buffer.from(`${fields.length.toString(16).padStart(4, '0')}${parts.join('')}`, 'hex');
  const head = Buffer.from([0x44, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

describe('rows of PostgreSQL in binary', () => {
  it.each([
    ['bool', '01', '020000000000000001'],
    ['int2', '8000', '01ffffffffffff8000'],
    ['int4', 'ffffffff', '01ffffffffffffffff'],
    ['int8', '0020000000000001', '020020000000000001'],
    ['int8', '8000000000000000', '018000000000000000'],
    ['oid', 'ffffffff', '0200000000ffffffff'],
  ])('hold %s %s as %s', (wire, value, hex) => {
    expect(encodeRow(codecOf([wire, INT, 'int']), message([value]))).toEqual([hex]);
  });

  it.each([
    ['1.10', '0002000000000002000103e8', '0307038000000103e8'],
    ['1.1000', '0002000000000004000103e8', '0307038000000103e8'],
    ['0.00', '0000000000000002', '030102'],
    ['-10000', '00010001400000000001', '03050180010001'],
    ['NaN', '00000000c0000000', '030105'],
    ['Infinity', '00000000d0000020', '030104'],
    ['-Infinity', '00000000f0000020', '030100'],
  ])('hold the numeric %s', (_, value, hex) => {
    expect(encodeRow(codecOf(['numeric', { kind: 'decimal' }, 'decimal']), message([value]))).toEqual([hex]);
  });

  it.each([
    ['float4', 'float', '4b800000', '044170000000000000'],
    ['float8', 'float', '8000000000000000', '040000000000000000'],
    ['date', 'date', '7fffffff', '0affffffff'],
    ['time', 'time', '000000141dd76000', '0c800000141dd76000'],
    ['timestamp', 'datetime', '8000000000000000', '0d0000000000000000'],
    ['timestamptz', 'instant', '0000000000000001', '0e8000000000000001'],
    ['bit', 'bits', '00000009a580', '0809a580'],
    ['bpchar', 'text', '61622020', '05026162'],
    ['text', 'text', '61622020', '050461622020'],
    ['jsonb', 'json', '0131', '0f'],
  ] as const)('hold %s as %s: %s', (wire, canonical, value, hex) => {
    const [encoded] = encodeRow(codecOf([wire, UTF8_TEXT, canonical]), message([value]));
    expect(encoded?.slice(0, hex.length)).toBe(hex);
    if (canonical !== 'json') expect(encoded).toBe(hex);
  });

  it('keep NULL apart from the empty text', () => {
    const text = ['text', UTF8_TEXT, 'text'] as const;
    expect(encodeRow(codecOf(text, text), message([null, '']))).toEqual([null, '0500']);
  });

  it.each([
    ['another field count', message(['61', '61'])],
    [
      'a message that ends elsewhere',
      Buffer.concat([message(['61']).subarray(0, 4), Buffer.from('0f0001000000016161', 'hex')]),
    ],
  ])('are refused with %s', (_, row) => {
    expect(() => encodeRow(codecOf(['text', UTF8_TEXT, 'text']), row)).toThrow(
      'another form than the catalog says',
    );
  });

  it('refuse a fixed-width value of another width', () => {
    expect(() => encodeRow(codecOf(['int4', INT, 'int']), message(['0000000000000001']))).toThrow(
      'another form than the catalog says',
    );
  });
});
