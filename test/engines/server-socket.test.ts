import { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { beginConnecting, sayGoodbye } from '../../src/engines/server-socket.js';
import { type LyingServer, startLyingServer } from '../support/lying-server.js';

it('a connection that cannot be left in order is cut off, and nobody fails by it', async () => {
  let cuts = 0;
  await sayGoodbye(Promise.reject(new Error('closed state')), () => void cuts++);
  expect(cuts).toBe(1);
});

describe('a connection that is begun', () => {
  const servers: LyingServer[] = [];
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it('asks a machine that is silent for a minute whether it is still there', async () => {
    const server = await startLyingServer(() => undefined);
    servers.push(server);
    const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive');
    const address = { host: '127.0.0.1', port: server.port, socketPath: null };
    const socket = beginConnecting(address, new AbortController().signal);
    socket.destroy();
    expect(keepAlive.mock.calls).toEqual([[true, 60_000]]);
    expect(keepAlive.mock.contexts).toEqual([socket]);
  });

  it('ends with the reason for which it was called off, before or after it is made', async () => {
    const server = await startLyingServer(() => undefined);
    servers.push(server);
    const address = { host: '127.0.0.1', port: server.port, socketPath: null };
    const reason = new Error('called off');
    const later = new AbortController();
    for (const signal of [AbortSignal.abort(reason), later.signal]) {
      const socket = beginConnecting(address, signal);
      const ended = new Promise((resolve) => void socket.once('error', resolve));
      if (!signal.aborted) socket.once('connect', () => later.abort(reason));
      expect(await ended).toBe(reason);
    }
  });
});
