import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { RowproofError } from '../../core/errors.js';
import type { Column } from '../../core/schema.js';
import type { ConnectionSettings, ControlRow, SpanListener, TlsSettings } from '../engine.js';
import { LendingSocket, setLending } from '../lending-socket.js';
import type { WriteSession } from '../write.js';
import { CopyFrames } from './copy-frames.js';

type DataListener = (chunk: Buffer) => void;

/** The part of pg's connection that taking over its socket depends on; the version is pinned for it. */
interface PgConnection {
  readonly stream: NodeJS.ReadableStream;
  query(text: string): void;
}

/**
 * A query object for `client.query` that runs a COPY and reads its frames off the socket itself: pg would make an
 * object of every row. Every other message is passed on to pg, whose parser then ends the query or reports the error.
 */
class CopyQuery {
  readonly #text: string;
  readonly #frames: CopyFrames;
  readonly #settle: (error: unknown) => void;
  readonly #onStop: () => void;
  #restore: () => void = () => undefined;
  #settled = false;

  constructor(options: {
    text: string;
    onSpan: SpanListener;
    onStop: () => void;
    onEnd: (error: unknown) => void;
  }) {
    this.#text = options.text;
    this.#frames = new CopyFrames(options.onSpan);
    this.#settle = options.onEnd;
    this.#onStop = options.onStop;
  }

  submit(connection: PgConnection): null {
    const { stream } = connection;
    const listeners = stream.listeners('data') as DataListener[];
    const forward = (bytes: Buffer): void => {
      for (const listener of listeners) listener.call(stream, bytes);
    };
    const onData = (chunk: Buffer): void => this.#receive(chunk, forward);
    for (const listener of listeners) stream.removeListener('data', listener);
    stream.on('data', onData);
    setLending(stream, true);
    this.#restore = () => {
      setLending(stream, false);
      stream.removeListener('data', onData);
      for (const listener of listeners) stream.on('data', listener);
      this.#restore = () => undefined;
    };
    connection.query(this.#text);
    return null;
  }

  #receive(chunk: Buffer, forward: (bytes: Buffer) => void): void {
    try {
      const wantsMore = this.#frames.push(chunk, forward);
      if (this.#settled) this.#frames.flushPartial(forward);
      if (wantsMore) return;
      this.#end(null);
    } catch (error) {
      this.#end(error);
    }
    this.#onStop();
  }

  handleError(error: unknown): void {
    this.#end(error);
  }

  handleReadyForQuery(): void {
    this.#end(this.#frames.complete ? null : unconfirmedEnd());
  }

  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}

  #end(error: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#restore();
    this.#settle(error);
  }
}

function unconfirmedEnd(): RowproofError {
  return new RowproofError({
    code: 'connection-lost',
    message: 'The server ended a read without confirming its end.',
  });
}

/** Connects with the TLS that was asked for; `prefer` falls back to plain text where the server has no TLS. */
export async function connectPostgresql(settings: ConnectionSettings): Promise<PostgresqlConnection> {
  const wantsTls = settings.tls.mode !== 'disable' && settings.socketPath === null;
  try {
    return await connectOnce(settings, wantsTls);
  } catch (error) {
    const unsupported = (error as Error).message === 'The server does not support SSL connections';
    if (!unsupported || settings.tls.mode !== 'prefer') throw error;
    return await connectOnce(settings, false);
  }
}

async function connectOnce(settings: ConnectionSettings, useTls: boolean): Promise<PostgresqlConnection> {
  const client = new pg.Client({
    host: settings.socketPath ?? settings.host,
    port: settings.port,
    user: settings.user,
    database: settings.database,
    ...(settings.password === null ? {} : { password: settings.password }),
    ...(useTls ? { ssl: tlsOptions(settings.tls) } : { ssl: false, stream: () => new LendingSocket() }),
    connectionTimeoutMillis: settings.connectTimeoutMs,
    keepAlive: true,
    application_name: 'rowproof',
  });
  const connection = new PostgresqlConnection(client);
  await client.connect();
  await connection.identify();
  return connection;
}

function tlsOptions(tls: TlsSettings): ConnectionOptions {
  const verifies = tls.mode === 'verify-ca' || tls.mode === 'verify-full';
  return {
    rejectUnauthorized: verifies,
    ...(tls.mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
    ...(tls.caPath === null ? {} : { ca: readFileSync(tls.caPath) }),
    ...(tls.certificatePath === null ? {} : { cert: readFileSync(tls.certificatePath) }),
    ...(tls.keyPath === null ? {} : { key: readFileSync(tls.keyPath) }),
  };
}

/** A connection whose rows can be read raw. Lost connections only mark it broken; the running read gets the error. */
export class PostgresqlConnection implements WriteSession {
  broken = false;
  serverSessionId = '';
  readonly #client: pg.Client;
  #busy = 0;

  constructor(client: pg.Client) {
    this.#client = client;
    client.on('error', () => {
      this.broken = true;
    });
    client.on('end', () => {
      this.broken = true;
    });
  }

  async identify(): Promise<void> {
    const [row] = await this.query('SELECT pg_backend_pid() AS pid');
    this.serverSessionId = row?.pid ?? '';
  }

  async query(sql: string): Promise<readonly ControlRow[]> {
    this.#busy++;
    try {
      const types = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;
      const result = await this.#client.query<ControlRow>({ text: sql, types });
      return result.rows ?? [];
    } finally {
      this.#busy--;
    }
  }

  async execute(sql: string): Promise<number> {
    this.#busy++;
    try {
      return (await this.#client.query(sql)).rowCount ?? 0;
    } finally {
      this.#busy--;
    }
  }

  async readRows(sql: string, _columns: readonly Column[], onSpan: SpanListener): Promise<void> {
    this.#busy++;
    try {
      await new Promise<void>((resolve, reject) => {
        const query = new CopyQuery({
          text: `COPY (${sql}) TO STDOUT (FORMAT binary)`,
          onSpan,
          onStop: () => this.#destroy(),
          onEnd: (error) => (error === null ? resolve() : reject(error)),
        });
        this.#client.query(query as unknown as pg.Submittable);
      });
    } finally {
      this.#busy--;
    }
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  async cancel(serverSessionId: string): Promise<void> {
    await this.query(`SELECT pg_cancel_backend(${BigInt(serverSessionId)})`);
  }

  async close(): Promise<void> {
    if (this.broken || this.#busy > 0) return this.#destroy();
    await this.#client.end();
  }

  #destroy(): void {
    this.broken = true;
    this.#stream.destroy();
  }

  get #stream(): Socket {
    return (this.#client as unknown as { connection: { stream: Socket } }).connection.stream;
  }
}
