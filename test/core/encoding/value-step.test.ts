import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../../src/core/encoding/byte-sink.js';
import {
  encodeFloat,
  encodeInt,
  encodeMicros,
  encodeSpan,
  TAG,
} from '../../../src/core/encoding/canonical.js';
import { encodeDecimalText } from '../../../src/core/encoding/decimal.js';
import { encodeInterval } from '../../../src/core/encoding/interval.js';
import { encodeUuidText } from '../../../src/core/encoding/uuid.js';
import { compileStep, type ValueStep } from '../../../src/core/encoding/value-step.js';
import { isWithin } from '../../../src/core/exact-number.js';
import type { Tolerance } from '../../../src/core/relaxation.js';
import { propertySeed } from '../../support/property-seed.js';

type Encode = (sink: ByteSink) => void;

/** What a step makes of a value that stands behind another one, as in a row. */
function apply(step: ValueStep, encode: Encode): string {
  const sink = new ByteSink();
  encodeInt(sink, 0, 7, false);
  const before = sink.length;
  encode(sink);
  compileStep(step)(sink, before);
  expect(sink.toBuffer().toString('hex', 0, before)).toBe('020000000000000007');
  return sink.toBuffer().toString('hex', before);
}

const bytesOf = (encode: Encode): string => {
  const sink = new ByteSink();
  encode(sink);
  return sink.toBuffer().toString('hex');
};
const text =
  (value: string): Encode =>
  (sink) => {
    const utf8 = Buffer.from(value, 'utf8');
    encodeSpan(sink, TAG.text, utf8, 0, utf8.length);
  };
const decimal =
  (value: string): Encode =>
  (sink) => {
    const ascii = Buffer.from(value, 'latin1');
    if (!encodeDecimalText(sink, ascii, 0, ascii.length)) throw new Error(`Not a decimal: ${value}`);
  };
const float =
  (value: number): Encode =>
  (sink) =>
    encodeFloat(sink, value);
const micros =
  (tag: number, value: bigint): Encode =>
  (sink) =>
    encodeMicros(sink, tag, Number(value >> 32n), Number(value & 0xffffffffn));

describe('a step that takes spaces', () => {
  it.each([
    ['  ab ', 'ab'],
    ['ab', 'ab'],
    ['   ', ''],
    ['', ''],
    [' \tab\t ', '\tab\t'],
    [`${' '.repeat(200)}x`, 'x'],
    [`${'y'.repeat(300)} `, 'y'.repeat(300)],
    [' é ', 'é'],
  ])('makes %j into %j', (before, after) => {
    expect(apply({ kind: 'trim' }, text(before))).toBe(bytesOf(text(after)));
  });
});

describe('a step that folds case', () => {
  const fold = (value: string): string => apply({ kind: 'fold-case' }, text(value));

  it.each([
    ['ABC', 'abc'],
    ['ÀÉÎ', 'àéî'],
    ['ΟΔΟΣ', 'οδος'],
    ['Ǆ', 'ǅ'],
    ['ПРИВЕТ', 'привет'],
  ])('takes %j and %j for one', (one, other) => {
    expect(fold(one)).toBe(fold(other));
  });

  it.each([
    ['ß', 'ss'],
    ['ı', 'i'],
    ['İ', 'i'],
    ['é', 'e'],
    ['a ', 'a'],
  ])('keeps %j and %j apart', (one, other) => {
    expect(fold(one)).not.toBe(fold(other));
  });

  it('agrees with the case folding of regular expressions on every letter', () => {
    const folded = new Map<string, string>();
    for (let point = 0; point < 0x20000; point++) {
      const character = String.fromCodePoint(point);
      if (!/\p{L}/u.test(character)) continue;
      const other = character.toLowerCase();
      const key = fold(character);
      if ([...other].length === 1 && character !== other) {
        const same = new RegExp(`^${character}$`, 'iu').test(other);
        if (same !== (fold(other) === key)) folded.set(character, other);
      }
    }
    expect([...folded]).toEqual([]);
  });
});

describe('steps on other values', () => {
  it('make empty text NULL, and nothing else', () => {
    const step: ValueStep = { kind: 'empty-as-null' };
    expect(apply(step, text(''))).toBe('00');
    expect(apply(step, (sink) => encodeSpan(sink, TAG.bytes, Buffer.alloc(0), 0, 0))).toBe('00');
    expect(apply(step, text(' '))).toBe(bytesOf(text(' ')));
    expect(apply(step, (sink) => encodeSpan(sink, TAG.rawText, Buffer.alloc(0), 0, 0))).not.toBe('00');
  });

  it("put a UUID back that MySQL's manual shows swapped", () => {
    const uuid = (value: string): Encode => {
      const ascii = Buffer.from(value, 'latin1');
      return (sink) => encodeUuidText(sink, ascii, 0, ascii.length);
    };
    const swapped = uuid('1026baba-6ccd-780c-9564-5b8c656024db');
    expect(apply({ kind: 'unswap-uuid' }, swapped)).toBe(
      bytesOf(uuid('6ccd780c-baba-1026-9564-5b8c656024db')),
    );
  });

  it.each([
    ['ms', TAG.datetime, 1_234_567n, 1_234_000n],
    ['s', TAG.instant, 1_999_999n, 1_000_000n],
    ['s', TAG.datetime, -1n, -1_000_000n],
    ['s', TAG.time, -1_500_000n, -1_000_000n],
    ['min', TAG.datetime, 119_999_999n, 60_000_000n],
    ['s', TAG.datetime, 2n ** 63n - 1n, 2n ** 63n - 1n],
  ] as const)('cut to %s (tag %i) make %i into %i', (unit, tag, before, after) => {
    expect(apply({ kind: 'truncate', unit }, micros(tag, before))).toBe(bytesOf(micros(tag, after)));
  });

  it.each([
    ['ms', 'later', TAG.datetime, 1_234_499n, 1_234_000n],
    ['ms', 'later', TAG.datetime, 1_234_500n, 1_235_000n],
    ['ms', 'outward', TAG.instant, 1_234_500n, 1_235_000n],
    ['s', 'later', TAG.datetime, -1_500_000n, -1_000_000n],
    ['s', 'outward', TAG.datetime, -1_500_000n, -2_000_000n],
    ['s', 'outward', TAG.datetime, -1_499_999n, -1_000_000n],
    ['s', 'outward', TAG.datetime, -1_500_001n, -2_000_000n],
    ['s', 'later', TAG.time, -500_000n, -1_000_000n],
    ['s', 'later', TAG.time, -499_999n, 0n],
    ['s', 'later', TAG.time, 86_399_500_000n, 86_400_000_000n],
    ['s', 'later', TAG.datetime, 2n ** 63n - 1n, 2n ** 63n - 1n],
    ['s', 'later', TAG.datetime, -(2n ** 63n), -(2n ** 63n)],
    ['s', 'outward', TAG.time, 2n ** 63n - 2n, 2n ** 63n - 2n],
    ['s', 'later', TAG.date, 1_500_000n, 1_500_000n],
  ] as const)('rounded to %s, halves %s, (tag %i) make %i into %i', (unit, halves, tag, before, after) => {
    expect(apply({ kind: 'round', unit, halves }, micros(tag, before))).toBe(bytesOf(micros(tag, after)));
  });

  it('rounded and cut, leave the months and days of an interval as they are', () => {
    const interval =
      (value: bigint): Encode =>
      (sink) =>
        encodeInterval(sink, {
          ...{ months: -1, days: 7 },
          ...{ high: Number(value >> 32n), low: Number(value & 0xffffffffn) },
        });
    const step: ValueStep = { kind: 'round', unit: 's', halves: 'later' };
    expect(apply(step, interval(-500_000n))).toBe(bytesOf(interval(-1_000_000n)));
    expect(apply({ kind: 'truncate', unit: 's' }, interval(-1_500_000n))).toBe(
      bytesOf(interval(-1_000_000n)),
    );
  });

  it('move a point in time into a zone, over carries and borrows', () => {
    const step: ValueStep = { kind: 'to-civil', zone: '+01:00' };
    for (const value of [0n, 2n ** 32n - 1n, -1n, -(2n ** 40n), 252_455_615_999_999_999n]) {
      expect(apply(step, micros(TAG.instant, value))).toBe(
        bytesOf(micros(TAG.datetime, value + 3_600_000_000n)),
      );
    }
    for (const infinity of [2n ** 63n - 1n, -(2n ** 63n)]) {
      expect(apply(step, micros(TAG.instant, infinity))).toBe(bytesOf(micros(TAG.datetime, infinity)));
    }
  });

  it.each([
    ['1.1', 64, 1.1],
    ['1.1', 32, Math.fround(1.1)],
    ['1.100000023841858', 32, Math.fround(1.1)],
    ['9007199254740993', 64, null],
    ['1152921504606847000', 64, null],
    ['1152921504606846976', 64, 2 ** 60],
    ['0.1000000000000000055511151231257827021181583404541015625', 64, 0.1],
    ['0.10000000000000001', 64, null],
    ['123456790', 32, null],
    ['123456792', 32, 123456792],
    [`1${'0'.repeat(400)}`, 64, null],
    [`0.${'0'.repeat(400)}1`, 64, null],
    ['0', 64, 0],
  ] as const)('take %s for a float of %i bits or leave it', (value, bits, expected) => {
    const result = apply({ kind: 'to-float', bits }, decimal(value));
    expect(result).toBe(bytesOf(expected === null ? decimal(value) : float(expected)));
  });
});

describe('groups of a tolerance', () => {
  const TOLERANCES: readonly Tolerance[] = [
    { kind: 'absolute', size: '0.01' },
    { kind: 'absolute', size: '1e-9' },
    { kind: 'absolute', size: '250' },
    { kind: 'relative', size: '0.001' },
    { kind: 'relative', size: '1e-12' },
    { kind: 'relative', size: '0.5' },
  ];
  const anyFloat = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ noNaN: true, min: -1000, max: 1000 }),
    fc.integer().map((value) => value / 100),
    fc.constantFrom(0, -0, 1, -1, 2 ** 60, 5e-324, -5e-324, 1.7976931348623157e308),
  );
  /** Two numbers that are mostly about one tolerance apart. */
  const pair = fc
    .tuple(fc.constantFrom(...TOLERANCES), anyFloat, fc.double({ noNaN: true, min: -2, max: 2 }))
    .map(([tolerance, value, times]) => {
      const size = Number(tolerance.size) * (tolerance.kind === 'absolute' ? 1 : Math.abs(value));
      return { tolerance, one: value, other: value + times * size };
    })
    .filter(({ other }) => Number.isFinite(other));

  it('never hold two numbers further apart than the tolerance', () => {
    let shared = 0;
    fc.assert(
      fc.property(pair, ({ tolerance, one, other }) => {
        const step: ValueStep = { kind: 'quantize', tolerance };
        if (apply(step, float(one)) !== apply(step, float(other))) return;
        if (one !== other) shared++;
        const encoded = [one, other].map((value) => Buffer.from(bytesOf(float(value)), 'hex'));
        expect(isWithin(tolerance, encoded[0] as Buffer, encoded[1] as Buffer)).toBe(true);
      }),
      { numRuns: 20_000, ...propertySeed() },
    );
    expect(shared).toBeGreaterThan(1000);
  });

  it.each([
    ['absolute', '0.01', '1.10', '1.11', true],
    ['absolute', '0.01', '1.10', '1.1100000000000000000001', false],
    ['absolute', '0.01', '-0.005', '0.005', true],
    ['relative', '0.01', '100', '99', true],
    ['relative', '0.01', '100', '98.99999', false],
    ['relative', '0.01', '0', '0.0000001', false],
    ['relative', '0.01', '1', '-1', false],
    ['relative', '0.01', '0', `0.${'0'.repeat(400)}1`, false],
    ['relative', '0.01', `1${'0'.repeat(400)}`, `2${'0'.repeat(400)}`, false],
    ['relative', '0.01', '-100', '-99', true],
    ['absolute', '1e-30', '9007199254740993', '9007199254740992', false],
  ] as const)('%s %s: %s and %s are within it: %s', (kind, size, one, other, expected) => {
    const encoded = [one, other].map((value) => Buffer.from(bytesOf(decimal(value)), 'hex'));
    expect(isWithin({ kind, size }, encoded[0] as Buffer, encoded[1] as Buffer)).toBe(expected);
    const step: ValueStep = { kind: 'quantize', tolerance: { kind, size } };
    if (!expected) expect(apply(step, decimal(one))).not.toBe(apply(step, decimal(other)));
  });

  it('are the same for a float, a decimal and a whole number of one value', () => {
    const step: ValueStep = { kind: 'quantize', tolerance: { kind: 'absolute', size: '0.01' } };
    const [whole, real] = [apply(step, decimal('250')), apply(step, float(250))];
    expect(whole).toBe(real);
    expect(apply(step, (sink) => encodeInt(sink, 0, 250, false))).toBe(real);
    expect(apply({ kind: 'quantize', tolerance: { kind: 'relative', size: '0.01' } }, float(0))).not.toBe(
      apply({ kind: 'quantize', tolerance: { kind: 'relative', size: '0.01' } }, float(1)),
    );
  });
});
