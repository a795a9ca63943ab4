import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SqlSession } from '../../src/engines/sql-session.js';
import { inClear } from '../apply/applied.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { startLyingServer } from '../support/lying-server.js';
import { type StallingProxy, startStallingProxy } from '../support/stalling-proxy.js';
import { openTcpProxy } from '../support/tcp-proxy.js';
import { openWorkerSession } from '../support/worker-session.js';

const MARK = 'fall silent';

/** Time passes when a test says so, while sockets work as ever. */
describe.each(availableEngines())('a server of %s that falls silent', (engine) => {
  const database = useDatabase(engine);
  const closing: { close(): Promise<void> }[] = [];

  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(async () => {
    vi.useRealTimers();
    await Promise.all(closing.splice(0).map((each) => each.close()));
  });

  /** A session that is open, on a server that stops speaking once it hears the mark. */
  async function openUntilMark(): Promise<{ session: SqlSession; proxy: StallingProxy }> {
    const proxy = await startStallingProxy(database.url, { stall: { saying: MARK }, manner: 'silent' });
    closing.push(proxy);
    const session = await openWorkerSession(inClear(proxy.url(database.url)), { 'statement-timeout': '20' });
    return { session, proxy };
  }

  it('before it greets is left after connect-timeout', async () => {
    let onConnection: (socket: unknown) => void = () => undefined;
    const connected = new Promise((resolve) => {
      onConnection = resolve;
    });
    const silent = await startLyingServer(onConnection);
    closing.push(silent);
    const url = new URL(database.url);
    url.host = `127.0.0.1:${silent.port}`;
    const ends: unknown[] = [];
    void openWorkerSession(url.href, { 'connect-timeout': '20' }).catch((error) => ends.push(error));
    await connected;
    await vi.advanceTimersByTimeAsync(19_999);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends).toMatchObject([{ code: 'ETIMEDOUT', message: 'the server did not let us in within 20 s' }]);
  });

  it('in a statement is left when that took as long as it may, and a moment', async () => {
    const { session, proxy } = await openUntilMark();
    const ends: unknown[] = [];
    void session.query(`SELECT '${MARK}' AS said`).catch((error) => ends.push(error));
    await proxy.stalled;
    await vi.advanceTimersByTimeAsync(24_999);
    expect(ends).toEqual([]);
    expect(session.broken).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends).toMatchObject([
      { code: 'connection-lost', message: 'The server did not answer within 25 s.' },
    ]);
    expect(session.broken).toBe(true);
  });

  it('at the end of the last statement is left a second after the goodbye', async () => {
    let isLast = false;
    const tap = () => (bytes: Buffer) => {
      if (bytes.includes(MARK)) isLast = true;
      return isLast && bytes.includes('ROLLBACK') ? Buffer.alloc(0) : bytes;
    };
    const proxy = await openTcpProxy(() => database.url, tap);
    closing.push(proxy);
    const session = await openWorkerSession(inClear(proxy.urlFor(database.url)));
    await session.query(`SELECT '${MARK}' AS said`);
    const ends: string[] = [];
    void session.close().then(() => ends.push('closed'));
    await vi.advanceTimersByTimeAsync(999);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends).toEqual(['closed']);
    expect(session.broken).toBe(true);
  });
});
