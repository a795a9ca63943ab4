import { availableParallelism } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseWorkers, numberWorkers } from '../../src/app/choose-workers.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';

const URLS = { source: 'mysql://old/shop', target: 'postgres://new/shop' };
const config = (more: Readonly<Record<string, string | boolean>> = {}) => resolveFlags({ ...URLS, ...more });

// The clock is the test's: on a busy machine no link delays as long each time.
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** A server whose answers take so long, each in its turn. */
function sideThatTakes(...ms: readonly number[]) {
  let asked = 0;
  const ask = async (): Promise<number> => {
    vi.advanceTimersByTime(ms[asked++ % ms.length] ?? 0);
    return 0;
  };
  return { session: { ask } as never };
}

const near = sideThatTakes(0);

describe('the number of chunks at a time', () => {
  it.each([
    ['asked', { workers: '3' }],
    ['snapshot', { snapshot: true }],
    ['limits', { 'max-rows-per-second': '1000' }],
    ['checksums', { 'checksum-on': 'auto' }],
  ] as const)('is fixed, and no server is asked, where it is %s', async (why, flags) => {
    const asked = config(flags);
    const never = { session: { ask: () => Promise.reject(new Error('asked')) } as never };
    const { workers, lanes } = await chooseWorkers(asked, { source: never, target: never });
    expect(lanes.describe()).toEqual({ used: asked.workers, tried: asked.workers, why });
    expect(workers).toBe(asked.workers);
    expect(numberWorkers(asked).workers).toBe(workers);
  });

  it('may be twice as many only behind a link that delays about as long each time', async () => {
    const asked = config();
    const far = await chooseWorkers(asked, { source: near, target: sideThatTakes(20) });
    expect(far.workers).toBe(asked.workers * 2);
    expect(far.lanes.describe().used).toBe(asked.workers);
    expect(far.lanes.describe().delayMs).toBeGreaterThan(15);
    for (const target of [near, sideThatTakes(10, 60, 25, 90)]) {
      const { workers, lanes } = await chooseWorkers(asked, { source: near, target });
      expect(workers).toBe(asked.workers);
      expect(lanes.describe()).not.toHaveProperty('delayMs');
    }
  });

  it('is no reason for a run to fail', async () => {
    const broken = { session: { ask: () => Promise.reject(new Error('gone')) } as never };
    const { workers } = await chooseWorkers(config(), { source: broken, target: near });
    expect(workers).toBe(config().workers);
  });

  it('has a thread for each lane that holds a snapshot, and else no more than processors need', () => {
    expect(numberWorkers(config({ workers: '64', snapshot: true })).threads).toBe(64);
    expect(numberWorkers(config({ workers: '64' })).threads).toBeLessThan(64);
  });

  it('begins in one thread where there are no more processors than that and the servers keep busy', () => {
    const { threads, firstThreads, spreads } = numberWorkers(config({ workers: '4' }));
    expect(spreads).toBe(availableParallelism() > 2);
    expect(firstThreads).toBe(spreads ? threads : 1);
    expect(numberWorkers(config({ workers: '4', snapshot: true })).firstThreads).toBe(4);
  });
});
