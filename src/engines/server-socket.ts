import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { LendingSocket } from './lending-socket.js';

/** Where a server listens: a unix socket, or a host and a port. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly socketPath: string | null;
}

/** After this silence the machine at the other end is asked whether it is still there; one that is gone is noticed soon. */
const KEEP_ALIVE_MS = 60_000;
/** How long a server gets to close a connection that was said goodbye to. */
const GOODBYE_MS = 1000;

/** Begins to connect; when the signal is aborted the socket ends with its reason, however far the login got. */
export function beginConnecting(
  { host, port, socketPath }: ServerAddress,
  signal: AbortSignal,
): LendingSocket {
  const socket = new LendingSocket();
  if (signal.aborted) return socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', () => socket.destroy(signal.reason as Error), { once: true });
  if (socketPath !== null) return socket.connect(socketPath);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  return socket.connect(port, host);
}

/** Resolves once the socket is connected. */
export function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => reject(error);
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.removeListener('error', onError);
      resolve();
    });
  });
}

/** Whether what is at the other end runs on this machine: nobody can stand between. */
export function isOtherHost(socket: Pick<Socket, 'remoteAddress'>): boolean {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return !(address.startsWith('127.') || address === '::1');
}

/** Resolves once a stream is closed. */
export function closed(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) resolve();
    else stream.once('close', () => resolve());
  });
}

/**
 * Waits until a connection was left in order, and cuts it off where its other end keeps it, or where that fails: what was read
 * or written over it is done, whatever becomes of it.
 */
export async function sayGoodbye(leaving: Promise<void>, cutOff: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      cutOff();
      resolve();
    }, GOODBYE_MS);
  });
  await Promise.race([leaving.catch(cutOff), over]).finally(() => clearTimeout(timer));
}
