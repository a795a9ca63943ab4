import { createServer, type Server, type Socket } from 'node:net';

/** A small server of a test's own on loopback, which says whatever the test wants. Who starts it closes it. */
export interface LyingServer {
  readonly port: number;
  /** Everything that clients sent, a buffer a piece, in the order in which it came. */
  readonly received: readonly Buffer[];
  /** How many connections are open now. */
  readonly openConnections: () => number;
  close(): Promise<void>;
}

/** What is done with a connection; it may answer, be silent, or take the rest of the socket over. */
export type ConnectionHandler = (socket: Socket) => void;

/** Listens on a free port of loopback and hands each connection to the handler. */
export async function startLyingServer(onConnection: ConnectionHandler): Promise<LyingServer> {
  const sockets = new Set<Socket>();
  const received: Buffer[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (bytes) => received.push(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  const port = await listen(server);
  return {
    port,
    received,
    openConnections: () => sockets.size,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('The server has no port.'));
      else resolve(address.port);
    });
  });
}

/** Collects bytes and hands on whole frames; `measure` says how long the first one is, or null where that is not known yet. */
export function createFrameReader(
  measure: (bytes: Buffer) => number | null,
  onFrame: (frame: Buffer) => void,
): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const length = measure(pending);
      if (length === null || pending.length < length) return;
      const frame = pending.subarray(0, length);
      pending = pending.subarray(length);
      onFrame(frame);
    }
  };
}
