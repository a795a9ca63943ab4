import { describe, expect, it } from 'vitest';
import { type LaneBounds, LaneCount } from '../../src/run/lane-count.js';

/** What one lane reads in a millisecond while nobody else does. */
const BYTES_A_MS = 100_000;
const CHUNK_BYTES = 20_000_000;
const CHUNK_ROWS = 1000;

interface Simulated {
  readonly bounds: LaneBounds;
  readonly forMs: number;
  /** How many times as much so many lanes get done as one alone, at a time. */
  readonly speed: (lanes: number, ms: number) => number;
  /** The table that is read at a time, and how many times as much its bytes cost. */
  readonly table?: (ms: number) => { readonly name: string; readonly cost: number };
  /** How many chunks there are said to be; nobody knows where nothing is said. */
  readonly expectedChunks?: number;
  /** For how long a lane is slow by half when it begins. */
  readonly coldMs?: number;
  /** For how many lanes there is something to do at a time. */
  readonly work?: number;
}

const ONE_TABLE = () => ({ name: 'orders', cost: 1 });

/** Lanes that read chunks one after the other, on a clock of their own; returns how many there were when, and how much they read. */
function simulate({
  bounds,
  forMs,
  speed,
  table = ONE_TABLE,
  expectedChunks,
  coldMs = 0,
  work = Number.POSITIVE_INFINITY,
}: Simulated) {
  let nowMs = 0;
  const count = new LaneCount(bounds, () => nowMs);
  if (expectedChunks !== undefined) count.expect(expectedChunks * CHUNK_ROWS);
  let [warmLanes, coldUntilMs] = [bounds.start, 0];
  const running: { readonly startedMs: number; readonly endsMs: number; readonly name: string }[] = [];
  const seen: { readonly ms: number; readonly lanes: number }[] = [];
  let bytes = 0;
  while (nowMs < forMs) {
    while (running.length < Math.min(count.lanes, work)) {
      const { name, cost } = table(nowMs);
      if (count.lanes > warmLanes) [warmLanes, coldUntilMs] = [count.lanes, nowMs + coldMs];
      const cold = nowMs < coldUntilMs ? 1.5 : 1;
      const tookMs = (CHUNK_BYTES / BYTES_A_MS) * cost * cold * (count.lanes / speed(count.lanes, nowMs));
      running.push({ startedMs: nowMs, endsMs: nowMs + tookMs, name });
    }
    running.sort((one, other) => one.endsMs - other.endsMs);
    const done = running.shift();
    if (done === undefined) break;
    nowMs = done.endsMs;
    bytes += CHUNK_BYTES;
    const elapsedMs = done.endsMs - done.startedMs;
    const chunk = { table: done.name, rows: CHUNK_ROWS, bytes: CHUNK_BYTES, elapsedMs };
    count.note(chunk, running.length + 1);
    seen.push({ ms: nowMs, lanes: count.lanes });
  }
  const lanesAt = (ms: number): number => seen.findLast((each) => each.ms <= ms)?.lanes ?? bounds.start;
  return { count, lanesAt, most: Math.max(...seen.map(({ lanes }) => lanes)), bytes };
}

const NEAR = { start: 1, most: 4, mostBehindDelay: 4 };
const FAR = { start: 4, most: 4, mostBehindDelay: 8 };
const alone = (): number => 1;
const each = (lanes: number): number => lanes;

describe('the number of lanes', () => {
  it('stays at one where more get no more done', () => {
    const { count, lanesAt } = simulate({ bounds: NEAR, forMs: 20_000, speed: alone });
    expect(lanesAt(20_000)).toBe(1);
    expect(count.describe()).toEqual({ used: 1, tried: 2, why: 'no-faster' });
  });

  it('goes up as long as more get more done, and no further than it may', () => {
    const { count, lanesAt, most } = simulate({ bounds: NEAR, forMs: 12_000, speed: each });
    expect([lanesAt(12_000), most]).toEqual([4, 4]);
    expect(count.describe()).toEqual({ used: 4, tried: 4, why: 'faster' });
  });

  it('stops where the next ones add nothing', () => {
    const { count, lanesAt } = simulate({ bounds: NEAR, forMs: 20_000, speed: (n) => Math.min(n, 2) });
    expect(lanesAt(20_000)).toBe(2);
    expect(count.describe()).toEqual({ used: 2, tried: 4, why: 'faster' });
  });

  it.each([
    ['one lane is best', (lanes: number) => 1 - (lanes - 1) * 0.05, 1],
    ['two lanes are best', (lanes: number) => (lanes === 1 ? 1 : 1.5), 2],
    ['all lanes are best', (lanes: number) => lanes ** 0.8, 4],
  ])('costs no tenth of the best number in half a minute where %s', (_name, speed, best) => {
    const found = simulate({ bounds: NEAR, forMs: 30_000, speed });
    const fixed = simulate({
      bounds: { start: best, most: best, mostBehindDelay: best },
      forMs: 30_000,
      speed,
    });
    expect(found.bytes).toBeGreaterThan(fixed.bytes * 0.9);
  });

  it('is above what it may be near only behind a delay, and only while a chunk takes no longer for it', () => {
    expect(simulate({ bounds: FAR, forMs: 10_000, speed: each }).lanesAt(10_000)).toBe(8);
    const crowded = simulate({ bounds: FAR, forMs: 10_000, speed: (n) => (n <= 4 ? n : 4.5) });
    expect(crowded.lanesAt(10_000)).toBe(4);
    // Somebody else comes after 10 s: the servers are slower with all lanes.
    const burdened = simulate({
      bounds: FAR,
      forMs: 14_000,
      speed: (n, ms) => (ms < 10_000 || n <= 4 ? n : n * 0.7),
    });
    expect([burdened.lanesAt(9_900), burdened.lanesAt(14_000)]).toEqual([8, 4]);
  });

  it('is found anew when what is best changes', () => {
    const speed = (lanes: number, ms: number): number => (ms < 20_000 ? 1 : lanes);
    const { lanesAt } = simulate({ bounds: NEAR, forMs: 60_000, speed });
    expect([lanesAt(19_000), lanesAt(60_000)]).toEqual([1, 4]);
    const back = (lanes: number, ms: number): number => (ms < 20_000 ? lanes : 1);
    expect(simulate({ bounds: NEAR, forMs: 300_000, speed: back }).lanesAt(300_000)).toBe(1);
  });

  it('does not take a table whose rows cost more for lanes that are slower', () => {
    const table = (ms: number) =>
      Math.floor(ms / 500) % 2 === 0 ? { name: 'narrow', cost: 1 } : { name: 'wide', cost: 3 };
    expect(simulate({ bounds: NEAR, forMs: 30_000, speed: each, table }).lanesAt(30_000)).toBe(4);
    expect(simulate({ bounds: NEAR, forMs: 30_000, speed: alone, table }).lanesAt(30_000)).toBe(1);
  });

  it('is not looked for where what is left is read sooner than it is found, as far as that is known', () => {
    // A chunk takes 200 ms.
    const least = { bounds: NEAR, speed: each };
    expect(simulate({ ...least, forMs: 6000, expectedChunks: 30 }).most).toBe(1);
    expect(simulate({ ...least, forMs: 6000, expectedChunks: 60 }).most).toBeGreaterThan(1);
    expect(simulate({ ...least, forMs: 6000 }).most).toBeGreaterThan(1);
    // There are far more rows than the server thought.
    expect(simulate({ ...least, forMs: 20_000, expectedChunks: 30 }).lanesAt(20_000)).toBe(4);
  });

  it('is not told of lanes that had nothing to do, and found once they have', () => {
    const { count, most } = simulate({ bounds: NEAR, forMs: 30_000, speed: alone, work: 1 });
    expect(count.describe()).toEqual({ used: 1, tried: 1, why: 'not-shared' });
    expect(most).toBe(2);
    expect(simulate({ bounds: NEAR, forMs: 30_000, speed: each, work: 3 }).lanesAt(30_000)).toBe(4);
  });

  it('is not judged by what new lanes take while they load and compile', () => {
    const slow = (lanes: number): number => lanes ** 0.3;
    expect(
      simulate({ bounds: NEAR, forMs: 15_000, speed: slow, coldMs: 800 }).lanesAt(15_000),
    ).toBeGreaterThan(1);
  });

  it('is not judged by the last rows of a table, which are few', () => {
    let nowMs = 0;
    const count = new LaneCount(NEAR, () => nowMs);
    const note = (bytes: number, elapsedMs: number): void => {
      nowMs += elapsedMs;
      count.note({ table: 'orders', rows: 1000, bytes, elapsedMs }, 1);
    };
    note(CHUNK_BYTES, 200);
    for (let i = 0; i < 100; i++) note(CHUNK_BYTES / 10, 200);
    expect(count.describe()).toEqual({ used: 1, tried: 1, why: 'not-tried' });
  });
});
