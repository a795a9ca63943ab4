import { describe, expect, it } from 'vitest';
import type { Column, ValueType } from '../../src/core/schema.js';
import { readTypedValue } from '../../src/engines/repair-value.js';

const FLOAT32: ValueType = { kind: 'float', bits: 32 };
const FLOAT64: ValueType = { kind: 'float', bits: 64 };
const DECIMAL: ValueType = { kind: 'decimal' };
const BOOLEAN: ValueType = { kind: 'boolean' };
const INT8: ValueType = { kind: 'int', bits: 8, unsigned: false };
const UINT64: ValueType = { kind: 'int', bits: 64, unsigned: true };
const BITS8: ValueType = { kind: 'bits', length: 8, numeric: true };
const BIT_STRING8: ValueType = { kind: 'bits', length: 8, numeric: false };
const BIT_STRING: ValueType = { kind: 'bits', length: null, numeric: false };
const UUID: ValueType = { kind: 'uuid', byteOrder: true };
const BINARY16: ValueType = { kind: 'bytes', length: 16, fixed: true };
const JSON_TYPE: ValueType = { kind: 'json' };

function columnOf(type: ValueType): Column {
  return {
    name: 'c',
    declared: type.kind,
    wire: type.kind,
    type,
    nullable: false,
    generated: false,
    identity: 'none',
    invisible: false,
    collation: null,
  };
}

const ID = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';

describe('a value on its way to another type', () => {
  it.each<[string, ValueType, ValueType, string | { hex: string }, object | null]>([
    [
      'a 32-bit float keeps its IEEE value in a double',
      FLOAT32,
      FLOAT64,
      '0.1',
      { text: '0.10000000149011612' },
    ],
    ['a 32-bit float keeps its text in its like', FLOAT32, FLOAT32, '0.1', { text: '0.1' }],
    ['a double that 32 bits do not hold is refused', FLOAT64, FLOAT32, '0.1', null],
    ['a double that 32 bits hold is written', FLOAT64, FLOAT32, '0.5', { text: '0.5' }],
    ['a boolean becomes a decimal', BOOLEAN, DECIMAL, 'true', { text: '1' }],
    ['a decimal 1.0 becomes a boolean', DECIMAL, BOOLEAN, '1.0', { value: true }],
    ['2 is no boolean', INT8, BOOLEAN, '2', null],
    ['128 does not fit a signed byte', UINT64, INT8, '128', null],
    ['-1 does not fit an unsigned integer', INT8, UINT64, '-1', null],
    ['2^64-1 keeps every digit', UINT64, UINT64, '18446744073709551615', { text: '18446744073709551615' }],
    ['a bit number becomes a bit string of its length', BITS8, BIT_STRING8, '5', { text: '00000101' }],
    ['a bit number becomes a varying bit string of its length', BITS8, BIT_STRING, '5', { text: '00000101' }],
    ['a bit string of another length is refused by a bit number', BIT_STRING, BITS8, '101', null],
    ['a bit number that needs nine bits is refused', INT8, BITS8, '256', null],
    ['sixteen bytes become a uuid', BINARY16, UUID, { hex: ID.replaceAll('-', '') }, { text: ID }],
    ['a uuid becomes sixteen bytes', UUID, BINARY16, ID, { hex: ID.replaceAll('-', '') }],
    ['fifteen bytes do not fill BINARY(16)', BINARY16, BINARY16, { hex: '00'.repeat(15) }, null],
    ['text that is no JSON is refused', JSON_TYPE, JSON_TYPE, '{"a":', null],
  ])('%s', (_title, from, to, value, expected) => {
    const typed = readTypedValue({ value, from: columnOf(from), to: columnOf(to) });
    if (expected === null) expect(typed.kind).toBe('unwritable');
    else expect(typed).toMatchObject(expected);
  });

  it('NULL is refused where the column cannot be NULL', () => {
    const column = columnOf(DECIMAL);
    expect(readTypedValue({ value: null, from: column, to: column }).kind).toBe('unwritable');
  });
});
