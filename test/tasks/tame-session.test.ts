import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RowSelection } from '../../src/engines/row-selection.js';
import type { Session, SpanListener } from '../../src/engines/session.js';
import { LoadControl } from '../../src/tasks/load-control.js';
import { createSharedLoad, type SharedLoad } from '../../src/tasks/shared-load.js';
import { type SessionUse, tameSession } from '../../src/tasks/tame-session.js';

vi.mock('node:timers/promises', () => ({ setTimeout: delay }));

const NO_LIMITS = { maxRowsPerSecond: null, maxBytesPerSecond: null, maxLoad: null };
const ROW_BYTES = 100;
const ROW = Buffer.alloc(ROW_BYTES);

/** What Node's own does, on the clock of the test. */
function delay(ms: number, _value: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) reject(signal.reason);
    const onAbort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
  });
}

/** A server that sends rows as fast as they are taken, and stops where nobody takes them. */
function openServer(shared: SharedLoad, use: SessionUse) {
  const load = new LoadControl(shared);
  const taken = { rows: 0 };
  let resumed = Promise.resolve();
  let resume = (): void => undefined;
  const bare = {
    readRows: async ({ limit }: RowSelection, onSpan: SpanListener) => {
      for (let row = 0; row < (limit ?? 0); row++) {
        await resumed;
        taken.rows++;
        onSpan(ROW, 0, ROW_BYTES, 1);
      }
    },
    ask: async () => [],
    pause: () => {
      resumed = new Promise((resolve) => {
        resume = resolve;
      });
    },
    resume: () => resume(),
  } as unknown as Session;
  const session = tameSession(bare, { side: 'source', use, load });
  const read = (rows: number) => session.readRows({ limit: rows } as RowSelection, () => true);
  return { load, taken, read, session };
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

describe('rows that are read under a limit', () => {
  beforeEach(
    () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'hrtime'] }),
  );
  afterEach(() => void vi.useRealTimers());

  it.each([
    { use: 'stream', limits: { maxRowsPerSecond: 1000 } },
    { use: 'chunks', limits: { maxRowsPerSecond: 1000 } },
    { use: 'stream', limits: { maxBytesPerSecond: 1000 * ROW_BYTES } },
    { use: 'chunks', limits: { maxBytesPerSecond: 1000 * ROW_BYTES } },
  ] as const)('come at that rate within 2%: $use, $limits', async ({ use, limits }) => {
    const { taken, read } = openServer(createSharedLoad({ ...NO_LIMITS, ...limits }), use);
    let reads = 0;
    void (async () => {
      for (;;) {
        await read(400);
        reads++;
      }
    })();
    for (let second = 1; second <= 10; second++) {
      await seconds(1);
      expect(taken.rows).toBeGreaterThanOrEqual(980 * second);
      expect(taken.rows).toBeLessThanOrEqual(1020 * second + 10);
    }
    expect(reads).toBeGreaterThan(20);
  });

  it('come at that rate from all threads together', async () => {
    const shared = createSharedLoad({ ...NO_LIMITS, maxRowsPerSecond: 1000 });
    const threads = [openServer(shared, 'stream'), openServer(shared, 'stream')];
    for (const { read } of threads) void read(1_000_000);
    await seconds(10);
    const rows = threads.map(({ taken }) => taken.rows);
    expect(rows.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(10_220);
    for (const each of rows) expect(each).toBeGreaterThan(2000);
  });

  it('of a chunk are taken after five seconds, because its statement has a limit of its own', async () => {
    const { taken, read, load } = openServer(
      createSharedLoad({ ...NO_LIMITS, maxRowsPerSecond: 10 }),
      'chunks',
    );
    const ends: string[] = [];
    void read(1000).then(() => ends.push('read'));
    await seconds(4);
    expect(taken.rows).toBeLessThan(50);
    await seconds(2);
    expect(taken.rows).toBe(1000);
    expect(load.clock.now()).toBeLessThan(1000);
    await seconds(93);
    expect(ends).toEqual([]);
    await seconds(1);
    expect(ends).toEqual(['read']);
  });
});

describe('a run that is paused', () => {
  beforeEach(
    () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'hrtime'] }),
  );
  afterEach(() => void vi.useRealTimers());

  const open = (use: SessionUse) =>
    openServer(createSharedLoad({ ...NO_LIMITS, maxRowsPerSecond: 1000, maxLoad: 1 }), use);

  it('stops the read of a whole table in its middle, for as long as that takes, and goes on with it', async () => {
    const { taken, read, load } = open('stream');
    void read(1_000_000);
    await seconds(1);
    load.cells.isPaused = true;
    await seconds(1);
    const before = taken.rows;
    await seconds(60);
    expect(taken.rows).toBe(before);
    load.cells.isPaused = false;
    await seconds(10);
    expect(taken.rows).toBeGreaterThan(before + 9000);
  });

  it('reads a chunk to its end, and begins no other', async () => {
    const { taken, read, load } = open('chunks');
    const first = read(2000);
    await seconds(1);
    load.cells.isPaused = true;
    await seconds(5);
    await first;
    expect(taken.rows).toBe(2000);
    void read(1000);
    await seconds(60);
    expect(taken.rows).toBe(2000);
    load.cells.isPaused = false;
    await seconds(3);
    expect(taken.rows).toBe(3000);
  });

  it('asks nothing for its plan', async () => {
    const { session, load } = open('planning');
    load.cells.isPaused = true;
    const answers: unknown[] = [];
    void session.ask('repair-question', 'SELECT 1').then((rows) => answers.push(rows));
    await seconds(60);
    expect(answers).toEqual([]);
    load.cells.isPaused = false;
    await seconds(1);
    expect(answers).toEqual([[]]);
  });

  it.each(['chunks', 'stream'] as const)('ends its waits at once when it is stopped: %s', async (use) => {
    const { read, load } = open(use);
    load.cells.isPaused = true;
    const ends: unknown[] = [];
    void read(1000).catch((error) => ends.push(error));
    await seconds(60);
    load.cancel();
    await vi.advanceTimersByTimeAsync(0);
    expect(ends).toMatchObject([{ code: 'interrupted' }]);
    await expect(read(1000)).rejects.toMatchObject({ code: 'interrupted' });
  });
});
