import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { BufferReader } from 'pg-protocol/dist/buffer-reader.js';
import { RowproofError } from '../../core/errors.js';
import type { Finding } from '../../core/finding.js';
import { PasswordGate } from '../clear-password.js';
import type { ConnectionSettings } from '../connection-settings.js';
import { beginConnecting, connected, isOtherHost } from '../server-socket.js';
import { bytesBeforeTls, noTls, secureSocket } from '../tls.js';
import { endOnUnreadableData, unreadableData } from '../unreadable-data.js';
import { assertLength, MessageMeter, WireBudget } from '../wire-budget.js';
import { loadPg } from './pg-driver.js';

const { Client } = loadPg();

/** A client that is logged in. */
export interface PostgresqlLogin {
  readonly client: pg.Client;
  /** What the server may say in answer to a statement. */
  readonly budget: WireBudget;
  readonly findings: readonly Finding[];
}

/** The part of pg's client that a login depends on; the version is pinned for it. */
interface ClientInside {
  readonly connection: NodeJS.EventEmitter;
  /** What a SCRAM login leaves until the server has proved that it knows the password too. */
  readonly saslSession: object | null | undefined;
}

/** @see https://www.postgresql.org/docs/current/protocol-message-formats.html */
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const HEADER_BYTES = 5;
const LENGTH_BYTES = 4;
/** Ways to log in that a server may ask for and that are none of ours. */
const FOREIGN_LOGINS: Readonly<Record<string, string>> = {
  2: 'Kerberos',
  6: 'SCM',
  7: 'GSSAPI',
  8: 'GSSAPI',
  9: 'SSPI',
};

/**
 * Makes pg's reader throw behind the end of what came. It returns empty text there, and pg looks for the end of an error
 * message for ever: a server could keep the whole process from doing anything else, stopping included.
 */
const { string: readText } = BufferReader.prototype;
BufferReader.prototype.string = function readTextWithin(length: number): string {
  const { offset, buffer } = this as unknown as { readonly offset: number; readonly buffer: Buffer };
  if (offset + length > buffer.length) throw new RangeError('a message ends too early');
  return readText.call(this, length);
};

/** Logs in with the TLS that was asked for; `prefer` goes on in plain text where the server has no TLS. */
export async function loginToPostgresql(
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<PostgresqlLogin> {
  const gate = openGate(settings);
  const stream = await openStream(settings, { gate, signal });
  const client = new Client({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    database: settings.database,
    password: () => settings.password.text || failWithoutPassword(),
    ssl: false,
    stream: () => takeAsUnconnected(stream),
    application_name: 'rowproof',
  });
  const inside = client as unknown as ClientInside;
  // Before pg's own listener, which sends the password; a destroyed stream takes nothing more.
  inside.connection.on('authenticationCleartextPassword', () => refuseUnlessAllowed(stream, gate));
  const budget = new WireBudget();
  client.on('error', () => undefined);
  try {
    const connecting = client.connect();
    endOnUnreadableData(stream, explainUnreadable);
    limitMessages(stream, budget);
    await connecting;
    if (inside.saslSession) throw unprovenServer();
  } catch (error) {
    // pg leaves the connection open where a login fails half-way.
    stream.destroy();
    throw error;
  }
  return { client, budget, findings: gate.findings };
}

/** Decides about the password of a login that begins. */
export function openGate(settings: ConnectionSettings): PasswordGate {
  return new PasswordGate(settings, {
    safestMode: 'sslmode=verify-full',
    allowing: 'allow-cleartext-password=true',
  });
}

interface StreamOptions {
  readonly gate: PasswordGate;
  readonly signal: AbortSignal;
}

/** Connects, and encrypts where the URL asks for it. */
export async function openStream(
  settings: ConnectionSettings,
  { gate, signal }: StreamOptions,
): Promise<Socket> {
  const { host, port, socketPath, tls } = settings;
  const path = socketPath === null ? null : `${socketPath}/.s.PGSQL.${port}`;
  const socket = beginConnecting({ host, port, socketPath: path }, signal);
  try {
    await connected(socket);
    if (path !== null) gate.channel = { kind: 'unix-socket' };
    if (path !== null || tls.mode === 'disable') return socket;
    if (await offersTls(socket)) {
      const secure = await secureSocket(socket, { host, tls });
      gate.channel = { kind: 'tls', isOtherHost: isOtherHost(secure) };
      return secure;
    }
    if (tls.mode === 'prefer') return socket;
    throw noTls();
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Asks whether the server has TLS. It answers with one byte; more than that was put there by somebody between. */
function offersTls(socket: Socket): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      socket.removeListener('data', onData);
      socket.removeListener('error', onError);
      socket.removeListener('close', onClose);
      settle();
    };
    const onError = (error: Error): void => finish(() => reject(error));
    const onClose = (): void => finish(() => reject(closedEarly()));
    const onData = (answer: Buffer): void =>
      finish(() => {
        const letter = answer.toString('latin1');
        if (letter === 'S' || letter === 'N') resolve(letter === 'S');
        else reject(letter[0] === 'S' ? bytesBeforeTls() : refusedTls());
      });
    socket.on('data', onData);
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.write(TLS_REQUEST);
  });
}

/** Gives pg a stream that is connected already, where pg would connect it. */
function takeAsUnconnected(stream: Socket): Socket {
  const connect = (): Socket => {
    process.nextTick(() => stream.emit('connect'));
    return stream;
  };
  return Object.assign(stream, { connect });
}

function refuseUnlessAllowed(stream: Duplex, gate: PasswordGate): void {
  try {
    gate.assertClear('AuthenticationCleartextPassword');
  } catch (error) {
    stream.destroy(error as Error);
  }
}

/** Counts messages before pg keeps them. Once pg listens: it must not miss what comes meanwhile. */
function limitMessages(stream: Duplex, budget: WireBudget): void {
  const meter = new MessageMeter({
    budget,
    headerBytes: HEADER_BYTES,
    measure: (header) => assertLength(header.readUInt32BE(1), LENGTH_BYTES) - LENGTH_BYTES,
  });
  stream.prependListener('data', (chunk: Buffer) => meter.push(chunk));
}

function explainUnreadable(error: unknown): RowproofError {
  const [, code] = /^Unknown authentication\w* message type (\d+)$/.exec((error as Error).message) ?? [];
  if (code === undefined) return unreadableData(error);
  const name = FOREIGN_LOGINS[code] ?? `a way that has the number ${code}`;
  return new RowproofError({
    code: 'connect',
    message: `The server asks this account to log in by ${name}, which Rowproof cannot do.`,
    hint: 'Give the account a password (scram-sha-256) or a certificate in pg_hba.conf.',
    cause: error,
  });
}

function failWithoutPassword(): never {
  throw new RowproofError({
    code: 'connect',
    message: 'The server asks for a password, and there is none.',
    hint: 'Give it in the URL, in PGPASSWORD or in a password file.',
    // The code with which the server would refuse any other.
    cause: Object.assign(new Error('no password'), { code: '28P01' }),
  });
}

function unprovenServer(): RowproofError {
  return new RowproofError({
    code: 'connect',
    message: 'The server let us in without proving that it knows the password.',
    hint: 'Somebody else may be answering: check the host and the TLS options of the URL.',
  });
}

function refusedTls(): RowproofError {
  return new RowproofError({
    code: 'connect',
    message: 'The server neither accepts nor refuses TLS.',
    hint: 'Check that the port is one of PostgreSQL.',
  });
}

/** A plain error with the code of a connection that was cut, which is worth another try. */
function closedEarly(): Error {
  return Object.assign(new Error('The server closed the connection before the login'), {
    code: 'ECONNRESET',
  });
}
