import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';

/** An address that leads to other servers. */
export interface TcpProxy {
  /** How many connections it has led somewhere. */
  readonly connections: number;
  /** The URL of a server, with this address in it. */
  urlFor(url: string): string;
  /** Ends every connection that is open, as a failover does. */
  cut(): void;
  /**
   * Lets the connections that are open now pass nothing on any more, once each has passed on so many more bytes of its server; new
   * ones are as before. What `loses` takes everything from both ends, what `stalls` nothing.
   */
  freeze(manner: 'loses' | 'stalls', afterBytes?: number): void;
  /** Ends every connection and refuses new ones, as a server does that is stopped. */
  down(): Promise<void>;
  /** Listens again at the same address. */
  up(): Promise<void>;
  close(): Promise<void>;
}

/** One connection that is led on; how it is frozen, and after how many more bytes. */
interface Link {
  frozen: 'loses' | 'stalls' | null;
  leftBytes: number;
}

/** What sees the bytes of one connection on their way to the server; what it returns is sent on. */
export type Tap = (bytes: Buffer) => Buffer;

/**
 * An address of this machine that is not loopback, so that whoever connects to it cannot tell that it is the same machine;
 * null where it has none.
 */
export const OTHER_ADDRESS: string | null =
  Object.values(networkInterfaces())
    .flat()
    .find((found) => found?.family === 'IPv4' && !found.internal)?.address ?? null;

/** Listens on a port of its own, and leads the n-th connection (from 0 on) to the server of the URL that `choose` names. */
export async function openTcpProxy(
  choose: (connection: number) => string,
  tap: () => Tap = () => (bytes) => bytes,
  host = '127.0.0.1',
): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const links = new Set<Link>();
  let connections = 0;
  const track = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((client) => {
    const { hostname, port } = new URL(choose(connections++));
    const upstream = connect(Number(port), hostname);
    track(client, upstream);
    track(upstream, client);
    const pass = tap();
    const link: Link = { frozen: null, leftBytes: 0 };
    links.add(link);
    client.on('close', () => links.delete(link));
    client.on('data', (bytes) => {
      if (link.frozen === null || link.leftBytes > 0) upstream.write(pass(bytes));
    });
    upstream.on('data', (bytes) => {
      if (link.frozen === null) {
        client.write(bytes);
        return;
      }
      if (link.leftBytes > 0) client.write(bytes);
      link.leftBytes -= bytes.length;
      if (link.leftBytes <= 0 && link.frozen === 'stalls') upstream.pause();
    });
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const down = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };
  return {
    get connections() {
      return connections;
    },
    urlFor: (url) => {
      const address = new URL(url);
      address.host = `${host}:${port}`;
      return address.href;
    },
    cut,
    freeze: (manner, afterBytes = 0) => {
      for (const link of links) Object.assign(link, { frozen: manner, leftBytes: afterBytes });
    },
    down,
    up: async () => {
      server.listen(port, host);
      await once(server, 'listening');
    },
    close: async () => {
      if (server.listening) await down();
    },
  };
}
