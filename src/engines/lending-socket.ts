import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

/** What one read from the socket may bring: few wake-ups for a fast server, and no more than a processor's cache holds. */
const BUFFER_BYTES = 128 << 10;

/**
 * A socket that reads into one buffer for ever, where Node would allocate one for each read: at hundreds of megabytes a
 * second that is half of what the garbage collector does.
 *
 * While `lends` is true its `data` events hand out that buffer, good only during the event; else they hand out copies.
 */
export class LendingSocket extends Socket {
  lends = false;

  constructor() {
    const onread: OnReadOpts = {
      buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
      callback: (length, buffer) => this.#receive(length, buffer),
    };
    // The type library knows this option of the constructor for connecting sockets only.
    super({ onread } as SocketConstructorOpts);
  }

  #receive(length: number, buffer: Uint8Array): boolean {
    const chunk = Buffer.from(buffer.buffer, buffer.byteOffset, length);
    this.emit('data', this.lends ? chunk : Buffer.from(chunk));
    return true;
  }
}

/** Lends or stops lending, where a connection has a socket that can. */
export function setLending(stream: unknown, lends: boolean): void {
  if (stream instanceof LendingSocket) stream.lends = lends;
}
