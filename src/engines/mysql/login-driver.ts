import type { Socket } from 'node:net';
import type mysql from 'mysql2';
import { RowproofError } from '../../core/errors.js';
import type { Finding } from '../../core/finding.js';
import { PasswordGate } from '../clear-password.js';
import type { ConnectionSettings } from '../connection-settings.js';
import { beginConnecting, isOtherHost } from '../server-socket.js';
import { bytesBeforeTls, noTls, secureSocket } from '../tls.js';
import { unreadableData } from '../unreadable-data.js';
import { MessageMeter, WireBudget } from '../wire-budget.js';
import { nameUnknownCharsets } from './charset-ids.js';
import { loginPlugins } from './login-plugins.js';
import { charsetEncodings, createConnection } from './mysql2-driver.js';

nameUnknownCharsets({ CharsetToEncoding: charsetEncodings });

/** A connection that is logged in. */
export interface MysqlLogin {
  readonly connection: mysql.Connection;
  /** What the server may say in answer to a statement. */
  readonly budget: WireBudget;
  readonly findings: readonly Finding[];
}

interface PacketParser {
  execute(chunk: Buffer): void;
}

/** The part of a mysql2 connection that its packets and its TLS go through; the version is pinned for it. */
interface ConnectionInside {
  stream: Socket;
  sequenceId: number;
  packetParser: PacketParser;
  handlePacket(packet?: { readonly sequenceId: number; isError(): boolean }): void;
  startTLS(onSecure: (error?: Error) => void): void;
  _handleFatalError(error: Error): void;
  _handleNetworkError(error: Error): void;
}

const HEADER_BYTES = 4;

/** How to log in beside what the URL says. */
interface LoginOptions {
  readonly signal: AbortSignal;
  /** Whether the server takes several statements in one message; a session that only reads never sends any. */
  readonly multipleStatements: boolean;
}

/** Logs in with the TLS that was asked for; `prefer` goes on in plain text where the server has no TLS. */
export async function loginToMysql(settings: ConnectionSettings, options: LoginOptions): Promise<MysqlLogin> {
  const useTls = settings.tls.mode !== 'disable' && settings.socketPath === null;
  try {
    return await loginOnce(settings, { ...options, useTls });
  } catch (error) {
    if ((error as { code?: string }).code !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error;
    if (settings.tls.mode !== 'prefer') throw noTls();
    return await loginOnce(settings, { ...options, useTls: false });
  }
}

function loginOnce(
  settings: ConnectionSettings,
  { useTls, signal, multipleStatements }: LoginOptions & { readonly useTls: boolean },
): Promise<MysqlLogin> {
  const gate = new PasswordGate(settings, {
    safestMode: 'ssl-mode=VERIFY_IDENTITY',
    allowing: 'enable-cleartext-plugin=true',
  });
  const socket = beginConnecting(settings, signal);
  const connection = createConnection({
    host: settings.host,
    port: settings.port,
    stream: () => socket,
    user: settings.user,
    password: settings.password.text ?? '',
    database: settings.database,
    charset: 'utf8mb4_unicode_ci',
    // Ours is the limit: it covers the state of the session too.
    connectTimeout: 0,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    multipleStatements,
    authPlugins: loginPlugins({ password: settings.password.text ?? '', settings: settings.password, gate }),
    enableCleartextPlugin: true,
    // Only says that the server is asked for TLS; what that means is decided in `encrypt`.
    ...(useTls ? { ssl: {} } : {}),
  });
  if (settings.socketPath !== null) gate.channel = { kind: 'unix-socket' };
  const inside = connection as unknown as ConnectionInside;
  const budget = new WireBudget();
  refuseStrayPackets(inside);
  const meter = limitPackets(inside, budget);
  inside.startTLS = (onSecure) =>
    void encrypt(inside, { settings, gate, meter }).then(
      () => onSecure(),
      (cause: Error) => onSecure(tlsFailure(cause)),
    );
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      // The promise has the error of this connection; later ones are of its end.
      connection.on('error', () => undefined);
      connection.destroy();
      socket.destroy();
      reject(describeLoginError(error));
    };
    connection.once('error', fail);
    connection.connect((error) => {
      connection.removeListener('error', fail);
      if (error) fail(error);
      else resolve({ connection, budget, findings: gate.findings });
    });
  });
}

/** Takes the place of mysql2's own TLS step, which does not hand over the address that a certificate must be for. */
async function encrypt(
  inside: ConnectionInside,
  { settings, gate, meter }: { settings: ConnectionSettings; gate: PasswordGate; meter: MessageMeter },
): Promise<void> {
  const { stream: socket, handlePacket } = inside;
  socket.removeAllListeners('data');
  // What came with the server's greeting came before TLS, where anybody could have put it.
  inside.handlePacket = () => failConnection(inside, bytesBeforeTls());
  if (meter.messages !== 1 || !meter.isBetweenMessages) throw bytesBeforeTls();
  const secure = await secureSocket(socket, settings);
  inside.handlePacket = handlePacket;
  inside.stream = secure;
  gate.channel = { kind: 'tls', isOtherHost: isOtherHost(secure) };
  secure.on('data', (chunk) => inside.packetParser.execute(chunk));
  secure.on('error', (error) => inside._handleNetworkError(error));
}

/** Counts packets before mysql2 keeps them, and takes what it throws for an error of the connection. */
function limitPackets(inside: ConnectionInside, budget: WireBudget): MessageMeter {
  const { packetParser } = inside;
  const meter = new MessageMeter({
    budget,
    headerBytes: HEADER_BYTES,
    measure: (header) => header.readUIntLE(0, 3),
  });
  inside.packetParser = {
    execute: (chunk) => {
      try {
        meter.push(chunk);
        packetParser.execute(chunk);
      } catch (error) {
        failConnection(inside, error instanceof RowproofError ? error : unreadableData(error));
      }
    },
  };
  return meter;
}

function failConnection(inside: ConnectionInside, error: Error): void {
  inside._handleFatalError(error);
  inside.stream.destroy();
}

/**
 * Takes an error that the server sends unasked, as when it ends an idle session, as the answer to the statement that
 * waits; its number is 0, where the answer to a statement has 1. Any other packet out of turn ends the connection, where
 * mysql2 would print a warning on stderr, which is not its own, and go on.
 */
function refuseStrayPackets(inside: ConnectionInside): void {
  const handlePacket = inside.handlePacket.bind(inside);
  inside.handlePacket = (packet) => {
    if (packet !== undefined && packet.sequenceId !== inside.sequenceId) {
      if (packet.sequenceId !== 0 || !packet.isError())
        throw unreadableData(new Error('a packet out of turn'));
      inside.sequenceId = 0;
    }
    handlePacket(packet);
  };
}

/** mysql2 writes a code of its own into the error of a TLS step, so it gets one that is thrown away. */
function tlsFailure(cause: Error): Error {
  return new Error(cause.message, { cause });
}

/** Says in a sentence which way to log in is not known, and passes everything else on. */
function describeLoginError(error: Error): Error {
  const { code } = error as { code?: string };
  if (code === 'HANDSHAKE_SSL_ERROR' && error.cause instanceof Error) return error.cause;
  const plugin = /using unknown plugin (\S+)\. See/.exec(error.message)?.[1];
  if (plugin === undefined) return error;
  return new RowproofError({
    code: 'connect',
    message: `The server asks for a login by ${plugin}, which Rowproof does not know.`,
    hint: 'Use an account with caching_sha2_password, sha256_password, mysql_native_password or mysql_clear_password.',
    cause: error,
  });
}
