import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionSettings } from '../../src/engines/connection-settings.js';
import { ReadTransactions } from '../../src/engines/mysql/read-transactions.js';

const TIMEOUT_MS = 20_000;
const SERVER = { identity: 'one', place: 'here' };
const SETTINGS = { statementTimeoutMs: TIMEOUT_MS } as ConnectionSettings;

/** A connection to a server without any of the variables that can be set, as far as time goes like MySQL 5.6. */
function openOldServer({ canCancel = true } = {}) {
  const done: string[] = [];
  let interrupt: (error: Error) => void = () => undefined;
  const transactions = new ReadTransactions(
    {
      isBroken: () => false,
      run: async (sql) => (sql.startsWith('SELECT CONCAT_WS') ? [SERVER] : []),
      cancel: async () => {
        done.push('cancelled');
        if (!canCancel) throw new Error('nobody answers');
        interrupt(new Error('Query execution was interrupted'));
      },
      abort: () => {
        done.push('cut off');
        interrupt(new Error('The connection was closed'));
      },
    },
    SETTINGS,
  );
  const ends: unknown[] = [];
  const read = async (): Promise<void> => {
    await transactions.open();
    const work = () =>
      new Promise<void>((_resolve, reject) => {
        interrupt = reject;
      });
    void transactions.run('', work).catch((error) => ends.push(error));
  };
  return { read, ends, done };
}

describe('a statement on a server of MySQL that has no limit of its own', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('is cancelled when it took as long as it may', async () => {
    const { read, ends, done } = openOldServer();
    await read();
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS - 1);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toEqual(['cancelled']);
    expect(ends).toMatchObject([{ code: 'timeout', message: 'A statement took longer than 20 seconds.' }]);
  });

  it('is cut off where it cannot be cancelled', async () => {
    const { read, ends, done } = openOldServer({ canCancel: false });
    await read();
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    expect(done).toEqual(['cancelled', 'cut off']);
    expect(ends).toMatchObject([{ code: 'timeout' }]);
  });
});
