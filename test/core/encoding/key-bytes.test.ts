import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../../src/core/encoding/byte-sink.js';
import {
  encodeInt,
  encodeMicros,
  encodeNull,
  encodeSpan,
  TAG,
} from '../../../src/core/encoding/canonical.js';
import { DECIMAL_CLASS, encodeDecimalClass, encodeDecimalText } from '../../../src/core/encoding/decimal.js';
import {
  appendKeyBytes,
  formatKeyParts,
  type KeyPart,
  readKeyParts,
} from '../../../src/core/encoding/key-bytes.js';
import { encodeDays, encodeIrregularDate } from '../../../src/core/encoding/temporal.js';
import { encodeUuidText } from '../../../src/core/encoding/uuid.js';

const MIN_INT64 = -(2n ** 63n);

function keyOf(parts: readonly KeyPart[]): Buffer {
  const key = new ByteSink();
  for (const part of parts) {
    const value = new ByteSink();
    encodePart(part, value);
    expect(appendKeyBytes(part.kind, value.bytes, 0, value.length, key)).toBe(true);
  }
  return key.toBuffer();
}

function encodePart(part: KeyPart, sink: ByteSink): void {
  const bytes = bytesOf(part);
  switch (part.kind) {
    case 'int':
      encodeInt(
        sink,
        Number((part.value >> 32n) & 0xffffffffn),
        Number(part.value & 0xffffffffn),
        part.value < 0n,
      );
      return;
    case 'decimal':
      if (!encodeDecimalText(sink, bytes, 0, bytes.length)) encodeDecimalClass(sink, classOf(part.value));
      return;
    case 'date':
      encodeDays(sink, Number(part.value));
      return;
    case 'time':
    case 'datetime':
    case 'instant':
      encodeMicros(
        sink,
        TAG[part.kind],
        Number((part.value >> 32n) & 0xffffffffn),
        Number(part.value & 0xffffffffn),
      );
      return;
    case 'uuid':
      encodeUuidText(sink, bytes, 0, bytes.length);
      return;
    case 'exact':
      sink.copy(bytes, 0, bytes.length);
      return;
    default:
      encodeSpan(sink, TAG[part.kind], bytes, 0, bytes.length);
  }
}

function classOf(text: string): number {
  if (text === 'NaN') return DECIMAL_CLASS.nan;
  return text === 'Infinity' ? DECIMAL_CLASS.positiveInfinity : DECIMAL_CLASS.negativeInfinity;
}

const micros = fc.oneof(
  fc.bigInt({ min: -5n, max: 5n }),
  fc.bigInt({ min: MIN_INT64, max: -MIN_INT64 - 1n }),
);

const decimal = fc
  .tuple(
    fc.oneof(fc.bigInt({ min: -20_000n, max: 20_000n }), fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })),
    fc.nat({ max: 9 }),
  )
  .map(([digits, scale]) => {
    const plain = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
    const cut = plain.length - scale;
    const text = scale === 0 ? plain : `${plain.slice(0, cut)}.${plain.slice(cut)}`.replace(/\.?0+$/, '');
    return `${digits < 0n && /[1-9]/.test(text) ? '-' : ''}${text}`;
  });

const special = fc.constantFrom('-Infinity', 'Infinity', 'NaN');

/** One arbitrary a kind: how its values come about. */
const PARTS: Readonly<Record<KeyPart['kind'], fc.Arbitrary<KeyPart>>> = {
  int: fc
    .oneof(fc.bigInt({ min: -5n, max: 5n }), fc.bigInt({ min: MIN_INT64, max: 2n ** 64n - 1n }))
    .map((value) => ({ kind: 'int', value })),
  decimal: fc.oneof({ weight: 9, arbitrary: decimal }, special).map((value) => ({ kind: 'decimal', value })),
  date: fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n - 1n }).map((value) => ({ kind: 'date', value })),
  time: micros.map((value) => ({ kind: 'time', value })),
  datetime: micros.map((value) => ({ kind: 'datetime', value })),
  instant: micros.map((value) => ({ kind: 'instant', value })),
  uuid: fc.uuid().map((value) => ({ kind: 'uuid', value })),
  text: fc
    .string({ unit: fc.constantFrom('\0', '\x01', ' ', 'a', 'B', 'ä', '\uffff', '😀'), maxLength: 5 })
    .map((value) => ({ kind: 'text', value })),
  bytes: fc
    .array(fc.constantFrom(0, 1, 0x20, 0x7f, 0xfe, 0xff), { maxLength: 5 })
    .map((value) => ({ kind: 'bytes', value: Uint8Array.from(value) })),
  exact: fc
    .array(fc.constantFrom(0, 1, 0x7f, 0xff), { maxLength: 5 })
    .map((value) => ({ kind: 'exact', value: Uint8Array.from([TAG.array, ...value]) })),
};
const anyPart = fc.oneof(...Object.values(PARTS));

/** The order of values by their own sense; text by code points. */
function compareParts(one: KeyPart, other: KeyPart): number {
  if (typeof one.value === 'bigint' && typeof other.value === 'bigint')
    return Number(one.value > other.value) - Number(one.value < other.value);
  if (one.kind === 'decimal' && other.kind === 'decimal') return compareDecimals(one.value, other.value);
  return Math.sign(Buffer.compare(bytesOf(one), bytesOf(other)));
}

function bytesOf({ value }: KeyPart): Buffer {
  if (typeof value === 'bigint') return Buffer.from(String(value));
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value);
}

function compareDecimals(one: string, other: string): number {
  const rank = (text: string): number =>
    ['-Infinity', '', 'Infinity', 'NaN'].indexOf(/\d/.test(text) ? '' : text);
  if (rank(one) !== 1 || rank(other) !== 1) return Math.sign(rank(one) - rank(other));
  const scaled = (text: string): bigint => {
    const [whole = '', fraction = ''] = text.split('.');
    return BigInt(whole.replace('-', '') + fraction.padEnd(9, '0')) * (text.startsWith('-') ? -1n : 1n);
  };
  return Number(scaled(one) > scaled(other)) - Number(scaled(one) < scaled(other));
}

describe('key bytes', () => {
  it.each([
    [{ kind: 'int', value: -1n }, '01ffffffffffffffff'],
    [{ kind: 'int', value: 2n ** 64n - 1n }, '02ffffffffffffffff'],
    [{ kind: 'decimal', value: '0' }, '02'],
    [{ kind: 'decimal', value: '1.1' }, '038000000203e90000'],
    [{ kind: 'decimal', value: '-1.1' }, '017ffffffdfc16ffff'],
    [{ kind: 'decimal', value: 'NaN' }, '05'],
    [{ kind: 'date', value: 0n }, '0a80000000'],
    [{ kind: 'time', value: -1n }, '0c7fffffffffffffff'],
    [{ kind: 'datetime', value: 1n }, '0d8000000000000001'],
    [{ kind: 'instant', value: 1n }, '0e8000000000000001'],
    [{ kind: 'text', value: 'a\0b' }, '6100ff620000'],
    [{ kind: 'text', value: '' }, '0000'],
    [{ kind: 'bytes', value: Uint8Array.of(0) }, '00ff0000'],
  ] as readonly (readonly [KeyPart, string])[])('of %o are %s', (part, hex) => {
    expect(keyOf([part]).toString('hex')).toBe(hex);
  });

  it.each(Object.entries(PARTS))('of kind %s sort as the values do', (_, part) => {
    fc.assert(
      fc.property(part, part, (one, other) => {
        expect(Math.sign(Buffer.compare(keyOf([one]), keyOf([other])))).toBe(compareParts(one, other));
      }),
      { numRuns: 2000 },
    );
  });

  it('of several columns sort by the first column that differs', () => {
    const pair = fc
      .array(fc.constantFrom(...Object.values(PARTS)), { minLength: 1, maxLength: 3 })
      .chain((parts) => fc.tuple(fc.tuple(...parts), fc.tuple(...parts)));
    fc.assert(
      fc.property(pair, fc.nat({ max: 2 }), ([one, random], shared) => {
        const other = random.map((part, i) => (i < shared ? (one[i] ?? part) : part));
        const orders = one.map((part, i) => compareParts(part, other[i] ?? part));
        expect(Math.sign(Buffer.compare(keyOf(one), keyOf(other)))).toBe(
          orders.find((order) => order !== 0) ?? 0,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('are read back as the values they were made of, also the first columns alone', () => {
    fc.assert(
      fc.property(fc.array(anyPart, { minLength: 1, maxLength: 3 }), (parts) => {
        const kinds = parts.map(({ kind }) => kind);
        const plain = (list: readonly KeyPart[]): unknown =>
          list.map(({ kind, value }) => [kind, typeof value === 'object' ? [...value] : value]);
        expect(plain(readKeyParts(kinds, keyOf(parts)))).toEqual(plain(parts));
        expect(plain(readKeyParts(kinds, keyOf(parts.slice(0, 1))))).toEqual(plain(parts.slice(0, 1)));
      }),
      { numRuns: 2000 },
    );
  });

  it('are refused to values that have no place in the shared order', () => {
    const encodeOdd: readonly (readonly [KeyPart['kind'], (sink: ByteSink) => void])[] = [
      ['int', encodeNull],
      ['text', encodeNull],
      ['text', (sink) => encodeSpan(sink, TAG.rawText, Buffer.from([0x80]), 0, 1)],
      ['uuid', (sink) => encodeSpan(sink, TAG.rawUuid, Buffer.from('none'), 0, 4)],
      [
        'date',
        (sink) =>
          encodeIrregularDate(sink, { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, micros: 0 }),
      ],
    ];
    for (const [kind, encode] of encodeOdd) {
      const value = new ByteSink();
      encode(value);
      expect(appendKeyBytes(kind, value.bytes, 0, value.length, new ByteSink())).toBe(false);
    }
  });

  it('are written for people by their values', () => {
    const parts: KeyPart[] = [
      { kind: 'int', value: 42n },
      { kind: 'text', value: 'a' },
      { kind: 'bytes', value: Uint8Array.of(0, 255) },
      { kind: 'date', value: 0n },
    ];
    expect(formatKeyParts(parts.slice(0, 1))).toBe('42');
    expect(formatKeyParts(parts)).toBe("(42, 'a', 0x00ff, 2000-01-01)");
  });
});
