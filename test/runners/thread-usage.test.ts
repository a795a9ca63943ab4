import { expect, it } from 'vitest';
import { ThreadUsage } from '../../src/runners/thread-usage.js';

it('a thread is busy once it was at work for nearly all of a second, and not once it waits again', () => {
  let nowMs = 0;
  const did = { active: 0, idle: 0, utilization: 0 };
  const usage = new ThreadUsage(
    () => ({ ...did }),
    () => nowMs,
  );
  const pass = (active: number, idle: number): boolean => {
    nowMs += active + idle;
    did.active += active;
    did.idle += idle;
    return usage.isBusy;
  };
  expect(usage.isBusy).toBe(false);
  // Loading and compiling keep it busy too: the first window says nothing.
  expect(pass(1000, 0)).toBe(false);
  expect(pass(500, 0)).toBe(false);
  expect(pass(480, 20)).toBe(true);
  expect(pass(100, 400)).toBe(true);
  expect(pass(100, 400)).toBe(false);
  expect(pass(850, 150)).toBe(false);
});

it('a thread that took the place of a lost one is not busy for that', () => {
  const did = [
    { active: 5000, idle: 100 },
    { active: 0, idle: 0 },
    { active: 0, idle: 0 },
    { active: 300, idle: 700 },
  ];
  let nowMs = 0;
  const usage = new ThreadUsage(
    () => ({ ...(did[nowMs / 1000 - 1] ?? { active: 0, idle: 0 }), utilization: 0 }),
    () => nowMs,
  );
  expect(usage.isBusy).toBe(false);
  for (nowMs = 1000; nowMs <= 4000; nowMs += 1000) expect(usage.isBusy).toBe(false);
});

it('a thread of which nothing is known is not busy', () => {
  let nowMs = 0;
  const usage = new ThreadUsage(
    () => null,
    () => nowMs,
  );
  for (; nowMs < 5000; nowMs += 500) expect(usage.isBusy).toBe(false);
});
