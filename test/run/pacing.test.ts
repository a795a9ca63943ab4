import { describe, expect, it } from 'vitest';
import { nextChunkRows } from '../../src/core/chunk.js';
import { chooseChunkSizes, firstChunkRows } from '../../src/run/pacing.js';

const NO_LIMITS = { maxRowsPerSecond: null, maxBytesPerSecond: null, maxLoad: null };
const USUAL = { chunkTimeMs: 500, limits: NO_LIMITS, workers: 4, chunkRows: null };

describe('the size of a chunk', () => {
  it('is bounded by fixed numbers where no rate is limited', () => {
    expect(chooseChunkSizes(USUAL)).toEqual({
      pacing: { targetMs: 500, minRows: 10, maxRows: 200_000, maxBytes: 32 << 20 },
      chunkRows: null,
    });
  });

  it("is what a worker's share of a limited rate yields in the time of a chunk", () => {
    const limits = { ...NO_LIMITS, maxRowsPerSecond: 1000, maxBytesPerSecond: 80_000 };
    const { pacing } = chooseChunkSizes({ ...USUAL, limits });
    expect(pacing).toMatchObject({ maxRows: 125, maxBytes: 10_000 });
    expect(firstChunkRows(pacing, null)).toBe(125);
    expect(firstChunkRows(pacing, 500)).toBe(20);
    expect(firstChunkRows(pacing, 50_000)).toBe(1);
  });

  it('is a row at least, and keeps to a fixed size as far as the rate allows', () => {
    const limits = { ...NO_LIMITS, maxRowsPerSecond: 1 };
    expect(chooseChunkSizes({ ...USUAL, limits, chunkRows: 100 })).toMatchObject({
      pacing: { minRows: 1, maxRows: 1 },
      chunkRows: 1,
    });
    expect(chooseChunkSizes({ ...USUAL, chunkRows: 100_000 }).chunkRows).toBe(100_000);
  });

  it('begins smaller where chunks are to be short', () => {
    expect(firstChunkRows(chooseChunkSizes(USUAL).pacing, null)).toBe(10_000);
    expect(firstChunkRows(chooseChunkSizes({ ...USUAL, chunkTimeMs: 50 }).pacing, null)).toBe(1000);
  });
});

describe('the size of the next chunk', () => {
  /** The times of chunks whose rows cost so much each, by how many rows were read before. */
  function walk(costMs: (row: number) => number, { chunkTimeMs = 200, chunks = 60 } = {}): number[] {
    const { pacing } = chooseChunkSizes({ ...USUAL, chunkTimeMs });
    let capRows = firstChunkRows(pacing, null);
    let read = 0;
    return Array.from({ length: chunks }, () => {
      const elapsedMs = capRows * costMs(read);
      read += capRows;
      const rows = { sourceRows: capRows, targetRows: capRows };
      capRows = nextChunkRows({ ...rows, elapsedMs, wireBytes: 100 * capRows, capRows }, pacing);
      return elapsedMs;
    });
  }

  it.each([0.01, 0.5, 3])(
    'becomes what takes the time that was asked for, within 10%%: %f ms a row',
    (cost) => {
      const settled = walk(() => cost).slice(12);
      expect(Math.min(...settled)).toBeGreaterThan(180);
      expect(Math.max(...settled)).toBeLessThan(220);
    },
  );

  it('shrinks at once where rows get slower, and grows by no more than twice', () => {
    const times = walk((read) => (read < 200_000 ? 0.01 : 0.5));
    const slow = times.findIndex((ms) => ms > 1000);
    expect(slow).toBeGreaterThan(0);
    expect(times[slow + 1]).toBeLessThanOrEqual(200);
    const faster = walk((read) => (read < 2000 ? 1 : 0.01));
    const grown = faster.slice(1).map((ms, i) => ms / (faster[i] ?? 1));
    expect(Math.max(...grown)).toBeLessThanOrEqual(2.1);
  });
});
