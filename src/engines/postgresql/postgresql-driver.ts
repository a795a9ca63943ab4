import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { BufferReader } from 'pg-protocol/dist/buffer-reader.js';
import { RowproofError } from '../../core/errors.js';
import type { Column } from '../../core/schema.js';
import type { ConnectionSettings, ControlRow, Session, SpanListener, TlsSettings } from '../engine.js';
import { LendingSocket, setLending } from '../lending-socket.js';
import { endOnUnreadableData, unreadableData } from '../unreadable-data.js';
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
  guardParser(client);
  const connection = new PostgresqlConnection(client);
  try {
    await client.connect();
    await connection.identify();
    return connection;
  } catch (error) {
    // Saying goodbye would wait for a server that did not let us in; an open socket keeps the process from ending.
    connection.broken = true;
    await connection.close();
    throw error;
  }
}

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

/** pg begins to parse where it attaches its listeners: to the plain socket, or to the one that TLS made of it. */
function guardParser(client: pg.Client): void {
  const { connection } = client as unknown as { connection: { attachListeners(stream: Socket): void } };
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => {
    endOnUnreadableData(stream, explainUnreadable);
    attach(stream);
  };
}

/** Ways to log in that a server may ask for and that are none of ours. */
const FOREIGN_LOGINS: Readonly<Record<string, string>> = {
  2: 'Kerberos',
  6: 'SCM',
  7: 'GSSAPI',
  8: 'GSSAPI',
  9: 'SSPI',
};

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
export class PostgresqlConnection implements Session {
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
