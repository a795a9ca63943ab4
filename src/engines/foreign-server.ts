import { connect } from 'node:net';
import { RowproofError } from '../core/errors.js';
import type { ConnectionSettings } from './engine.js';

type Protocol = 'mysql' | 'postgresql';

/** How a server of a protocol is called, and how its URLs begin. */
const KINDS: Readonly<Record<Protocol, { readonly name: string; readonly scheme: string }>> = {
  mysql: { name: 'A MySQL or MariaDB server', scheme: 'mysql://' },
  postgresql: { name: 'A PostgreSQL server', scheme: 'postgres://' },
};

/** How long a server gets to greet us, and then to say whether it has TLS. */
const GREETING_MS = 500;
const ANSWER_MS = 1000;
/** PostgreSQL answers it with one letter, and MySQL greets without being asked. */
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
/** What stands behind the length and the number 0 of the first packet: protocol version 10, or an error. */
const GREETINGS = [10, 0xff];

/**
 * Where connecting failed in a way that a server of the other protocol brings about: asks who answers on the address, and
 * returns what to tell the user; null where it is no such server.
 */
export async function findForeignServer(
  error: unknown,
  { scheme, host, port, socketPath }: ConnectionSettings,
): Promise<string | null> {
  if (socketPath !== null || !isSpeechless(error)) return null;
  const expected: Protocol = scheme.startsWith('postgres') ? 'postgresql' : 'mysql';
  const found = await askProtocol({ host, port });
  if (found === null || found === expected) return null;
  const { name, scheme: right } = KINDS[found];
  return `${name} answers there: write the URL with ${right}, or name another port.`;
}

/** Whether a server said nothing that we understood. */
function isSpeechless(error: unknown): boolean {
  if (error instanceof RowproofError) return error.code === 'wire-format' || error.code === 'connect';
  return (error as { code?: string } | null)?.code === 'ETIMEDOUT';
}

function askProtocol(address: { host: string; port: number }): Promise<Protocol | null> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const settle = (found: Protocol | null): void => {
      clearTimeout(asking);
      clearTimeout(giveUp);
      socket.destroy();
      resolve(found);
    };
    const asking = setTimeout(() => socket.write(TLS_REQUEST), GREETING_MS);
    const giveUp = setTimeout(() => settle(null), GREETING_MS + ANSWER_MS);
    socket.once('data', (bytes) => {
      const isGreeting = bytes[3] === 0 && GREETINGS.includes(bytes[4] ?? 0);
      const isLetter = /^[SN]$/.test(bytes.toString('latin1'));
      settle(isGreeting ? 'mysql' : isLetter ? 'postgresql' : null);
    });
    socket.once('error', () => settle(null));
    socket.once('close', () => settle(null));
  });
}
