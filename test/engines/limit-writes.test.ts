import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limitWrites, type WritingConnection } from '../../src/engines/limit-writes.js';

const STATEMENT_MS = 60_000;

/** A statement under way that nobody answers, on a connection that notes what is done to it. */
function openStatement({ isStopped = false } = {}) {
  const done: string[] = [];
  let answer: () => void = () => undefined;
  const connection = {
    broken: false,
    runAll: () =>
      new Promise((resolve) => {
        answer = () => resolve({ results: [], failure: null });
      }),
    cancel: async () => void done.push('cancelled'),
    cutOff: () => void done.push('cut off'),
    close: async () => void done.push('closed'),
  } as unknown as WritingConnection;
  const stop = new AbortController();
  if (isStopped) stop.abort();
  const session = limitWrites(connection, { statementTimeoutMs: STATEMENT_MS, stop: stop.signal });
  const answered = session.runAll(['COMMIT']);
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  return { done, pass, answered, stop: () => stop.abort(), answer: () => answer() };
}

describe('a statement that writes', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('is cancelled when it takes too long, and cut off where that does not help', async () => {
    const { done, pass } = openStatement();
    await pass(STATEMENT_MS - 1);
    expect(done).toEqual([]);
    await pass(1);
    expect(done).toEqual(['cancelled']);
    await pass(4999);
    expect(done).toEqual(['cancelled']);
    await pass(1);
    expect(done).toEqual(['cancelled', 'cut off']);
  });

  it('is left alone once it was answered', async () => {
    const { done, pass, answer, answered } = openStatement();
    answer();
    await answered;
    await pass(10 * STATEMENT_MS);
    expect(done).toEqual([]);
  });

  it('may end by itself for a moment after the run is stopped', async () => {
    const { done, pass, stop } = openStatement();
    await pass(1000);
    stop();
    await pass(1499);
    expect(done).toEqual([]);
    await pass(1);
    expect(done).toEqual(['cancelled']);
    await pass(1500);
    expect(done).toEqual(['cancelled', 'cut off']);
  });

  it('gets no more time than that where it begins after the stop', async () => {
    const { done, pass } = openStatement({ isStopped: true });
    await pass(1500);
    expect(done).toEqual(['cancelled']);
    await pass(1500);
    expect(done).toEqual(['cancelled', 'cut off']);
  });
});
