import fc from 'fast-check';
import type { CanonicalType } from '../../src/core/canonical-type.js';
import type { ValueType } from '../../src/core/schema.js';
import { type KernelCase, LATIN1_TEXT, UTF8_TEXT } from './kernel-rows.js';

/** A column with the values that are hard for it, in hex, and a way to draw others. */
export type ValueCase = KernelCase & {
  readonly hard: readonly string[];
  readonly drawn: fc.Arbitrary<Buffer>;
};

const DECIMAL: ValueType = { kind: 'decimal' };
const BYTES: ValueType = { kind: 'bytes', length: null, fixed: false };
const UUID: ValueType = { kind: 'uuid', byteOrder: true };
const int = (unsigned: boolean): ValueType => ({ kind: 'int', bits: 64, unsigned });
const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

const bytesOf = (minLength: number, maxLength = minLength): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes));
const textOf = (pattern: RegExp): fc.Arbitrary<Buffer> =>
  fc.stringMatching(pattern).map((it) => Buffer.from(it));

function fixed(wire: string, type: ValueType, canonical: CanonicalType, width: number): ValueCase {
  const hard = ['00', 'ff', '7f', '80', '01'].map((byte) => byte.repeat(width));
  hard.push(`80${'00'.repeat(width - 1)}`, `${'00'.repeat(width - 1)}80`, `01${'00'.repeat(width - 1)}`);
  return { wire, type, canonical, hard, drawn: bytesOf(width) };
}

/** As an integer, and as a decimal: what the column becomes beside a decimal partner. */
const bothForms = (wire: string, type: ValueType, width: number): ValueCase[] =>
  (['int', 'decimal'] as const).map((canonical) => {
    const base = fixed(wire, type, canonical, width);
    const round = width === 8 ? ['0000c16ff2862300', '002386f26fc10000', '0a00000000000000'] : [];
    return { ...base, hard: [...base.hard, ...round] };
  });

const floats = (wire: string, bits: 32 | 64, special: readonly string[]): ValueCase => {
  const base = fixed(wire, { kind: 'float', bits }, 'float', bits / 8);
  const swapped = special.map((it) => Buffer.from(it, 'hex').reverse().toString('hex'));
  return { ...base, hard: [...base.hard, ...special, ...swapped] };
};
const FLOAT32 = [
  '80000000',
  '7f800000',
  'ff800000',
  '7fc00000',
  'ffc00001',
  '7f800001',
  '00000001',
  '3fc00000',
];
const FLOAT64 = [
  '8000000000000000',
  '7ff0000000000000',
  'fff0000000000000',
  '7ff8000000000000',
  'fff8000000000001',
  '7ff0000000000001',
  '0000000000000001',
  '3ff8000000000000',
];

const TEXTS = [
  '',
  hex('a'),
  hex('a  '),
  hex('   '),
  '00',
  'c3a9',
  'f09f9880',
  'ff',
  hex('x'.repeat(127)),
  hex('y'.repeat(128)),
];
const LONG_TEXTS = [hex('z'.repeat(300)), hex('q'.repeat(16_384)), hex('w'.repeat(70_000))];
const spans = (wire: string, type: ValueType, canonical: CanonicalType): ValueCase => ({
  wire,
  type,
  canonical,
  hard: [...TEXTS, ...LONG_TEXTS, '80', '9f80c4', '81'],
  drawn: bytesOf(0, 200),
});

const UUID_TEXTS = [
  '01234567-89ab-cdef-0123-456789abcdef',
  '01234567-89AB-CDEF-0123-456789ABCDEF',
  '01234567-89ab-cdef-0123-456789abcdeg',
  '01234567-89ab-cdef-0123-456789abcde',
  '0123456789ab-cdef-0123-456789abcdef01',
  '01234567089ab-cdef-0123-456789abcdef',
  '`1234567-89ab-cdef-0123-456789abcdef',
  '01234567-89ab-cdef-0123-456789abcd:f',
  '',
].map(hex);
const uuidTexts = (wire: string, type: ValueType): ValueCase => ({
  wire,
  type,
  canonical: 'uuid',
  hard: [...UUID_TEXTS, `${UUID_TEXTS[0]}2020`],
  drawn: fc.oneof(
    fc.uuid().map((it) => Buffer.from(it)),
    textOf(/^[0-9a-fA-F-]{36}$/),
  ),
});

const DECIMAL_TEXTS = [
  '0',
  '-0',
  '0.00',
  '1.10',
  '1.1000',
  '-1.5',
  '10000',
  '-10000',
  '100000000',
  '.5',
  '12.',
  '00012.3400',
];
const WIDE_DECIMALS = [
  '9'.repeat(65),
  `-0.${'0'.repeat(29)}1`,
  `${'1'.repeat(35)}.${'9'.repeat(30)}`,
  '9999.9999',
  '0.0001',
];

/** Each opcode for rows of the binary protocol. */
export const MYSQL_CASES: readonly ValueCase[] = [
  ...bothForms('tinyint', int(false), 1),
  ...bothForms('tinyint unsigned', int(true), 1),
  ...bothForms('smallint', int(false), 2),
  ...bothForms('smallint unsigned', int(true), 2),
  ...bothForms('year', int(true), 2),
  ...bothForms('mediumint', int(false), 4),
  ...bothForms('mediumint unsigned', int(true), 4),
  ...bothForms('int', int(false), 4),
  ...bothForms('int unsigned', int(true), 4),
  ...bothForms('bigint', int(false), 8),
  ...bothForms('bigint unsigned', int(true), 8),
  ...(['int', 'decimal'] as const).map((canonical) => ({
    wire: 'bit',
    type: { kind: 'bits', length: 64, numeric: true } as const,
    canonical,
    hard: ['00', '01', 'ff'.repeat(8), '8000', '0102030405060708'],
    drawn: bytesOf(1, 8),
  })),
  floats('float', 32, FLOAT32),
  floats('double', 64, FLOAT64),
  spans('blob', BYTES, 'bytes'),
  spans('text', UTF8_TEXT, 'text'),
  spans('text', UTF8_TEXT, 'bytes'),
  spans('varchar', LATIN1_TEXT, 'text'),
  spans('enum', { kind: 'enum', text: LATIN1_TEXT as Extract<ValueType, { kind: 'text' }> }, 'text'),
  { ...fixed('binary', { kind: 'bytes', length: 16, fixed: true }, 'uuid', 16) },
  uuidTexts('char', UTF8_TEXT),
  uuidTexts('uuid', UUID),
  {
    wire: 'decimal',
    type: DECIMAL,
    canonical: 'decimal',
    hard: [...DECIMAL_TEXTS, ...WIDE_DECIMALS].map(hex),
    drawn: textOf(/^-?[0-9]{1,35}(\.[0-9]{1,30})?$/),
  },
  ...(['date', 'datetime', 'timestamp'] as const).map((wire) => ({
    wire,
    type: { kind: wire === 'timestamp' ? 'instant' : wire } as const,
    canonical: wire === 'timestamp' ? ('instant' as const) : wire,
    hard: [
      ...[
        '',
        'e8070c1f',
        'd0070101',
        '00000000',
        'e407021d',
        'e307021d',
        'd007021d',
        '6c07021d',
        'e8070d01',
        'e807041f',
        '01000101',
      ],
      ...[
        '0f270c1f',
        'e8070c1f173b3b',
        'd107010100000100',
        'e8070c1f173b3b3f420f00',
        '000000000000000c000000',
        'e807000017000001000000',
      ],
    ].filter((it) => it.length !== 16),
    drawn: fc
      .tuple(
        fc.constantFrom(4, 7, 11),
        fc.integer({ min: 0, max: 9999 }),
        fc.integer({ min: 0, max: 12 }),
        bytesOf(8),
      )
      .map(([length, year, month, rest]) => {
        const bytes = Buffer.concat([Buffer.from([year & 0xff, year >> 8, month]), rest]);
        bytes[3] = (bytes[3] ?? 0) % 32;
        return bytes.subarray(0, length);
      }),
  })),
  {
    wire: 'time',
    type: { kind: 'time' },
    canonical: 'time',
    hard: [
      '',
      '0000000000000000',
      '0101000000000001',
      '002200000016 3b3b3f420f00'.replace(' ', ''),
      '010000000000000001000000',
    ],
    drawn: fc
      .tuple(
        fc.boolean(),
        fc.integer({ min: 0, max: 34 }),
        bytesOf(3),
        fc.option(fc.integer({ min: 0, max: 999_999 })),
      )
      .map(([negative, days, clock, micros]) => {
        const bytes = Buffer.alloc(12);
        bytes[0] = negative ? 1 : 0;
        bytes.writeUInt32LE(days, 1);
        clock.copy(bytes, 5);
        bytes.writeUInt32LE(micros ?? 0, 8);
        return bytes.subarray(0, micros === null ? 8 : 12);
      }),
  },
];

const NUMERICS = [
  ...['0002000000000002000103e8', '0002000000000004000103e8', '0000000000000002', '00010001400000000001'],
  ...[
    '00000000c0000000',
    '00000000d0000020',
    '00000000f0000020',
    '00020001000000000000000a',
    '0003ffff0000000c000000010000',
  ],
  `00480047000000000${'0'.repeat(15)}${'270f'.repeat(68)}`,
];

/** Each opcode for rows of PostgreSQL in binary. */
export const POSTGRESQL_CASES: readonly ValueCase[] = [
  ...bothForms('bool', { kind: 'boolean' }, 1),
  ...bothForms('int2', int(false), 2),
  ...bothForms('int4', int(false), 4),
  ...bothForms('int8', int(false), 8),
  ...bothForms('oid', int(true), 4),
  floats('float4', 32, FLOAT32),
  floats('float8', 64, FLOAT64),
  spans('bytea', BYTES, 'bytes'),
  spans('text', UTF8_TEXT, 'text'),
  spans('bpchar', UTF8_TEXT, 'text'),
  spans('text', UTF8_TEXT, 'bytes'),
  spans('bpchar', UTF8_TEXT, 'bytes'),
  spans('mood', { kind: 'enum', text: UTF8_TEXT as Extract<ValueType, { kind: 'text' }> }, 'text'),
  { ...fixed('uuid', UUID, 'uuid', 16) },
  uuidTexts('text', UTF8_TEXT),
  uuidTexts('bpchar', UTF8_TEXT),
  {
    wire: 'numeric',
    type: DECIMAL,
    canonical: 'decimal',
    hard: NUMERICS,
    drawn: fc
      .tuple(
        fc.array(fc.integer({ min: 0, max: 9999 }), { maxLength: 90 }),
        fc.integer({ min: -40, max: 40 }),
        fc.boolean(),
      )
      .map(([digits, weight, negative]) => {
        const bytes = Buffer.alloc(8 + 2 * digits.length);
        bytes.writeUInt16BE(digits.length);
        bytes.writeInt16BE(weight, 2);
        bytes.writeUInt16BE(negative ? 0x4000 : 0, 4);
        for (const [i, digit] of digits.entries()) bytes.writeUInt16BE(digit, 8 + 2 * i);
        return bytes;
      }),
  },
  fixed('date', { kind: 'date' }, 'date', 4),
  fixed('time', { kind: 'time' }, 'time', 8),
  fixed('timestamp', { kind: 'datetime' }, 'datetime', 8),
  fixed('timestamptz', { kind: 'instant' }, 'instant', 8),
  ...(['bit', 'varbit'] as const).map((wire) => ({
    wire,
    type: { kind: 'bits', length: null, numeric: false } as const,
    canonical: 'bits' as const,
    hard: ['00000000', '0000000180', '00000009a580', '00000010a5a5'],
    drawn: bytesOf(1, 40).map((bytes) =>
      Buffer.concat([Buffer.from([0, 0, (bytes.length * 8) >> 8, (bytes.length * 8) & 0xff]), bytes]),
    ),
  })),
];
