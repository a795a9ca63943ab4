import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { RowproofError } from '../../core/errors.js';
import type { Column } from '../../core/schema.js';
import type {
  ConnectionSettings,
  ControlRow,
  Session,
  SpanListener,
  StatementSettings,
  TlsSettings,
} from '../engine.js';
import { LendingSocket } from '../lending-socket.js';
import { assertExpectedServer, type ServerIdentity } from '../server-identity.js';
import { Turns } from '../turns.js';
import { endOnUnreadableData, unreadableData } from '../unreadable-data.js';
import { buildOpening, END, SessionState, STAY } from './session-state.js';
import { CopyQuery, ParseQuery } from './wire-queries.js';

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
    ...transportOptions(settings, useTls),
    connectionTimeoutMillis: settings.connectTimeoutMs,
    keepAlive: true,
    application_name: 'rowproof',
  });
  guardParser(client);
  const connection = new PostgresqlConnection(client, settings, useTls);
  await client.connect();
  try {
    await connection.begin();
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

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

function transportOptions(
  { tls }: ConnectionSettings,
  useTls: boolean,
): Pick<pg.ClientConfig, 'ssl' | 'stream'> {
  return useTls ? { ssl: tlsOptions(tls) } : { ssl: false, stream: () => new LendingSocket() };
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

/** Every value of a result as the server's own text. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;
const NOBODY: ServerIdentity = { id: '', place: '', started: null };

/** What pg keeps of the login, and the socket under it; the version is pinned for it. */
interface ClientParts {
  readonly processID: number;
  readonly secretKey: number;
  readonly connection: { readonly stream: Socket };
}

/** A connection whose rows can be read raw. Lost connections only mark it broken; the running read gets the error. */
export class PostgresqlConnection implements Session {
  broken = false;
  serverSessionId = '';
  server = NOBODY;
  readonly #client: pg.Client;
  readonly #settings: ConnectionSettings;
  readonly #usesTls: boolean;
  readonly #turns = new Turns();
  #state: SessionState | null = null;
  #busy = 0;

  constructor(client: pg.Client, settings: ConnectionSettings, usesTls: boolean) {
    this.#client = client;
    this.#settings = settings;
    this.#usesTls = usesTls;
    client.on('error', () => {
      this.broken = true;
    });
    client.on('end', () => {
      this.broken = true;
    });
  }

  /** The key of the login. It works through pools, and unlike a process number it can mean nobody else. */
  get cancelKey(): string {
    const { processID, secretKey } = this.#parts;
    return `${processID} ${secretKey} ${this.#usesTls ? 'tls' : 'plain'}`;
  }

  /** Finds out what the server has and who it is. */
  async begin(): Promise<void> {
    const rows = await this.#runSimple(buildOpening(this.#settings));
    this.#state = new SessionState(this.#settings, rows[1] ?? []);
    await this.#transact({}, async () => {});
  }

  query(sql: string, settings: StatementSettings = {}): Promise<readonly ControlRow[]> {
    return this.#transact(settings, async () => {
      const statement = { text: STAY + sql, types: AS_TEXT, queryMode: 'extended' };
      return (await this.#client.query<ControlRow>(statement)).rows ?? [];
    });
  }

  parse(sql: string): Promise<void> {
    return this.#transact({}, () => this.#submit((onEnd) => new ParseQuery(sql, onEnd)));
  }

  readRows(sql: string, _columns: readonly Column[], onSpan: SpanListener): Promise<void> {
    const text = `${STAY}COPY (${sql}) TO STDOUT (FORMAT binary)`;
    return this.#transact({}, () =>
      this.#submit((onEnd) => new CopyQuery({ text, onSpan, onStop: () => this.#destroy(), onEnd })),
    );
  }

  pause(): void {
    this.#parts.connection.stream.pause();
  }

  resume(): void {
    this.#parts.connection.stream.resume();
  }

  async close(): Promise<void> {
    if (this.broken || this.#busy > 0) return this.#destroy();
    // The end of the last transaction is still under way.
    await this.#turns.take(async () => {});
    if (!this.broken) await this.#client.end();
  }

  /**
   * Runs a statement in a read-only transaction of its own, on the server that is expected. The result is handed over
   * before the transaction has ended; the next one begins after that.
   */
  #transact<Result>(settings: StatementSettings, work: () => Promise<Result>): Promise<Result> {
    this.#busy++;
    return new Promise<Result>((resolve, reject) => {
      void this.#turns.take(async () => {
        try {
          await this.#begin(settings);
          resolve(await work());
        } catch (error) {
          reject(error);
        } finally {
          this.#busy--;
        }
        if (!this.broken) await this.#runSimple(END).catch(() => this.#destroy());
      });
    });
  }

  async #begin(settings: StatementSettings): Promise<void> {
    if (this.#state === null)
      throw new RowproofError({ code: 'internal', message: 'The session was not opened' });
    const results = await this.#runSimple(this.#state.buildBegin(settings));
    const [row = {}] = results.at(-1) ?? [];
    const server = this.#state.identify(row);
    assertExpectedServer(this.#settings.server, server);
    this.#state.assertConfirmed(row);
    this.serverSessionId = row.pid ?? '';
    this.server = server;
  }

  /** Runs statements of our own that need no result of the others; returns the rows of each. */
  async #runSimple(sql: string): Promise<readonly (readonly ControlRow[])[]> {
    const result: unknown = await this.#client.query({ text: sql, types: AS_TEXT });
    return [result].flat().map((each) => (each as { readonly rows: readonly ControlRow[] }).rows);
  }

  #submit(query: (onEnd: (error: unknown) => void) => CopyQuery | ParseQuery): Promise<void> {
    return new Promise((resolve, reject) => {
      const submitted = query((error) => (error === null ? resolve() : reject(error)));
      this.#client.query(submitted as unknown as pg.Submittable);
    });
  }

  #destroy(): void {
    this.broken = true;
    this.#parts.connection.stream.destroy();
  }

  get #parts(): ClientParts {
    return this.#client as unknown as ClientParts;
  }
}

/**
 * Asks the server, or the pool, to cancel what sessions are doing, by the keys of their logins.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export async function cancelPostgresql(
  settings: ConnectionSettings,
  cancelKeys: readonly string[],
): Promise<void> {
  await Promise.all(cancelKeys.map((key) => sendCancel(settings, key)));
}

/** The part of pg's connection that a cancel request goes through; the version is pinned for it. */
interface CancelConnection {
  readonly stream: Socket;
  on(event: 'connect' | 'sslconnect' | 'end' | 'error', listener: () => void): void;
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
}

function sendCancel(settings: ConnectionSettings, cancelKey: string): Promise<void> {
  const [processId = '', secretKey = '', transport] = cancelKey.split(' ');
  const { host, port, socketPath } = settings;
  const options = transportOptions(settings, transport === 'tls');
  const connection = new pg.Connection(options as pg.ConnectionConfig) as unknown as CancelConnection;
  return new Promise((resolve) => {
    const request = (): void => connection.cancel(Number(processId), Number(secretKey));
    const end = (): void => {
      connection.stream.destroy();
      resolve();
    };
    connection.on('connect', transport === 'tls' ? () => connection.requestSsl() : request);
    connection.on('sslconnect', request);
    connection.on('end', end);
    connection.on('error', end);
    if (socketPath === null) connection.connect(port, host);
    else connection.connect(`${socketPath}/.s.PGSQL.${port}`);
  });
}
