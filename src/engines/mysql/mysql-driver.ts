import { readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import mysql from 'mysql2';
import { RowproofError } from '../../core/errors.js';
import type { Column } from '../../core/schema.js';
import type { ConnectionSettings, ControlRow, Session, SpanListener, TlsSettings } from '../engine.js';
import { LendingSocket } from '../lending-socket.js';
import type { ServerIdentity } from '../server-identity.js';
import { unreadableData } from '../unreadable-data.js';
import { nameUnknownCharsets } from './charset-ids.js';
import { type ExecuteOptions, RawRowsCommand } from './raw-rows-driver.js';
import { ReadTransactions } from './read-transactions.js';

nameUnknownCharsets(mysql);

/** Connects with the TLS that was asked for; `prefer` falls back to plain text where the server has no TLS. */
export async function connectMysql(settings: ConnectionSettings): Promise<MysqlConnection> {
  const connection = await connect(settings);
  try {
    await connection.begin();
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

async function connect(settings: ConnectionSettings): Promise<MysqlConnection> {
  const wantsTls = settings.tls.mode !== 'disable' && settings.socketPath === null;
  try {
    return await connectOnce(settings, wantsTls);
  } catch (error) {
    const unsupported = (error as { code?: string }).code === 'HANDSHAKE_NO_SSL_SUPPORT';
    if (!unsupported || settings.tls.mode !== 'prefer') throw error;
    return await connectOnce(settings, false);
  }
}

function connectOnce(settings: ConnectionSettings, useTls: boolean): Promise<MysqlConnection> {
  const connection = mysql.createConnection({
    ...addressOf(settings, useTls),
    user: settings.user,
    password: settings.password ?? '',
    database: settings.database,
    charset: 'utf8mb4_unicode_ci',
    connectTimeout: settings.connectTimeoutMs,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    multipleStatements: false,
    ...(useTls ? { ssl: tlsOptions(settings.tls) } : {}),
  });
  acceptUnaskedErrors(connection);
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.connect((error) => {
      connection.removeListener('error', reject);
      if (error) {
        connection.on('error', () => undefined);
        connection.destroy();
        reject(error);
      } else resolve(new MysqlConnection(connection, settings));
    });
  });
}

/** Where to connect; without TLS on a socket of our own, which mysql2 takes as it is. */
function addressOf({ host, port, socketPath }: ConnectionSettings, useTls: boolean): mysql.ConnectionOptions {
  if (useTls) return { host, port };
  const openSocket = (): LendingSocket => {
    const socket = new LendingSocket();
    if (socketPath !== null) return socket.connect(socketPath);
    socket.setNoDelay(true);
    socket.setKeepAlive(true);
    return socket.connect(port, host);
  };
  return { host, port, stream: openSocket };
}

/** The part of a mysql2 connection through which every packet goes; the version is pinned for it. */
interface PacketHandler {
  sequenceId: number;
  readonly stream: Duplex;
  handlePacket(packet?: { readonly sequenceId: number; isError(): boolean }): void;
}

/**
 * Takes an error that the server sends unasked, as when it ends an idle session, as the answer to the statement that waits.
 *
 * Its number is 0, where the answer to a statement has 1, and mysql2 would print a warning on stderr, which is not its own.
 */
function acceptUnaskedErrors(connection: mysql.Connection): void {
  const handler = connection as unknown as PacketHandler;
  const handlePacket = handler.handlePacket.bind(handler);
  handler.handlePacket = (packet) => {
    if (packet?.sequenceId === 0 && packet.isError()) handler.sequenceId = 0;
    try {
      handlePacket(packet);
    } catch (error) {
      // Thrown on, it would end the process: mysql2 reads packets inside a `data` event.
      handler.stream.destroy(error instanceof RowproofError ? error : unreadableData(error));
    }
  };
}

function tlsOptions(tls: TlsSettings): mysql.SslOptions {
  const verifies = tls.mode === 'verify-ca' || tls.mode === 'verify-full';
  return {
    rejectUnauthorized: verifies,
    verifyIdentity: tls.mode === 'verify-full',
    ...(tls.caPath === null ? {} : { ca: readFileSync(tls.caPath, 'utf8') }),
    ...(tls.certificatePath === null ? {} : { cert: readFileSync(tls.certificatePath, 'utf8') }),
    ...(tls.keyPath === null ? {} : { key: readFileSync(tls.keyPath, 'utf8') }),
  };
}

/** A connection whose rows can be read raw. Lost connections only mark it broken; the running read gets the error. */
export class MysqlConnection implements Session {
  broken = false;
  readonly #connection: mysql.Connection;
  readonly #transactions: ReadTransactions;
  readonly #pending = new Set<(error: RowproofError) => void>();

  constructor(connection: mysql.Connection, settings: ConnectionSettings) {
    this.#connection = connection;
    this.#transactions = new ReadTransactions(
      {
        isBroken: () => this.broken,
        run: (sql) => this.#run(sql),
        cancel: () => this.#cancel(settings),
        abort: () => this.#abort(),
      },
      settings,
    );
    connection.on('error', () => {
      this.broken = true;
    });
    connection.on('end', () => {
      this.broken = true;
    });
  }

  get server(): ServerIdentity {
    return this.#transactions.server;
  }

  get serverSessionId(): string {
    return this.#transactions.sessionId;
  }

  /** The session's number, where it is the server that gave it at the login: behind a proxy it may be anybody's. */
  get cancelKey(): string | null {
    return this.serverSessionId === String(this.#connection.threadId) ? this.serverSessionId : null;
  }

  /** Prepares the session and finds out who the server is. */
  begin(): Promise<void> {
    return this.#track(() => this.#transactions.open());
  }

  query(sql: string): Promise<readonly ControlRow[]> {
    return this.#transact(() => this.#run(sql));
  }

  parse(sql: string): Promise<void> {
    return this.#transact(async () => {
      await this.#prepare(sql);
      this.#connection.unprepare(sql);
    });
  }

  readRows(sql: string, columns: readonly Column[], onSpan: SpanListener): Promise<void> {
    return this.#transact(async () => {
      const statement = await this.#prepare(sql);
      try {
        await this.#execute({ statement, sql, values: [] }, columns, onSpan);
      } finally {
        if (!this.broken) this.#connection.unprepare(sql);
      }
    });
  }

  #transact<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#track(() => this.#transactions.run(work));
  }

  async #cancel(settings: ConnectionSettings): Promise<void> {
    if (this.cancelKey === null) this.#abort();
    else await cancelMysql(settings, [this.cancelKey]);
  }

  #run(sql: string): Promise<readonly ControlRow[]> {
    return new Promise((resolve, reject) => {
      this.#connection.query({ sql, rowsAsArray: false }, (error, rows) => {
        if (error) reject(error);
        else if (!Array.isArray(rows)) resolve([]);
        else if (rows.some(Array.isArray)) reject(severalResults());
        else resolve(rows.map(toControlRow));
      });
    });
  }

  #prepare(sql: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#connection.prepare(sql, (error, statement) => (error ? reject(error) : resolve(statement)));
    });
  }

  #execute(execute: ExecuteOptions, columns: readonly Column[], onSpan: SpanListener): Promise<void> {
    return new Promise((resolve, reject) => {
      const command = new RawRowsCommand({
        execute,
        columns,
        onSpan,
        onStop: () => {
          this.#discard();
          if (command.failure === null) resolve();
          else reject(command.failure);
        },
        onResult: (error) => (error ? reject(error) : resolve()),
      });
      (this.#connection as unknown as { addCommand(command: unknown): void }).addCommand(command);
    });
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  async close(): Promise<void> {
    if (this.broken || this.#pending.size > 0) {
      this.#abort();
      return;
    }
    // The end of the last transaction is still under way.
    await this.#transactions.close();
    if (this.broken) return;
    await new Promise<void>((resolve) => this.#connection.end(() => resolve()));
  }

  /** The socket itself: mysql2's own pause would keep a copy of every packet that still comes. */
  get #stream(): NodeJS.ReadableStream {
    return (this.#connection as unknown as { readonly stream: NodeJS.ReadableStream }).stream;
  }

  #discard(): void {
    this.broken = true;
    this.#connection.destroy();
  }

  /** Cuts the connection off; mysql2 would leave what is under way waiting for ever. */
  #abort(): void {
    this.#discard();
    const error = new RowproofError({
      code: 'connection-lost',
      message: 'The connection was closed during a read.',
    });
    for (const reject of this.#pending) reject(error);
  }

  #track<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      work()
        .then(resolve, reject)
        .finally(() => this.#pending.delete(reject));
    });
  }
}

function toControlRow(row: unknown): ControlRow {
  const entries = Object.entries(row as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (value === null || value === undefined) return [name, null];
      return [name, Buffer.isBuffer(value) ? value.toString('utf8') : String(value)];
    }),
  );
}

function severalResults(): RowproofError {
  return new RowproofError({ code: 'read', message: 'A statement has more than one result.' });
}

/** Cancels what sessions are doing, on the server that they are on and on no other: there a number is somebody else's. */
export async function cancelMysql(
  settings: ConnectionSettings,
  cancelKeys: readonly string[],
): Promise<void> {
  const session = await connectMysql(settings);
  try {
    for (const key of cancelKeys) await session.query(`KILL QUERY ${BigInt(key)}`).catch(() => []);
  } finally {
    await session.close();
  }
}
