import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../../src/core/encoding/byte-sink.js';
import { encodeInterval, formatInterval } from '../../../src/core/encoding/interval.js';

describe('an interval', () => {
  it.each([
    [14, -3, 0, 1, '170000000efffffffd0c8000000000000001'],
    [-1, 0, -1, -1, '17ffffffff000000000c7fffffffffffffff'],
  ])('of %d months, %d days and the microseconds %d, %d is %s', (months, days, high, low, hex) => {
    const sink = new ByteSink();
    encodeInterval(sink, { months, days, high, low });
    expect(sink.toBuffer().toString('hex')).toBe(hex);
  });

  it.each([
    [0, 0, 0n, '00:00:00'],
    [1, 1, 0n, '1 mon 1 day'],
    [14, 0, 0n, '1 year 2 mons'],
    [-14, 3, -1_000_001n, '-1 years -2 mons 3 days -00:00:01.000001'],
    [0, 0, 360_000_000_000n, '100:00:00'],
    [0, 2, 86_400_000_000n, '2 days 24:00:00'],
    [2 ** 31 - 1, 2 ** 31 - 1, 2n ** 63n - 1n, 'infinity'],
    [-(2 ** 31), -(2 ** 31), -(2n ** 63n), '-infinity'],
  ])('of %d months, %d days and %d microseconds is written %s', (months, days, micros, text) => {
    expect(formatInterval(months, days, micros)).toBe(text);
  });
});
