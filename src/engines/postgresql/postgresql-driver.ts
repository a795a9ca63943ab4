import type { Socket } from 'node:net';
import type pg from 'pg';
import { RowproofError } from '../../core/errors.js';
import type { Finding } from '../../core/finding.js';
import type { Column } from '../../core/schema.js';
import type { ConnectionSettings, ControlRow, Session, SpanListener } from '../engine.js';
import { setLending } from '../lending-socket.js';
import { awaitGoodbye } from '../server-socket.js';
import type { WireBudget } from '../wire-budget.js';
import { CopyFrames } from './copy-frames.js';
import { loginToPostgresql, type PostgresqlLogin } from './login-driver.js';

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

/** Connects with the TLS that was asked for; the signal ends it at any step. */
export async function connectPostgresql(
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<PostgresqlConnection> {
  const connection = new PostgresqlConnection(await loginToPostgresql(settings, signal));
  try {
    await connection.identify();
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

/** A connection whose rows can be read raw. Lost connections only mark it broken; the running read gets the error. */
export class PostgresqlConnection implements Session {
  broken = false;
  serverSessionId = '';
  readonly findings: readonly Finding[];
  readonly #client: pg.Client;
  readonly #budget: WireBudget;
  #busy = 0;

  constructor({ client, budget, findings }: PostgresqlLogin) {
    this.#client = client;
    this.#budget = budget;
    this.findings = findings;
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
    this.#budget.renew();
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
    this.#budget.renew();
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
    const stream = this.#stream;
    void this.#client.end();
    await awaitGoodbye(stream);
  }

  #destroy(): void {
    this.broken = true;
    this.#stream.destroy();
  }

  get #stream(): Socket {
    return (this.#client as unknown as { connection: { stream: Socket } }).connection.stream;
  }
}
