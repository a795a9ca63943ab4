import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../../src/core/encoding/byte-sink.js';
import { TAG } from '../../../src/core/encoding/canonical.js';
import {
  civilFromDays,
  daysFromCivil,
  encodeCivil,
  encodeDays,
  encodeIrregularDate,
  encodeSeconds,
  formatDays,
  formatMicros,
  formatTimeOfDay,
  isCalendarDate,
} from '../../../src/core/encoding/temporal.js';

const MICROS_PER_DAY = 86_400_000_000n;

function encoded(encode: (sink: ByteSink) => void): string {
  const sink = new ByteSink();
  encode(sink);
  return sink.toBuffer().toString('hex');
}

const microsOf = (hex: string): bigint => Buffer.from(hex, 'hex').readBigUInt64BE(1) - 2n ** 63n;

describe('canonical dates and times, version 1', () => {
  it.each([
    [2000, 1, 1, '0a80000000'],
    [1999, 12, 31, '0a7fffffff'],
    [1970, 1, 1, '0a7fffd533'],
    [2024, 2, 29, '0a80002279'],
    [1, 1, 1, '0a7ff4dbf9'],
    [9999, 12, 31, '0a802c95d3'],
  ])('encodes the date %d-%d-%d as %s', (year, month, day, hex) => {
    expect(encoded((sink) => encodeDays(sink, daysFromCivil(year, month, day)))).toBe(hex);
  });

  it.each([
    [TAG.datetime, 2000, 0, '0d8000000000000000'],
    [TAG.datetime, 2000, 1, '0d8000000000000001'],
    [TAG.instant, 1999, 999_999, '0e7fffffffffffffff'],
  ])(
    'encodes under tag %d the last or first moment of %d and %d microseconds as %s',
    (tag, year, micros, hex) => {
      const last = year === 1999;
      const fields = {
        year,
        month: last ? 12 : 1,
        day: last ? 31 : 1,
        hour: last ? 23 : 0,
        minute: last ? 59 : 0,
        second: last ? 59 : 0,
        micros,
      };
      expect(encoded((sink) => encodeCivil(sink, tag, fields))).toBe(hex);
    },
  );

  it.each([
    [0, 0, 0, '0b0000000000000000000000'],
    [2020, 0, 10, '0b07e4000a00000000000000'],
    [2020, 2, 31, '0b07e4021f00000000000000'],
  ])('encodes the irregular date %d-%d-%d by its fields', (year, month, day, hex) => {
    const fields = { year, month, day, hour: 0, minute: 0, second: 0, micros: 0 };
    expect(encoded((sink) => encodeIrregularDate(sink, fields))).toBe(hex);
  });

  it('encodes negative times below zero, to the microsecond', () => {
    const time = (seconds: number, micros: number): string =>
      encoded((sink) => encodeSeconds(sink, TAG.time, seconds, micros));
    expect(time(0, -1)).toBe('0c7fffffffffffffff');
    expect(time(0, 1)).toBe('0c8000000000000001');
    expect(microsOf(time(-3_020_399, 0))).toBe(-3_020_399_000_000n);
  });

  it('holds any seconds and microseconds exactly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 42), max: 2 ** 42 }),
        fc.integer({ min: -999_999, max: 999_999 }),
        (seconds, micros) => {
          const hex = encoded((sink) => encodeSeconds(sink, TAG.instant, seconds, micros));
          expect(microsOf(hex)).toBe(BigInt(seconds) * 1_000_000n + BigInt(micros));
        },
      ),
    );
  });

  it('counts days as the Gregorian calendar does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_000_000, max: 2_000_000 }), (days) => {
        const { year, month, day } = civilFromDays(days);
        expect(daysFromCivil(year, month, day)).toBe(days);
        const date = new Date(Date.UTC(2000, 0, 1) + days * 86_400_000);
        expect([year, month, day]).toEqual([
          date.getUTCFullYear(),
          date.getUTCMonth() + 1,
          date.getUTCDate(),
        ]);
      }),
    );
  });

  it.each([
    [0, 0, 0, false],
    [0, 1, 1, false],
    [1, 1, 1, true],
    [1900, 2, 29, false],
    [2000, 2, 29, true],
    [2023, 2, 29, false],
    [2024, 4, 31, false],
    [2024, 13, 1, false],
    [2024, 1, 0, false],
  ])('says of %d-%d-%d whether it is on the calendar: %s', (year, month, day, expected) => {
    expect(isCalendarDate(year, month, day)).toBe(expected);
  });

  it.each([
    [0, '2000-01-01'],
    [-730119, '0001-01-01'],
    [-730120, '0001-12-31 BC'],
    [3_660_000, '12020-09-27'],
  ])('writes day %d as %s', (days, text) => {
    expect(formatDays(days)).toBe(text);
  });

  it.each([
    [0n, '2000-01-01 00:00:00'],
    [-1n, '1999-12-31 23:59:59.999999'],
    [123_456n, '2000-01-01 00:00:00.123456'],
    [-730_120n * MICROS_PER_DAY + 1n, '0001-12-31 00:00:00.000001 BC'],
  ])('writes the moment %d as %s', (micros, text) => {
    expect(formatMicros(micros)).toBe(text);
  });

  it.each([
    [0n, '00:00:00'],
    [-1n, '-00:00:00.000001'],
    [MICROS_PER_DAY, '24:00:00'],
    [-3_020_399_000_000n, '-838:59:59'],
  ])('writes the time %d as %s', (micros, text) => {
    expect(formatTimeOfDay(micros)).toBe(text);
  });
});
