import { describe, expect, it } from 'vitest';
import { chooseChunkSizes, firstChunkRows } from '../../src/verifier/pacing.js';

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
