import { describe, expect, it } from 'vitest';
import { type ColumnRule, PLAIN } from '../../src/core/column-rule.js';
import { type Change, diagnose, pairOf, reversed } from './diagnose-values.js';

const datetime = pairOf('placed_at', 'datetime');
const instant = pairOf('placed_at', 'instant');
const date = pairOf('born_on', 'date');
const time = pairOf('opens_at', 'time');

const CASES = [
  [
    'a shift by an hour',
    datetime,
    [
      ['2024-01-01 12:00:00', '2024-01-01 13:00:00'],
      ['2024-07-01 23:30:15.5', '2024-07-02 00:30:15.500000'],
      ['1999-12-31 23:59:59', '2000-01-01 00:59:59'],
    ],
    'time-shift, by +01:00: 3 of 3 proved',
    'time-shift, by -01:00: 3 of 3 proved',
  ],
  [
    'dates a day early, as midnight in a zone east of UTC is',
    date,
    Array.from({ length: 8 }, (_, i): Change => [`2024-03-1${i + 1}`, `2024-03-1${i}`]),
    'time-shift, by -1 day: 8 of 8 proved',
    'time-shift, by +1 day: 8 of 8 proved',
  ],
  [
    'local times of Berlin written as UTC',
    instant,
    [
      ['2024-01-15 10:00:00', '2024-01-15 11:00:00'],
      ['2024-07-15 10:00:00', '2024-07-15 12:00:00'],
      ['2024-03-31 00:30:00', '2024-03-31 01:30:00'],
      ['2024-03-31 01:30:00', '2024-03-31 03:30:00'],
      ['2005-08-15 22:30:00', '2005-08-16 00:30:00'],
    ],
    'zone-shift, from UTC to Europe/Berlin or a zone with its rules: 5 of 5 proved',
    'zone-shift, from Europe/Berlin or a zone with its rules to UTC: 5 of 5 proved',
  ],
  [
    'local times of New York',
    instant,
    [
      ['2024-01-15 10:00:00', '2024-01-15 05:00:00'],
      ['2024-07-15 10:00:00', '2024-07-15 06:00:00'],
      ['2024-03-20 10:00:00', '2024-03-20 06:00:00'],
      ['2006-03-20 10:00:00', '2006-03-20 05:00:00'],
      ['2024-12-24 02:00:00', '2024-12-23 21:00:00'],
    ],
    'zone-shift, from UTC to America/New_York or a zone with its rules: 5 of 5 proved',
    'zone-shift, from America/New_York or a zone with its rules to UTC: 5 of 5 proved',
  ],
  [
    'microseconds cut off',
    datetime,
    [
      ['2024-01-01 12:00:00.654321', '2024-01-01 12:00:00'],
      ['2024-01-01 12:00:01.9', '2024-01-01 12:00:01'],
      ['2024-01-01 12:00:59.000001', '2024-01-01 12:00:59'],
    ],
    'time-precision, cut to seconds: 3 of 3 proved',
    'time-precision, cut to seconds, on the source: 3 of 3 proved',
  ],
  [
    'microseconds rounded to milliseconds',
    instant,
    [
      ['2024-01-01 12:00:00.654321', '2024-01-01 12:00:00.654000'],
      ['2024-01-01 12:00:01.999999', '2024-01-01 12:00:02'],
      ['2024-01-01 12:00:59.0005', '2024-01-01 12:00:59.001000'],
    ],
    'time-precision, rounded to milliseconds: 3 of 3 proved',
    'time-precision, rounded to milliseconds, on the source: 3 of 3 proved',
  ],
  [
    'durations below zero rounded away from it, as servers do',
    time,
    [
      ['-00:00:00.5', '-00:00:01'],
      ['-01:02:03.75', '-01:02:04'],
      ['700:59:58.5', '700:59:59'],
    ],
    'time-precision, rounded to seconds: 3 of 3 proved',
    'time-precision, rounded to seconds, on the source: 3 of 3 proved',
  ],
  [
    'durations below zero cut',
    time,
    [
      ['-00:00:00.9', '00:00:00'],
      ['-01:02:03.75', '-01:02:03'],
      ['700:59:58.5', '700:59:58'],
    ],
    'time-precision, cut to seconds: 3 of 3 proved',
    'time-precision, cut to seconds, on the source: 3 of 3 proved',
  ],
  [
    'days that lost their time in a date column',
    {
      ...pairOf('placed_at', 'datetime', { declared: 'date', type: { kind: 'date' } }),
    },
    [
      ['2024-01-01 12:00:00', '2024-01-01'],
      ['2024-01-02 23:59:59.5', '2024-01-02'],
      ['2024-01-03 01:10:00', '2024-01-03'],
      ['2024-01-04 15:16:17', '2024-01-04'],
    ],
    'time-precision, cut to days: 4 of 4 proved',
    null,
  ],
  [
    'times of day lost',
    datetime,
    [
      ['2024-01-01 12:00:00', '2024-01-01 00:00:00'],
      ['2024-01-02 23:59:59', '2024-01-02 00:00:00'],
      ['2024-01-03 01:10:00', '2024-01-03 00:00:00'],
      ['2024-01-04 15:16:17', '2024-01-04 00:00:00'],
    ],
    'time-precision, cut to days: 4 of 4 proved',
    'time-precision, cut to days, on the source: 4 of 4 proved',
  ],
  [
    'rounded up at midnight without the new day',
    datetime,
    [
      ['2024-01-31 23:59:59.7', '2024-01-31 00:00:00'],
      ['2024-02-01 23:59:59.999999', '2024-02-01 00:00:00'],
    ],
    'midnight-carry, rounded up to midnight of the same day: 2 of 2 proved',
    null,
  ],
  [
    'rounded up into the next day',
    datetime,
    [
      ['2024-01-31 23:59:59.7', '2024-02-01 00:00:00'],
      ['2023-12-31 23:59:59.999999', '2024-01-01 00:00:00'],
    ],
    'midnight-carry, rounded up into the next day: 2 of 2 proved',
    null,
  ],
  [
    'the end of a day taken for its beginning',
    time,
    [['24:00:00', '00:00:00']],
    'midnight-carry, 24:00:00 became 00:00:00: 1 of 1 proved',
    'midnight-carry, 24:00:00 became 00:00:00, on the source: 1 of 1 proved',
  ],
  [
    'zero dates',
    datetime,
    [['0000-00-00 00:00:00', null]],
    'zero-date, the zero date became NULL: 1 of 1 proved',
    'zero-date, the zero date became NULL, on the source: 1 of 1 proved',
  ],
  [
    'zero dates replaced by the epoch',
    date,
    [['0000-00-00', '1970-01-01']],
    'zero-date, the zero date became 1970-01-01: 1 of 1 proved',
    'zero-date, the zero date became 1970-01-01, on the source: 1 of 1 proved',
  ],
  [
    'partial dates',
    date,
    [
      ['2024-00-00', null],
      ['2024-02-31', null],
    ],
    'zero-date, another one became NULL: 2 of 2 proved',
    'zero-date, another one became NULL, on the source: 2 of 2 proved',
  ],
  [
    'days and months swapped',
    date,
    [
      ['2024-03-04', '2024-04-03'],
      ['2024-11-12', '2024-12-11'],
      ['2023-01-09', '2023-09-01'],
    ],
    'day-month-swapped: 3 of 3 proved',
    'day-month-swapped: 3 of 3 proved',
  ],
] as const;

describe('changed dates and times', () => {
  it.each(CASES)('%s', (_, pair, changes: readonly Change[], forth, back) => {
    expect(diagnose(pair, changes)).toEqual([forth]);
    if (back !== null) expect(diagnose(pair, reversed(changes))).toEqual([back]);
  });
});

describe('times of which the user said in which zone the clocks were', () => {
  const rule: ColumnRule = {
    ...{
      kind: 'adapted',
      source: PLAIN,
      tolerance: null,
      assumed: ['time zone Europe/Berlin on the source'],
    },
    target: { kind: 'adapted', canonical: 'instant', steps: [{ kind: 'to-civil', zone: 'Europe/Berlin' }] },
    relaxed: [],
  };
  const zoned = { ...datetime, rule };

  it('are not shifted by that zone, but by what is left', () => {
    const changes: readonly Change[] = [
      ['2024-01-01 12:00:00', '2024-01-01 12:00:00'],
      ['2024-07-01 12:00:01', '2024-07-01 11:00:01'],
      ['2024-07-02 12:00:02', '2024-07-02 11:00:02'],
    ];
    expect(diagnose(zoned, changes)).toEqual(['time-shift, by +01:00: 3 of 3 proved']);
    expect(diagnose(zoned, [['2024-07-01 12:00:00.5', '2024-07-01 10:00:00']])).toEqual([
      'time-precision, cut to seconds: 1 of 1 likely',
    ]);
  });
});

describe('a shift by an hour', () => {
  it('goes round the clock for times of day', () => {
    expect(
      diagnose(time, [
        ['23:30:00', '00:30:00'],
        ['10:00:05', '11:00:05'],
        ['22:59:59', '23:59:59'],
      ]),
    ).toEqual(['time-shift, by +01:00: 3 of 3 proved']);
  });
});

const random = Array.from(
  { length: 12 },
  (_, i): Change => [
    `2024-01-${10 + i} 12:${10 + i * 3}:07`,
    `2024-05-${28 - i} 09:1${i % 10}:${11 + ((i * i) % 40)}`,
  ],
);

describe('what is said of times that only look damaged', () => {
  it.each([
    ['a single time by which nothing can be told', [['2024-01-01 12:00:00', '2024-01-01 12:03:17']]],
    ['a year edited', [['2024-01-01 12:00:00', '2023-01-01 12:00:00']]],
    ['a zero date that became a plain one', [['0000-00-00 00:00:00', '2024-05-05 00:00:00']]],
    ['infinity', [['infinity', '2024-01-01 00:00:00']]],
  ] as const)('nothing: %s', (_, changes: readonly Change[]) => {
    expect(diagnose(datetime, changes)).toEqual([]);
  });

  it('a single shift by an hour is likely at most', () => {
    expect(diagnose(datetime, [['2024-01-01 12:00:07', '2024-01-01 13:00:07']])).toEqual([
      'time-shift, by +01:00: 1 of 1 likely',
    ]);
  });

  it('times that are all later and nothing else changed were likely updated by the server, which is never proved', () => {
    expect(diagnose(datetime, random)).toEqual(['auto-updated, later on the target: 12 of 12 likely']);
    expect(diagnose(pairOf('updated_at', 'instant'), random.slice(0, 1))).toEqual([
      'auto-updated, later on the target: 1 of 1 likely',
    ]);
    expect(diagnose(datetime, reversed(random))).toEqual([]);
  });
});
