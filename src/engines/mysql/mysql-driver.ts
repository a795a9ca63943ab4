import { readFileSync } from 'node:fs';
import mysql from 'mysql2';
import { RowproofError } from '../../core/errors.js';
import type { Column } from '../../core/schema.js';
import type { ConnectionSettings, ControlRow, SpanListener, TlsSettings } from '../engine.js';
import { LendingSocket } from '../lending-socket.js';
import type { WriteSession } from '../write.js';
import { type ExecuteOptions, RawRowsCommand } from './raw-rows-driver.js';

/** Connects with the TLS that was asked for; `prefer` falls back to plain text where the server has no TLS. */
export async function connectMysql(settings: ConnectionSettings): Promise<MysqlConnection> {
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
      } else resolve(new MysqlConnection(connection));
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
    handlePacket(packet);
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
export class MysqlConnection implements WriteSession {
  broken = false;
  readonly serverSessionId: string;
  readonly #connection: mysql.Connection;
  readonly #pending = new Set<(error: RowproofError) => void>();

  constructor(connection: mysql.Connection) {
    this.#connection = connection;
    this.serverSessionId = String(connection.threadId);
    connection.on('error', () => {
      this.broken = true;
    });
    connection.on('end', () => {
      this.broken = true;
    });
  }

  query(sql: string): Promise<readonly ControlRow[]> {
    return this.#track(
      () =>
        new Promise((resolve, reject) => {
          this.#connection.query({ sql, rowsAsArray: false }, (error, rows) => {
            if (error) reject(error);
            else resolve(Array.isArray(rows) ? rows.map(toControlRow) : []);
          });
        }),
    );
  }

  execute(sql: string): Promise<number> {
    return this.#track(
      () =>
        new Promise((resolve, reject) => {
          this.#connection.query<mysql.ResultSetHeader>(sql, (error, result) => {
            if (error) reject(error);
            else resolve(result.affectedRows);
          });
        }),
    );
  }

  readRows(sql: string, columns: readonly Column[], onSpan: SpanListener): Promise<void> {
    return this.#track(async () => {
      const statement = await this.#prepare(sql);
      try {
        await this.#execute({ statement, sql, values: [] }, columns, onSpan);
      } finally {
        if (!this.broken) this.#connection.unprepare(sql);
      }
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

  async cancel(serverSessionId: string): Promise<void> {
    await this.query(`KILL QUERY ${BigInt(serverSessionId)}`);
  }

  async close(): Promise<void> {
    if (this.broken || this.#pending.size > 0) {
      this.#abort();
      return;
    }
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
