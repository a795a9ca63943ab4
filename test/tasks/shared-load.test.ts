import { describe, expect, it } from 'vitest';
import { createSharedLoad, LoadCells } from '../../src/tasks/shared-load.js';

const NO_LIMITS = { maxRowsPerSecond: null, maxBytesPerSecond: null, maxLoad: null };
const SECOND = 1_000_000_000n;

/** The cells of two threads of one run, under one clock that the test moves. */
function openCells(limits: Partial<typeof NO_LIMITS | Record<keyof typeof NO_LIMITS, number>>) {
  const clock = { ns: 100n * SECOND };
  const shared = createSharedLoad({ ...NO_LIMITS, ...limits });
  const [one, other] = [new LoadCells(shared, () => clock.ns), new LoadCells(shared, () => clock.ns)];
  return { clock, one, other };
}

describe('the rate of a run', () => {
  it('is shared by its threads: each waits for what both have read', () => {
    const { one, other } = openCells({ maxRowsPerSecond: 1000 });
    expect(one.waitMs(one.spend('source', { rows: 100, bytes: 0 }))).toBe(100);
    expect(other.waitMs(other.spend('source', { rows: 50, bytes: 0 }))).toBe(150);
  });

  it('holds for each side by itself', () => {
    const { one } = openCells({ maxRowsPerSecond: 1000 });
    one.spend('source', { rows: 1000, bytes: 0 });
    expect(one.waitMs(one.spend('target', { rows: 10, bytes: 0 }))).toBe(10);
  });

  it('is that of the unit which is used up first', () => {
    const { one } = openCells({ maxRowsPerSecond: 1000, maxBytesPerSecond: 10_000 });
    expect(one.waitMs(one.spend('source', { rows: 100, bytes: 20_000 }))).toBe(2000);
    expect(one.waitMs(one.spend('target', { rows: 100, bytes: 100 }))).toBe(100);
  });

  it('is met on average however the rows come, and never exceeded from the beginning on', () => {
    const { clock, one } = openCells({ maxRowsPerSecond: 1000 });
    const began = clock.ns;
    let rows = 0;
    for (let round = 0; round < 200; round++) {
      const lot = 1 + ((round * 37) % 90);
      clock.ns += BigInt((round * 7_919_000) % 40_000_000);
      rows += lot;
      clock.ns += BigInt(Math.ceil(one.waitMs(one.spend('source', { rows: lot, bytes: 0 })) * 1e6));
      expect(Number(clock.ns - began) / 1e9).toBeGreaterThanOrEqual(rows / 1000);
    }
    expect(Number(clock.ns - began) / 1e9).toBeLessThan((rows / 1000) * 1.01);
  });

  it('lets a read that stood still catch up for half a second, and no more', () => {
    const { clock, one } = openCells({ maxRowsPerSecond: 1000 });
    one.spend('source', { rows: 1, bytes: 0 });
    clock.ns += 60n * SECOND;
    expect(one.waitMs(one.spend('source', { rows: 500, bytes: 0 }))).toBe(0);
    expect(one.waitMs(one.spend('source', { rows: 100, bytes: 0 }))).toBe(100);
  });

  it('is none where none was asked for', () => {
    const { one } = openCells({});
    expect(one.waitMs(one.spend('source', { rows: 1e9, bytes: 1e12 }))).toBe(0);
  });
});

describe('a pause', () => {
  it('is seen by every thread, and so is its end', () => {
    const { one, other } = openCells({ maxLoad: 1 });
    expect(other.isPaused).toBe(false);
    one.isPaused = true;
    expect(other.isPaused).toBe(true);
    one.isPaused = false;
    expect(other.isPaused).toBe(false);
  });
});
