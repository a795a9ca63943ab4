import { connect } from 'node:net';
import { RowproofError } from '../core/errors.js';
import type { ConnectionSettings } from './connection-settings.js';
import type { Engine } from './engine.js';
import type { Session } from './session.js';

type Protocol = 'mysql' | 'postgresql';

/** How a server of a protocol is called, and how its URLs begin. */
const KINDS: Readonly<Record<Protocol, { readonly name: string; readonly scheme: string }>> = {
  mysql: { name: 'A MySQL or MariaDB server', scheme: 'mysql://' },
  postgresql: { name: 'A PostgreSQL server', scheme: 'postgres://' },
};

/** A login that takes longer than this makes us ask who it is that answers. */
const SUSPICIOUS_MS = 1000;
/** How long a server gets to greet us, and then to say whether it has TLS. */
const GREETING_MS = 500;
const ANSWER_MS = 1000;
/** PostgreSQL answers it with one letter, and MySQL greets without being asked. */
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
/** What stands behind the length and the number 0 of the first packet: protocol version 10, or an error. */
const GREETINGS = [10, 0xff];

type Opening = Pick<Engine, 'open'>;

/**
 * Opens a session. Where a server of the other protocol answers on the address, it says so, and as soon as that is found out:
 * each of the two could wait for the other to speak first until the connect timeout is over.
 */
export async function openUnlessForeign(
  engine: Opening,
  settings: ConnectionSettings,
  stop?: AbortSignal,
): Promise<Session> {
  const giveUp = new AbortController();
  const signal = stop === undefined ? giveUp.signal : AbortSignal.any([stop, giveUp.signal]);
  let foreign: Promise<Protocol | null> | null = null;
  const ask = (): Promise<Protocol | null> => {
    foreign ??= findForeignProtocol(settings).then((found) => {
      if (found !== null) giveUp.abort();
      return found;
    });
    return foreign;
  };
  const timer = setTimeout(ask, SUSPICIOUS_MS);
  try {
    return await engine.open(settings, signal);
  } catch (error) {
    clearTimeout(timer);
    if (stop?.aborted) throw error;
    const found = giveUp.signal.aborted || isSpeechless(error) ? await ask() : null;
    if (found === null) throw error;
    throw isForeign(KINDS[found], error);
  } finally {
    clearTimeout(timer);
  }
}

/** The protocol of who answers, where it is not the one of the URL; null also where nobody can tell. */
async function findForeignProtocol({
  scheme,
  host,
  port,
  socketPath,
}: ConnectionSettings): Promise<Protocol | null> {
  if (socketPath !== null) return null;
  const expected: Protocol = scheme.startsWith('postgres') ? 'postgresql' : 'mysql';
  const found = await askProtocol({ host, port });
  return found === expected ? null : found;
}

function isForeign({ name, scheme }: { name: string; scheme: string }, cause: unknown): RowproofError {
  return new RowproofError({
    code: 'connect',
    message: `${name} answers there.`,
    hint: `Write the URL with ${scheme}, or name another port.`,
    cause,
  });
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
