import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { LaneCount } from '../../src/run/lane-count.js';
import { Lanes } from '../../src/run/lanes.js';

/** The most pieces of work that were under way at once. */
async function mostAtOnce(
  pieces: number,
  during: (work: () => Promise<void>) => Promise<void>,
): Promise<number> {
  let now = 0;
  let most = 0;
  const piece = (): Promise<void> =>
    during(async () => {
      most = Math.max(most, ++now);
      await wait(2);
      now--;
    });
  await Promise.all(Array.from({ length: pieces }, piece));
  return most;
}

it('as many chunks are under way as there are lanes, and as many segments', async () => {
  const lanes = new Lanes({ lanes: 3, why: 'asked' });
  expect(await mostAtOnce(10, (work) => lanes.during(work))).toBe(3);
  const inSegment = async (work: () => Promise<void>): Promise<void> => {
    const release = await lanes.forSegment();
    await work();
    release();
    // What gives a place back twice gives back no other one.
    release();
  };
  expect(await mostAtOnce(10, inSegment)).toBe(3);
  lanes.narrow(2);
  expect(await mostAtOnce(10, inSegment)).toBe(2);
  expect(lanes.describe()).toEqual({ used: 2, tried: 2, why: 'asked' });
});

it('a place is given back by what fails', async () => {
  const lanes = new Lanes({ lanes: 1, why: 'asked' });
  await expect(lanes.during(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  expect(await lanes.during(async () => 'done')).toBe('done');
});

it('whoever waits begins as soon as there is another lane', async () => {
  let nowMs = 0;
  const bounds = { start: 1, most: 2, mostBehindDelay: 2 };
  const lanes = new Lanes(new LaneCount(bounds, () => nowMs), 7.26);
  const first = await lanes.forSegment();
  let isWaiting = true;
  const second = lanes.forSegment().then((release) => {
    isWaiting = false;
    return release;
  });
  for (let chunk = 0; chunk < 10; chunk++) {
    await wait(0);
    if (nowMs < 1000) expect(isWaiting).toBe(true);
    nowMs += 300;
    lanes.note({ table: 'orders', rows: 1000, bytes: 1000, elapsedMs: 300 });
  }
  for (const release of [first, await second]) release();
  expect(isWaiting).toBe(false);
  expect(lanes.describe()).toMatchObject({ used: 1, delayMs: 7.3 });
});

it('chunks without a byte say nothing', () => {
  let nowMs = 0;
  const count = new LaneCount({ start: 1, most: 2, mostBehindDelay: 2 }, () => nowMs);
  for (let chunk = 0; chunk < 100; chunk++) {
    nowMs += 300;
    count.note({ table: 'orders', rows: 1000, bytes: 0, elapsedMs: 300 }, 1);
  }
  expect(count.lanes).toBe(1);
});
