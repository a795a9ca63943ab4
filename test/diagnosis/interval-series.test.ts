import { array, assert, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MissingRows } from '../../src/diagnosis/missing-rows.js';

interface Injected {
  readonly first: number;
  readonly distance: number;
  readonly runs: number;
  readonly length: number;
}

const keysOf = ({ first, distance, runs, length }: Injected): number[] =>
  Array.from({ length: runs }, (_, at) => first + at * distance).flatMap((begin) =>
    Array.from({ length }, (_, step) => begin + step),
  );

const anySeries = record({
  first: integer({ min: -500, max: 500 }),
  distance: integer({ min: 2, max: 40 }),
  runs: integer({ min: 1, max: 60 }),
  length: integer({ min: 1, max: 3 }),
});

function diagnose(keys: Iterable<number>) {
  const missing = new MissingRows({
    keyKinds: ['int'],
    sourceRows: 100_000,
    targetRows: 90_000,
    isConditional: false,
    showsKeys: true,
    areAll: true,
    lastTargetKey: ['100000'],
  });
  for (const key of [...new Set(keys)].sort((one, other) => one - other)) missing.add([`${key}`]);
  return missing.diagnose(true).find(({ cause }) => cause === 'missing-at-intervals');
}

const PLACE = /^from (-?\d+) to (-?\d+)(?:, (\d+) in a row)?(?:, but for (\d+) places?)?$/;

/** The keys that a sentence says are missing, as a reader takes it, and those places of it that it excepts. */
function readSaid(detail: string, missing: ReadonlySet<number>): { said: Set<number>; excepted: number } {
  const [, distance = '', places = ''] = /^every (\d+) keys, (.*)$/.exec(detail) ?? [];
  const said = new Set<number>();
  let excepted = 0;
  for (const place of places.split('; ')) {
    const [, first = '', last = '', length = '1', holes = '0'] = PLACE.exec(place) ?? [];
    const keys = Number(length);
    let absent = 0;
    for (let begin = Number(first); begin + keys - 1 <= Number(last); begin += Number(distance)) {
      const run = Array.from({ length: keys }, (_, step) => begin + step);
      const holds =
        run.every((key) => missing.has(key)) && !missing.has(begin - 1) && !missing.has(begin + keys);
      if (holds) for (const key of run) said.add(key);
      else absent++;
    }
    expect({ place, absent }).toEqual({ place, absent: Number(holes) });
    excepted += absent;
  }
  return { said, excepted };
}

describe('rows missing at intervals', () => {
  it('are missing where it is said, for any series that lie in each other, and any rows beside them', () => {
    const anyRows = array(integer({ min: -600, max: 3000 }), { maxLength: 30 });
    let told = 0;
    assert(
      property(array(anySeries, { minLength: 1, maxLength: 4 }), anyRows, (injected, rows) => {
        const keys = new Set([...injected.flatMap(keysOf), ...rows]);
        const found = diagnose(keys);
        if (found === undefined) return;
        told++;
        const { said, excepted } = readSaid(found.evidence.detail, keys);
        expect(said.size).toBe(found.rows);
        expect(excepted * 8).toBeLessThanOrEqual(said.size + excepted);
        if (found.confidence === 'proved') expect(said).toEqual(keys);
        else expect(said.size * 2).toBeGreaterThan(keys.size);
      }),
      { numRuns: 2000 },
    );
    expect(told).toBeGreaterThan(100);
  });

  it('are found whole for any series of one distance, up to four of them', () => {
    const places = array(integer({ min: 0, max: 19 }), { minLength: 1, maxLength: 4 });
    assert(
      property(places, integer({ min: 5, max: 60 }), (each, runs) => {
        // Apart from each other, so that no two of them are one run.
        const firsts = [...new Set(each)].map((place) => place * 2);
        const distance = 41;
        const keys = firsts.flatMap((first) => keysOf({ first, distance, runs, length: 1 }));
        const found = diagnose(keys);
        expect(found?.evidence.detail).toMatch(/^every (41|[2-9]|1\d|20) keys, /);
        expect(found?.rows).toBe(keys.length);
        readSaid(found?.evidence.detail ?? '', new Set(keys));
      }),
      { numRuns: 500 },
    );
  });
});
