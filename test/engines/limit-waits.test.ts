import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionSettings } from '../../src/engines/connection-settings.js';
import { limitWaits } from '../../src/engines/limit-waits.js';
import type { SpanListener } from '../../src/engines/session.js';
import type { SqlSession } from '../../src/engines/sql-session.js';

const DAY_MS = 86_400_000;
const ROW = Buffer.alloc(1);

/** A session on which one read is under way, whose rows come when the test says so. */
function openRead(longestSilenceMs: number) {
  let onSpan: SpanListener = () => true;
  let isClosed = false;
  const bare = {
    readRows: (_sql: string, _columns: unknown, listener: SpanListener) => {
      onSpan = listener;
      return new Promise<void>(() => undefined);
    },
    pause: () => undefined,
    resume: () => undefined,
    close: async () => {
      isClosed = true;
    },
  } as unknown as SqlSession;
  const settings = { statementTimeoutMs: DAY_MS, longestSilenceMs } as ConnectionSettings;
  const session = limitWaits(bare, settings);
  const outcome: unknown[] = [];
  void session.readRows('SELECT', [], () => true).catch((error) => outcome.push(error));
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  return { session, outcome, pass, sendRow: () => onSpan(ROW, 0, 1, 1), isClosed: () => isClosed };
}

describe('a read that may take a day', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('ends where no first row comes', async () => {
    const read = openRead(60_000);
    await read.pass(64_000);
    expect(read.isClosed()).toBe(false);
    await read.pass(2000);
    expect(read.outcome).toMatchObject([
      { code: 'connection-lost', message: 'The server did not answer within 65 s.' },
    ]);
    expect(read.isClosed()).toBe(true);
  });

  it('goes on while rows come, and ends where they stop', async () => {
    const read = openRead(60_000);
    for (let i = 0; i < 10; i++) {
      await read.pass(60_000);
      read.sendRow();
    }
    expect(read.isClosed()).toBe(false);
    await read.pass(66_000);
    expect(read.isClosed()).toBe(true);
  });

  it('does not count the time in which no rows are taken', async () => {
    const read = openRead(60_000);
    await read.pass(40_000);
    read.session.pause();
    await read.pass(3_600_000);
    read.session.resume();
    await read.pass(20_000);
    expect(read.isClosed()).toBe(false);
    await read.pass(6000);
    expect(read.isClosed()).toBe(true);
  });

  it('ends after all where the server drips rows for ever', async () => {
    const read = openRead(60_000);
    for (let i = 0; i < DAY_MS / 60_000 + 1 && !read.isClosed(); i++) {
      read.sendRow();
      await read.pass(60_000);
    }
    expect(read.outcome).toMatchObject([{ message: 'The server did not answer within 86405 s.' }]);
  });
});
