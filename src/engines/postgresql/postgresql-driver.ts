import type { Socket } from 'node:net';
import type pg from 'pg';
import { RowproofError } from '../../core/errors.js';
import type { Finding } from '../../core/finding.js';
import type { Column } from '../../core/schema.js';
import type { ConnectionSettings } from '../connection-settings.js';
import { GatheredReads } from '../gathered-reads.js';
import { assertExpectedServer, type ServerIdentity } from '../server-identity.js';
import { sayGoodbye } from '../server-socket.js';
import type { ControlRow, SpanListener } from '../session.js';
import { SharedTransaction } from '../shared-transaction.js';
import type { SnapshotBegun, SnapshotStart } from '../snapshots.js';
import type { SqlSession, StatementSettings } from '../sql-session.js';
import { Turns } from '../turns.js';
import type { WireBudget } from '../wire-budget.js';
import { bindToServer, explainOtherServer } from './bound-query.js';
import { HeldSnapshot } from './held-snapshot.js';
import { loginToPostgresql, type PostgresqlLogin } from './login-driver.js';
import { assertRole } from './server-role.js';
import { ACCOUNT_PATH, buildOpening, END, SessionState } from './session-state.js';
import { ParseQuery, RowsQuery, type RowsRequest } from './wire-queries.js';

/** Connects with the TLS that was asked for; the signal ends it at any step. */
export async function connectPostgresql(
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<PostgresqlConnection> {
  const connection = new PostgresqlConnection(await loginToPostgresql(settings, signal), settings);
  try {
    await connection.begin();
    return connection;
  } catch (error) {
    // Saying goodbye would wait for a server that did not let us in; an open socket keeps the process from ending.
    connection.broken = true;
    await connection.close();
    throw error;
  }
}

/** Every value of a result as the server's own text. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;
const STANDBY: Finding = {
  code: 'standby',
  message:
    'the server is a standby. What it has not taken over from its primary yet is compared as it was before.',
  hint: 'Name the primary, or compare when replication has caught up.',
};
/** For questions of the engine itself, which read no table of a user. */
const NO_SETTINGS: StatementSettings = {};
const NOBODY: ServerIdentity = { id: '', place: '', started: null, asked: null };

/** What a transaction that reads share was begun with, and what the server said of itself. */
interface Begun {
  readonly settings: StatementSettings;
  readonly answer: ControlRow;
}

/** What pg keeps of the login, and the socket under it; the version is pinned for it. */
interface ClientParts {
  readonly processID: number;
  readonly secretKey: number;
  readonly connection: { readonly stream: Socket };
}

/** A connection whose rows can be read raw. Lost connections only mark it broken; the running read gets the error. */
export class PostgresqlConnection implements SqlSession {
  broken = false;
  serverSessionId = '';
  server = NOBODY;
  findings: readonly Finding[];
  readonly #client: pg.Client;
  readonly #budget: WireBudget;
  readonly #settings: ConnectionSettings;
  readonly #turns = new Turns();
  #state: SessionState | null = null;
  readonly #shared = new SharedTransaction<Begun>();
  readonly #gathered = new GatheredReads((requests: readonly RowsRequest[]) => this.#readAll(requests));
  #held: HeldSnapshot | null = null;
  #busy = 0;
  /** What whoever closes it first has begun. */
  #leaving: Promise<void> | null = null;

  constructor({ client, budget, findings }: PostgresqlLogin, settings: ConnectionSettings) {
    this.#client = client;
    this.#budget = budget;
    this.#settings = settings;
    this.findings = findings;
    // Every statement that is under way gets the error too.
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
    return `${processID} ${secretKey}`;
  }

  get receivedBytes(): number {
    return this.#parts.connection.stream.bytesRead;
  }

  /** Finds out what the server has and who it is. */
  async begin(): Promise<void> {
    const rows = await this.#runSimple(buildOpening(this.#settings));
    this.#state = SessionState.of(this.#settings, rows[1] ?? []);
    const isStandby = await this.#transact({}, async ({ recovering }) => recovering === 't');
    assertRole(this.#settings.role, { isStandby, refusesWrites: rows[1]?.[0]?.writes_refused === 'on' });
    if (isStandby) this.findings = [...this.findings, STANDBY];
  }

  query(sql: string, settings: StatementSettings = NO_SETTINGS): Promise<readonly ControlRow[]> {
    return this.#transact(settings, async (answer) => {
      const statement = { text: bindToServer(sql, answer), types: AS_TEXT, queryMode: 'extended' };
      return (await this.#client.query<ControlRow>(statement)).rows ?? [];
    });
  }

  parse(sql: string): Promise<void> {
    return this.#transact(ACCOUNT_PATH, () => this.#submit((onEnd) => new ParseQuery(sql, onEnd)));
  }

  runOutside(sql: string): Promise<readonly ControlRow[]> {
    return this.#turns.take(async () => {
      await this.#endShared();
      return (await this.#runSimple(sql)).at(-1) ?? [];
    });
  }

  beginSnapshot(start: SnapshotStart): Promise<SnapshotBegun> {
    return this.#turns.take(async () => {
      const run = (sql: string) => this.#runSimple(sql);
      this.#held = await HeldSnapshot.begin(run, start);
      this.#state = this.#state?.inSnapshot() ?? null;
      return { name: this.#held.name };
    });
  }

  readRows(sql: string, _columns: readonly Column[], onSpan: SpanListener): Promise<void> {
    const request = { text: sql, onSpan };
    return this.#shared.isWanted && this.#held === null
      ? this.#gathered.add(request)
      : this.#readAll([request]);
  }

  #readAll(wanted: readonly RowsRequest[]): Promise<void> {
    return this.#transact(ACCOUNT_PATH, (answer) => {
      const requests = wanted.map(({ text, onSpan }) => ({ text: bindToServer(text, answer), onSpan }));
      return this.#submit((onEnd) => new RowsQuery({ requests, onStop: () => this.#destroy(), onEnd }));
    });
  }

  together<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#shared.during(work, () => void this.#turns.take(() => this.#endShared()));
  }

  pause(): void {
    this.#parts.connection.stream.pause();
  }

  resume(): void {
    this.#parts.connection.stream.resume();
  }

  async close(): Promise<void> {
    if (this.broken || this.#busy > 0) return this.#destroy();
    this.#leaving ??= sayGoodbye(this.#leave(), () => this.#destroy());
    await this.#leaving;
  }

  /** The end of the last transaction is still under way. */
  async #leave(): Promise<void> {
    await this.#turns.take(async () => {});
    if (!this.broken) await this.#client.end();
  }

  /**
   * Runs a statement in a read-only transaction of its own, on the server that is expected. The result is handed over
   * before the transaction has ended; the next one begins after that.
   */
  #transact<Result>(
    settings: StatementSettings,
    work: (answer: ControlRow) => Promise<Result>,
  ): Promise<Result> {
    this.#busy++;
    return new Promise<Result>((resolve, reject) => {
      void this.#turns.take(async () => {
        try {
          const answer = await this.#beginOrShare(settings);
          this.#budget.renew();
          const result = await work(answer);
          if (!this.broken) await this.#held?.assertAsItWas();
          resolve(result);
          if (this.#shared.isOpen) return;
        } catch (error) {
          reject(explainOtherServer(error));
        } finally {
          this.#busy--;
        }
        await this.#end();
      });
    });
  }

  async #endShared(): Promise<void> {
    if (this.#shared.isOpen) await this.#end();
  }

  /** A transaction that cannot be ended ends with its connection, which counts as broken from then on. */
  async #end(): Promise<void> {
    this.#shared.noteEnded();
    if (!this.broken) await this.#runSimple(this.#held?.end ?? END).catch(() => this.#destroy());
  }

  /** A read may share the transaction of another one with the same settings, where these are those of rows or of no statement alone. */
  async #beginOrShare(settings: StatementSettings): Promise<ControlRow> {
    const mayShare = (settings === ACCOUNT_PATH || settings === NO_SETTINGS) && this.#held === null;
    const begun = mayShare ? this.#shared.young : null;
    if (begun?.settings === settings) return begun.answer;
    await this.#endShared();
    const answer = await this.#begin(settings);
    if (mayShare) this.#shared.offer({ settings, answer });
    return answer;
  }

  /** Returns who the server says it is. */
  async #begin(settings: StatementSettings): Promise<ControlRow> {
    if (this.#state === null)
      throw new RowproofError({ code: 'internal', message: 'The session was not opened' });
    const held = this.#held;
    const results = await this.#runSimple(
      held === null ? this.#state.buildBegin(settings) : held.buildBegin(this.#state, settings),
    );
    const [row = {}] = results.at(-1) ?? [];
    held?.assertSame(results);
    const server = this.#state.identify(row);
    assertExpectedServer(this.#settings.server, server);
    this.#state.assertConfirmed(row);
    this.serverSessionId = row.pid ?? '';
    this.server = server;
    return row;
  }

  /** Runs statements of our own that need no result of the others; returns the rows of each. */
  async #runSimple(sql: string): Promise<readonly (readonly ControlRow[])[]> {
    this.#budget.renew();
    const result: unknown = await this.#client.query({ text: sql, types: AS_TEXT });
    return [result].flat().map((each) => (each as { readonly rows: readonly ControlRow[] }).rows);
  }

  #submit(query: (onEnd: (error: unknown) => void) => ParseQuery | RowsQuery): Promise<void> {
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
