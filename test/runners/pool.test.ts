import { describe, expect, it } from 'vitest';
import { NO_LOG } from '../../src/core/log.js';
import { createWorkerPool, type WorkerPool } from '../../src/runners/pool.js';
import { createSharedLoad } from '../../src/tasks/shared-load.js';

const DATA = {
  seed: 1n,
  schemes: [],
  load: createSharedLoad({ maxRowsPerSecond: null, maxBytesPerSecond: null, maxLoad: null }),
  log: NO_LOG,
};

/** A pool, and for how many rows each runner was made that it had made. */
function openPool(): { readonly pool: WorkerPool; readonly made: (number | null)[]; closed: () => number } {
  const made: (number | null)[] = [];
  let closed = 0;
  const pool = createWorkerPool(
    DATA,
    { workers: 2, threads: 2, firstThreads: 2, spreads: true },
    (_parts, rows) => {
      made.push(rows);
      return {
        run: () => Promise.reject(new Error('no task is run here')),
        close: async () => void closed++,
      };
    },
  );
  return { pool, made, closed: () => closed };
}

const configure = (pool: WorkerPool): void =>
  pool.configure({
    connections: {} as never,
    pairs: [],
    hidesWords: false,
    holdsSnapshots: false,
    estimatedRows: 7,
  });

describe('a pool that hears how long a run will be', () => {
  it('has its threads loaded before it knows where to connect, and no others afterwards', () => {
    const { pool, made } = openPool();
    pool.expect(2_000_000);
    expect(made).toEqual([2_000_000]);
    configure(pool);
    expect(made).toEqual([2_000_000]);
  });

  it('waits for a short one, whose tables may be fewer still', () => {
    const { pool, made } = openPool();
    pool.expect(99_999);
    expect(made).toEqual([]);
    configure(pool);
    expect(made).toEqual([7]);
  });

  it('ends what it had loaded for a run that never began', async () => {
    const { pool, closed } = openPool();
    pool.expect(100_000);
    await pool.close();
    expect(closed()).toBe(1);
  });
});
