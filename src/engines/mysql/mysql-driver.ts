import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type mysql from 'mysql2';
import { RowproofError } from '../../core/errors.js';
import type { Finding } from '../../core/finding.js';
import type { Column } from '../../core/schema.js';
import type { ConnectionSettings } from '../connection-settings.js';
import { GatheredReads } from '../gathered-reads.js';
import type { ServerIdentity } from '../server-identity.js';
import { closed, sayGoodbye } from '../server-socket.js';
import type { ControlRow, SpanListener } from '../session.js';
import type { SnapshotBegun, SnapshotStart } from '../snapshots.js';
import type { SqlSession } from '../sql-session.js';
import type { WireBudget } from '../wire-budget.js';
import { severalResults, toControlRow } from './control-rows.js';
import { GatheredRowsCommand, type RowsRequest } from './gathered-rows-driver.js';
import { loginToMysql, type MysqlLogin } from './login-driver.js';
import { type ExecuteOptions, RawRowsCommand } from './raw-rows-driver.js';
import { ReadTransactions } from './read-transactions.js';

/** Connects with the TLS that was asked for; the signal ends it at any step. */
export async function connectMysql(
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<MysqlConnection> {
  const login = await loginToMysql(settings, { signal, multipleStatements: false });
  const connection = new MysqlConnection(login, settings);
  try {
    await connection.begin();
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

/** A connection whose rows can be read raw. Lost connections only mark it broken; the running read gets the error. */
export class MysqlConnection implements SqlSession {
  broken = false;
  readonly findings: readonly Finding[];
  readonly #connection: mysql.Connection;
  readonly #budget: WireBudget;
  readonly #transactions: ReadTransactions;
  readonly #gathered = new GatheredReads((requests: readonly RowsRequest[]) => this.#readAll(requests));
  readonly #pending = new Set<(error: RowproofError) => void>();
  /** The statement that was read last, as long as the server has not been told that it is not wanted any more. */
  #unclosed: string | null = null;
  /** What whoever closes it first has begun. */
  #leaving: Promise<void> | null = null;

  constructor({ connection, budget, findings }: MysqlLogin, settings: ConnectionSettings) {
    this.#connection = connection;
    this.#budget = budget;
    this.findings = findings;
    this.#transactions = new ReadTransactions(
      {
        isBroken: () => this.broken,
        run: (sql) => this.#run(sql),
        cancel: () => this.#cancel(settings),
        abort: () => this.#abort(),
      },
      settings,
    );
    // Every statement that is under way gets the error too.
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

  get receivedBytes(): number {
    return (this.#stream as Socket).bytesRead;
  }

  /** Prepares the session and finds out who the server is. */
  begin(): Promise<void> {
    return this.#track(() => this.#transactions.open());
  }

  query(sql: string): Promise<readonly ControlRow[]> {
    return this.#transact(sql, (bound) => this.#run(bound));
  }

  parse(sql: string): Promise<void> {
    return this.#transact('', async () => {
      await this.#prepare(sql);
      this.#unclosed = sql;
    });
  }

  runOutside(sql: string): Promise<readonly ControlRow[]> {
    return this.#track(() => this.#transactions.outside(sql));
  }

  async beginSnapshot({ longestMs }: SnapshotStart): Promise<SnapshotBegun> {
    await this.#track(() => this.#transactions.beginSnapshot(longestMs));
    return { name: null };
  }

  readRows(sql: string, columns: readonly Column[], onSpan: SpanListener): Promise<void> {
    const request = { sql, columns, onSpan };
    // Behind a proxy the number that the server knows the session by is another one.
    const mayGather = this.#transactions.mayGather && this.cancelKey !== null;
    return mayGather ? this.#gathered.add(request) : this.#readOne(request);
  }

  #readAll(requests: readonly RowsRequest[]): Promise<void> {
    const [first] = requests;
    if (first !== undefined && requests.length === 1) return this.#readOne(first);
    const statements = requests.map(({ sql }) => sql);
    return this.#track(() => this.#transactions.runAll(statements, (bound) => this.#runAll(requests, bound)));
  }

  #runAll(requests: readonly RowsRequest[], bound: readonly string[]): Promise<void> {
    this.#budget.renew();
    return new Promise((resolve, reject) => {
      const onEnd = (error: unknown): void => {
        if (error !== null) this.#discard();
        if (error === null) resolve();
        else reject(error);
      };
      const wanted = requests.map((request, i) => ({ ...request, sql: bound[i] ?? request.sql }));
      this.#sendAfterClose(() => this.#add(new GatheredRowsCommand(wanted, onEnd)));
    });
  }

  #readOne({ sql, columns, onSpan }: RowsRequest): Promise<void> {
    return this.#transact(sql, async (bound) => {
      this.#budget.renew();
      const statement = await this.#prepare(bound);
      try {
        await this.#execute({ statement, sql: bound, values: [] }, columns, onSpan);
      } finally {
        this.#unclosed = bound;
      }
    });
  }

  #transact<Result>(sql: string, work: (bound: string) => Promise<Result>): Promise<Result> {
    return this.#track(() => this.#transactions.run(sql, work));
  }

  async #cancel(settings: ConnectionSettings): Promise<void> {
    if (this.cancelKey === null) this.#abort();
    else await cancelMysql(settings, [this.cancelKey], AbortSignal.timeout(settings.connectTimeoutMs));
  }

  #run(sql: string): Promise<readonly ControlRow[]> {
    this.#budget.renew();
    return new Promise((resolve, reject) => {
      this.#sendAfterClose(() =>
        this.#connection.query({ sql, rowsAsArray: false }, (error, rows) => {
          if (error) reject(error);
          else if (!Array.isArray(rows)) resolve([]);
          else if (rows.some(Array.isArray)) reject(severalResults());
          else resolve(rows.map(toControlRow));
        }),
      );
    });
  }

  #prepare(sql: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#sendAfterClose(() =>
        this.#connection.prepare(sql, (error, statement) => (error ? reject(error) : resolve(statement))),
      );
    });
  }

  /** Closing a statement has no answer, so it goes in one packet with what is sent next. */
  #sendAfterClose(send: () => void): void {
    const unclosed = this.#unclosed;
    if (unclosed === null || this.broken) {
      send();
      return;
    }
    const stream = this.#stream;
    this.#unclosed = null;
    stream.cork();
    this.#connection.unprepare(unclosed);
    send();
    stream.uncork();
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
      this.#add(command);
    });
  }

  #add(command: unknown): void {
    (this.#connection as unknown as { addCommand(command: unknown): void }).addCommand(command);
  }

  together<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#transactions.together(work);
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
    this.#leaving ??= sayGoodbye(this.#leave(), () => this.#abort());
    await this.#leaving;
  }

  /** The end of the last transaction is still under way. */
  async #leave(): Promise<void> {
    await this.#transactions.close();
    if (this.broken) return;
    const stream = this.#stream;
    this.#connection.end();
    await closed(stream);
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
    // Where it is we who refused what the server said, that is the reason.
    const { fatalError } = this.#connection as unknown as { readonly fatalError: unknown };
    const error =
      fatalError instanceof RowproofError
        ? fatalError
        : new RowproofError({
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

/** Cancels what sessions are doing, on the server that they are on and on no other: there a number is somebody else's. */
export async function cancelMysql(
  settings: ConnectionSettings,
  cancelKeys: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const session = await connectMysql(settings, signal);
  try {
    // A statement that has ended meanwhile cannot be cancelled any more.
    for (const key of cancelKeys) await session.query(`KILL QUERY ${BigInt(key)}`).catch(() => []);
  } finally {
    await session.close();
  }
}
