import type { Duplex } from 'node:stream';
import type mysql from 'mysql2';
import { RowproofError } from '../../core/errors.js';
import type { Finding } from '../../core/finding.js';
import type { Column } from '../../core/schema.js';
import type { ConnectionSettings, ControlRow, Session, SpanListener } from '../engine.js';
import { awaitGoodbye } from '../server-socket.js';
import type { WireBudget } from '../wire-budget.js';
import { loginToMysql, type MysqlLogin } from './login-driver.js';
import { type ExecuteOptions, RawRowsCommand } from './raw-rows-driver.js';

/** Connects with the TLS that was asked for; the signal ends it at any step. */
export async function connectMysql(
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<MysqlConnection> {
  return new MysqlConnection(await loginToMysql(settings, signal));
}

/** A connection whose rows can be read raw. Lost connections only mark it broken; the running read gets the error. */
export class MysqlConnection implements Session {
  broken = false;
  readonly serverSessionId: string;
  readonly findings: readonly Finding[];
  readonly #connection: mysql.Connection;
  readonly #budget: WireBudget;
  readonly #pending = new Set<(error: RowproofError) => void>();

  constructor({ connection, budget, findings }: MysqlLogin) {
    this.#connection = connection;
    this.#budget = budget;
    this.findings = findings;
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
    this.#connection.end();
    await awaitGoodbye(this.#stream);
  }

  /** The socket itself: mysql2's own pause would keep a copy of every packet that still comes. */
  get #stream(): Duplex {
    return (this.#connection as unknown as { readonly stream: Duplex }).stream;
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
    this.#budget.renew();
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
