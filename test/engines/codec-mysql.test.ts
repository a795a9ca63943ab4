import { describe, expect, it } from 'vitest';
import type { CanonicalType } from '../../src/core/canonical-type.js';
import { PLAIN } from '../../src/core/column-rule.js';
import { ByteSink } from '../../src/core/encoding/byte-sink.js';
import type { TextType, ValueType } from '../../src/core/schema.js';
import { compileMysqlCodec } from '../../src/engines/mysql/codec.js';
import { columnOf, encodeRow, UTF8_TEXT } from './codec-rows.js';

const INT: ValueType = { kind: 'int', bits: 64, unsigned: false };
const BYTES: ValueType = { kind: 'bytes', length: null, fixed: false };

function codecOf(...columns: readonly (readonly [string, ValueType, CanonicalType])[]) {
  return compileMysqlCodec(
    columns.map(([wire, type, canonical]) => ({
      column: columnOf(wire, type),
      canonical,
      partner: type,
      rule: { kind: 'plain' },
    })),
    new Map(),
  );
}

/** A row of one value: the header, an empty NULL bitmap, the value. */
const oneValue = (hex: string): Buffer => Buffer.from(`0000${hex}`, 'hex');

describe('rows of the MySQL binary protocol', () => {
  it.each([
    ['tinyint', 'ff', '01ffffffffffffffff'],
    ['tinyint unsigned', 'ff', '0200000000000000ff'],
    ['smallint', '0080', '01ffffffffffff8000'],
    ['smallint unsigned', '0080', '020000000000008000'],
    ['mediumint', '000080ff', '01ffffffffff800000'],
    ['int', 'ffffffff', '01ffffffffffffffff'],
    ['int unsigned', 'ffffffff', '0200000000ffffffff'],
    ['bigint', 'ffffffffffffffff', '01ffffffffffffffff'],
    ['bigint unsigned', 'ffffffffffffffff', '02ffffffffffffffff'],
    ['bigint', '0100000000002000', '020020000000000001'],
    ['bit', '020102', '020000000000000102'],
    ['year', '6b08', '02000000000000086b'],
  ])('hold %s %s as %s', (wire, value, hex) => {
    expect(encodeRow(codecOf([wire, INT, 'int']), oneValue(value))).toEqual([hex]);
  });

  it.each([
    ['date', 'date', '00', '0b0000000000000000000000'],
    ['date', 'date', '04d0070101', '0a80000000'],
    ['date', 'date', '04e407000a', '0b07e4000a00000000000000'],
    ['datetime', 'datetime', '00', '0b0000000000000000000000'],
    ['datetime', 'datetime', '04d0070101', '0d8000000000000000'],
    ['datetime', 'datetime', '07d0070101000001', '0d80000000000f4240'],
    ['timestamp', 'instant', '0bd007010100000001000000', '0e8000000000000001'],
    ['time', 'time', '00', '0c8000000000000000'],
    ['time', 'time', '080001000000000000', '0c800000141dd76000'],
    ['time', 'time', '0c010000000000000001000000', '0c7fffffffffffffff'],
  ] as const)('hold %s as %s: %s is %s', (wire, canonical, value, hex) => {
    const type: ValueType = { kind: canonical };
    expect(encodeRow(codecOf([wire, type, canonical]), oneValue(value))).toEqual([hex]);
  });

  it('skip NULLs by the bitmap, whose first two bits are no columns', () => {
    const columns = Array.from({ length: 9 }, () => ['tinyint', INT, 'int'] as const);
    const row = Buffer.from('00fc0305', 'hex');
    const values = encodeRow(codecOf(...columns), row);
    expect(values).toEqual([...Array.from({ length: 8 }, () => null), '020000000000000005']);
  });

  it.each([
    ['251', 'fcfb00', 251],
    ['65536', 'fd000001', 65536],
    ['16777216', 'fe0000000100000000', 16777216],
  ])('read a length of %s', (_, prefix, length) => {
    const row = Buffer.concat([oneValue(prefix), Buffer.alloc(length, 7)]);
    const [hex] = encodeRow(codecOf(['blob', BYTES, 'bytes']), row);
    expect(hex?.length).toBeGreaterThan(length * 2);
    expect(hex?.endsWith('0707')).toBe(true);
  });

  it.each([
    ['a header that is not zero', '010061'],
    ['bytes left over', '0000016161'],
    ['a value that is cut short', '00000561'],
  ])('are refused with %s', (_, hex) => {
    expect(() => encodeRow(codecOf(['varchar', UTF8_TEXT, 'text']), Buffer.from(hex, 'hex'))).toThrow(
      'another form than the catalog says',
    );
  });
});

describe('labels of a set', () => {
  const type: ValueType = { kind: 'set', text: { ...UTF8_TEXT, kind: 'text', charset: 'gap' } as TextType };
  const charset = {
    ...{ singles: new Int32Array(256).fill(-1), pairs: null, wide: null, ascii: false },
  };
  const encode = (canonical: CanonicalType, hex: string): string => {
    const bytes = Buffer.from(hex, 'hex');
    const columns = [{ column: columnOf('set', type), canonical, partner: type, rule: PLAIN }];
    const sink = new ByteSink();
    compileMysqlCodec(columns, new Map([['gap', charset]])).encoders[0]?.(bytes, 0, bytes.length, sink);
    return sink.toBuffer().toString('hex');
  };

  it.each(['set', 'array'] as const)(
    'that do not decode are no empty %s, and keep their bytes',
    (canonical) => {
      expect(encode(canonical, '')).toBe(canonical === 'set' ? '0900' : '1300');
      expect(encode(canonical, 'ff')).toBe('0601ff');
    },
  );
});
