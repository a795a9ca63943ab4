import type { Pacing } from '../core/chunk.js';
import type { LoadLimits } from '../core/load-limits.js';

/** Rows of a first chunk whose speed is unknown: at most this, and this many for each millisecond it should take. */
const FIRST_CHUNK_ROWS = 10_000;
const FIRST_ROWS_A_MS = 20;
const MIN_ROWS = 10;
/** Starting a chunk costs client and servers some milliseconds, so a table that reads fast gets chunks of many rows. */
const MAX_ROWS = 200_000;
const MAX_BYTES = 32 << 20;

export interface PacingRequest {
  /** How long a chunk should take. */
  readonly chunkTimeMs: number;
  readonly limits: LoadLimits;
  readonly workers: number;
  /** The user's own cap on the rows of a chunk, or null. */
  readonly chunkRows: number | null;
}

/** How large chunks may be, and the user's own cap as far as a limited rate allows it. */
export interface ChunkSizes {
  readonly pacing: Pacing;
  readonly chunkRows: number | null;
}

/**
 * Says how large chunks may be. Where a rate is limited they are no larger than what a worker's share of it yields in the
 * time of a chunk: a larger one would put many rows on a server at once and then stand in its way while it waits.
 */
export function chooseChunkSizes(request: PacingRequest): ChunkSizes {
  const { chunkTimeMs, limits, workers, chunkRows } = request;
  const share = (perSecond: number | null, most: number): number =>
    perSecond === null ? most : Math.min(most, (perSecond * chunkTimeMs) / 1000 / workers);
  const maxRows = Math.max(1, Math.floor(share(limits.maxRowsPerSecond, MAX_ROWS)));
  const maxBytes = share(limits.maxBytesPerSecond, MAX_BYTES);
  const minRows = limits.maxBytesPerSecond === null ? Math.min(MIN_ROWS, maxRows) : 1;
  return {
    pacing: { targetMs: chunkTimeMs, minRows, maxRows, maxBytes },
    chunkRows:
      chunkRows === null || limits.maxRowsPerSecond === null ? chunkRows : Math.min(chunkRows, maxRows),
  };
}

/** How many rows the first chunk of a segment gets, before anything is known of how long rows take. */
export function firstChunkRows(pacing: Pacing, rowBytes: number | null): number {
  const byTime = Math.min(FIRST_CHUNK_ROWS, Math.ceil(pacing.targetMs * FIRST_ROWS_A_MS));
  const byBytes = rowBytes === null || rowBytes === 0 ? byTime : Math.floor(pacing.maxBytes / rowBytes);
  return Math.max(pacing.minRows, Math.min(byTime, byBytes, pacing.maxRows));
}
