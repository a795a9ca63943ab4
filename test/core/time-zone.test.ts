import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTimeZone, TimeZone } from '../../src/core/time-zone.js';
import { propertySeed } from '../support/property-seed.js';

const EPOCH = Date.UTC(2000, 0, 1) / 1000;
const secondsOf = (utc: string): number => Date.parse(utc) / 1000 - EPOCH;
const formatCivil = (zone: TimeZone, utc: string): string => {
  const seconds = secondsOf(utc);
  return new Date((seconds + zone.offsetAt(seconds) + EPOCH) * 1000).toISOString().slice(0, 19);
};

const FIELDS: Intl.DateTimeFormatOptions = {
  era: 'short',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
  hourCycle: 'h23',
};
const formats = new Map<string, Intl.DateTimeFormat>();

/** What ICU says of one point in time, asked anew: slow, and without the code under test. */
function offsetOfIcu(zone: string, seconds: number): number {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-US', { ...FIELDS, timeZone: zone });
  formats.set(zone, format);
  const parts = format.formatToParts(new Date((seconds + EPOCH) * 1000));
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
  const era = parts.find((each) => each.type === 'era')?.value;
  const date = new Date(0);
  date.setUTCFullYear(era === 'BC' ? 1 - part('year') : part('year'), part('month') - 1, part('day'));
  date.setUTCHours(part('hour'), part('minute'), part('second'));
  return date.getTime() / 1000 - EPOCH - seconds;
}

describe('a time zone', () => {
  it.each([
    ['America/New_York', '1883-11-18T16:59:59Z', '1883-11-18T12:03:57'],
    ['America/New_York', '1883-11-18T17:00:00Z', '1883-11-18T12:00:00'],
    ['America/New_York', '2024-03-10T06:59:59Z', '2024-03-10T01:59:59'],
    ['America/New_York', '2024-03-10T07:00:00Z', '2024-03-10T03:00:00'],
    ['America/New_York', '2024-11-03T05:59:59Z', '2024-11-03T01:59:59'],
    ['America/New_York', '2024-11-03T06:00:00Z', '2024-11-03T01:00:00'],
    ['Europe/Berlin', '0001-01-02T00:00:00Z', '0001-01-02T00:53:28'],
    ['Europe/Berlin', '9999-07-01T00:00:00Z', '9999-07-01T02:00:00'],
    ['Asia/Kathmandu', '1985-12-31T18:29:59Z', '1985-12-31T23:59:59'],
    ['Asia/Kathmandu', '1985-12-31T18:30:00Z', '1986-01-01T00:15:00'],
    ['Pacific/Apia', '2011-12-30T09:59:59Z', '2011-12-29T23:59:59'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31T00:00:00'],
    ['Australia/Lord_Howe', '2024-04-06T15:00:00Z', '2024-04-07T01:30:00'],
    ['+05:30', '2024-01-01T00:00:00Z', '2024-01-01T05:30:00'],
    ['-09:30', '2024-01-01T00:00:00Z', '2023-12-31T14:30:00'],
    ['UTC', '2024-01-01T00:00:00Z', '2024-01-01T00:00:00'],
  ])('%s shows %s as %s', (name, utc, civil) => {
    expect(formatCivil(new TimeZone(name), utc)).toBe(civil);
  });

  it('has no point in time for a gap, two for an overlap and one for all else', () => {
    const zone = new TimeZone('America/New_York');
    const instantsOf = (civil: string): number[] => zone.instantsOf(secondsOf(`${civil}Z`));
    expect(instantsOf('2024-03-10T02:30:00')).toEqual([]);
    expect(instantsOf('2024-03-10T03:00:00')).toEqual([secondsOf('2024-03-10T07:00:00Z')]);
    expect(instantsOf('2024-11-03T01:30:00')).toEqual([
      secondsOf('2024-11-03T05:30:00Z'),
      secondsOf('2024-11-03T06:30:00Z'),
    ]);
    expect(instantsOf('2024-07-01T00:00:00')).toEqual([secondsOf('2024-07-01T04:00:00Z')]);
    expect(new TimeZone('Pacific/Apia').instantsOf(secondsOf('2011-12-30T12:00:00Z'))).toEqual([]);
  });

  it('has the offset that ICU has, at any second and in any order', () => {
    const names = ['America/New_York', 'Europe/London', 'Africa/Casablanca', 'Asia/Gaza', 'America/Noronha'];
    const zones = new Map(names.map((name) => [name, new TimeZone(name)]));
    const seconds = fc.oneof(
      fc.integer({ min: secondsOf('1840-01-01T00:00:00Z'), max: secondsOf('2100-01-01T00:00:00Z') }),
      fc.integer({ min: -60_000_000_000, max: 250_000_000_000 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...names), seconds, (name, second) => {
        expect(zones.get(name)?.offsetAt(second)).toBe(offsetOfIcu(name, second));
      }),
      { numRuns: 3000, ...propertySeed() },
    );
  });

  it.each([
    ['Africa/Tunis', 1941, 1945],
    ['America/Recife', 1999, 2003],
    ['America/Boa_Vista', 1999, 2003],
    ['Africa/Casablanca', 2009, 2020],
    ['Europe/London', 1940, 1948],
  ])('has the changes of %s between %i and %i that were taken back within days', (name, first, last) => {
    const zone = new TimeZone(name);
    const end = secondsOf(`${last}-01-01T00:00:00Z`);
    for (let seconds = secondsOf(`${first}-01-01T00:00:00Z`); seconds < end; seconds += 43_200) {
      if (zone.offsetAt(seconds) !== offsetOfIcu(name, seconds)) expect.fail(`${name} at ${seconds}`);
    }
  });

  it.each(['Europe/Berlin', 'UTC', '+00:00', '-12:45'])('%s is found by its name', (name) => {
    expect(findTimeZone(name)).toBe(name);
  });

  it.each(['Europe/Nowhere', 'SYSTEM', '+25:00', '+1:00', '5', '', 'Local', '+05:75'])(
    '"%s" is none',
    (name) => {
      expect(findTimeZone(name)).toBeNull();
    },
  );
});
