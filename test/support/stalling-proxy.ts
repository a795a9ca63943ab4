import { connect, type Socket } from 'node:net';
import { type LyingServer, startLyingServer } from './lying-server.js';

/** When a server that was honest until then falls silent. */
export type Stall =
  | 'at-once'
  /** Once a client says this. */
  | { readonly saying: string }
  /** Once the server has said so many bytes. */
  | { readonly bytes: number };

/** A server that passes on what a real one says, until it falls silent or speaks a byte a second. */
export interface StallingProxy extends LyingServer {
  /** The URL with the address of this server in place of its own. */
  url(url: string): string;
  /** Resolves when it falls silent. */
  readonly stalled: Promise<void>;
}

/** Starts one on loopback before the server of a URL; `manner` is what it does in the end, on each of its connections. */
export async function startStallingProxy(
  upstreamUrl: string,
  { stall, manner }: { readonly stall: Stall; readonly manner: 'silent' | 'dripping' },
): Promise<StallingProxy> {
  const { hostname, port } = new URL(upstreamUrl);
  let isStalled = false;
  let announce: () => void = () => undefined;
  const stalled = new Promise<void>((resolve) => {
    announce = resolve;
  });
  const fallSilent = (): void => {
    isStalled = true;
    announce();
  };
  if (stall === 'at-once') fallSilent();
  let saidBytes = 0;
  const server = await startLyingServer((client) => {
    const upstream = connect(Number(port), hostname);
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.on('data', (bytes) => {
      if (typeof stall === 'object' && 'saying' in stall && bytes.includes(stall.saying)) fallSilent();
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      saidBytes += bytes.length;
      if (typeof stall === 'object' && 'bytes' in stall && saidBytes > stall.bytes) fallSilent();
      if (!isStalled) client.write(bytes);
      else if (manner === 'dripping') drip(client, bytes);
    });
  });
  const url = (text: string): string => {
    const changed = new URL(text);
    changed.hostname = '127.0.0.1';
    changed.port = String(server.port);
    return changed.href;
  };
  return { ...server, url, stalled };
}

/** Says a byte a second. */
function drip(client: Socket, bytes: Buffer): void {
  let at = 0;
  const timer = setInterval(() => {
    if (client.destroyed || at >= bytes.length) clearInterval(timer);
    else client.write(bytes.subarray(at, ++at));
  }, 1000);
}
