import { RowproofError } from '../../core/errors.js';
import type { ConnectionSettings } from '../connection-settings.js';
import { assertExpectedServer, type ServerIdentity } from '../server-identity.js';
import type { ControlRow } from '../session.js';
import { SharedTransaction } from '../shared-transaction.js';
import { Turns } from '../turns.js';
import { bindToSession, isOtherSession, otherSession, type SessionBond } from './bound-query.js';
import { END, HeldSnapshot } from './held-snapshot.js';
import { SessionState } from './session-state.js';

const BEGIN = 'START TRANSACTION READ ONLY';
/** What a transaction that reads share has been used for: only reads that bind themselves do without an answer to who is there. */
type Begun = 'asked' | 'not asked';
/** What transactions need of a connection. */
export interface TransactionConnection {
  isBroken(): boolean;
  /** Runs a statement as it is. */
  run(sql: string): Promise<readonly ControlRow[]>;
  /** Cancels the running statement from outside. */
  cancel(): Promise<void>;
  /** Cuts the connection off, with an error for what is under way. */
  abort(): void;
}

/** Runs each statement of a connection in a read-only transaction of its own, on the server that is expected. */
export class ReadTransactions {
  server: ServerIdentity = { id: '', place: '', started: null, asked: null };
  /** The number that the server of the last transaction knows the session by. */
  sessionId = '';
  readonly #connection: TransactionConnection;
  readonly #settings: ConnectionSettings;
  readonly #turns = new Turns();
  #state: SessionState | null = null;
  #bond: SessionBond | null = null;
  readonly #shared = new SharedTransaction<Begun>();
  #held: HeldSnapshot | null = null;

  constructor(connection: TransactionConnection, settings: ConnectionSettings) {
    this.#connection = connection;
    this.#settings = settings;
  }

  /** Prepares the session and finds out who the server is. */
  async open(): Promise<void> {
    const query = (sql: string): Promise<readonly ControlRow[]> => this.#connection.run(sql);
    this.#state = await SessionState.prepare({ query }, this.#settings);
    await this.run('', async () => {});
  }

  /** Whether reads may go together: other servers, and whoever stands between, may not expect a statement before they have answered. */
  get mayGather(): boolean {
    return this.#shared.isWanted && this.#held === null && this.#opened.isMariadb;
  }

  /** Runs one statement. The result is handed over before the transaction has ended; the next one begins after that. */
  run<Result>(sql: string, work: (sql: string) => Promise<Result>): Promise<Result> {
    return this.runAll([sql], ([bound = sql]) => work(bound));
  }

  /** Runs statements, of which there is more than one only while `mayGather`. */
  runAll<Result>(sql: readonly string[], work: (sql: readonly string[]) => Promise<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      void this.#turns.take(async () => {
        if (this.#held !== null) {
          const within = (bound: string) => this.#withinTime(() => work([bound]));
          await this.#held.run(sql[0] ?? '', within).then(resolve, reject);
          return;
        }
        try {
          resolve(await this.#inTransaction(sql, work));
          if (this.#shared.isOpen) return;
        } catch (error) {
          reject(error);
        }
        await this.#end();
      });
    });
  }

  /** Does work whose reads share transactions. */
  together<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#shared.during(work, () => void this.#turns.take(() => this.#endShared()));
  }

  async #endShared(): Promise<void> {
    if (this.#shared.isOpen) await this.#end();
  }

  /** A transaction that cannot be ended ends with its connection, which counts as broken from then on. */
  async #end(): Promise<void> {
    this.#shared.noteEnded();
    if (!this.#connection.isBroken()) await this.#connection.run(END).catch(() => this.#connection.abort());
  }

  /** Runs a statement between two transactions. */
  outside(sql: string): Promise<readonly ControlRow[]> {
    return this.#turns.take(async () => {
      await this.#endShared();
      return this.#connection.run(sql);
    });
  }

  /** Begins the transaction in which everything is read from now on; a second time, another one in its place. */
  beginSnapshot(longestMs: number): Promise<void> {
    return this.#turns.take(async () => {
      const query = (sql: string): Promise<readonly ControlRow[]> => this.#connection.run(sql);
      const state = await this.#opened.holdSnapshots({ query }, longestMs);
      this.#held = await HeldSnapshot.begin(this.#connection, state, (row) => this.#note(state, row));
      this.#state = state;
    });
  }

  /** Waits for the end of the last transaction, and gives the connection back as it was. */
  close(): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#connection.isBroken()) return;
      if (this.#held !== null) await this.#connection.run(END);
      await this.#endShared();
      await this.#state?.restore({ query: (sql) => this.#connection.run(sql) });
    });
  }

  async #inTransaction<Result>(
    sql: readonly string[],
    work: (sql: readonly string[]) => Promise<Result>,
  ): Promise<Result> {
    const bound = this.#bond === null ? null : bindAll(sql, this.#bond);
    if (bound === null) {
      await this.#beginAsked();
      return await this.#withinTime(() => work(sql));
    }
    if (this.#shared.young === null) {
      await this.#endShared();
      await this.#connection.run(BEGIN);
      this.#shared.offer('not asked');
    }
    try {
      return await this.#withinTime(() => work(bound));
    } catch (error) {
      if (!isOtherSession(error) || this.#connection.isBroken()) throw error;
      return await this.#bindAgain(sql, work);
    }
  }

  /** Begins a transaction in which the server says who it is, unless it has just said so in one that reads share. */
  async #beginAsked(): Promise<void> {
    if (this.#shared.young === 'asked') return;
    await this.#endShared();
    await this.#begin();
    this.#shared.offer('asked');
  }

  /** A proxy may give every transaction another session, which is asked then whether it will do. */
  async #bindAgain<Result>(
    sql: readonly string[],
    work: (sql: readonly string[]) => Promise<Result>,
  ): Promise<Result> {
    await this.#connection.run(END);
    const bond = await this.#begin();
    try {
      return await this.#withinTime(() => work(bindAll(sql, bond) ?? sql));
    } catch (error) {
      throw isOtherSession(error) ? otherSession(error) : error;
    }
  }

  async #begin(): Promise<SessionBond> {
    const state = this.#opened;
    await this.#connection.run(BEGIN);
    const [row = {}] = await this.#connection.run(state.question);
    this.#bond = this.#note(state, row);
    return this.#bond;
  }

  get #opened(): SessionState {
    if (this.#state !== null) return this.#state;
    throw new RowproofError({ code: 'internal', message: 'The session was not opened' });
  }

  /** Takes who answered, and refuses another server or other settings than wanted. */
  #note(state: SessionState, row: ControlRow): SessionBond {
    const server = state.identify(row);
    assertExpectedServer(this.#settings.server, server);
    state.assertConfirmed(row);
    this.sessionId = row.session_id ?? '';
    this.server = server;
    return state.bond(row);
  }

  /** Ends a statement that takes too long on a server that has no limit of its own, as MySQL 5.6. */
  async #withinTime<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#state?.limitsTime !== false) return work();
    const { statementTimeoutMs } = this.#settings;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      // The statement fails either way, with how long it took.
      this.#connection.cancel().catch(() => this.#connection.abort());
    }, statementTimeoutMs);
    try {
      return await work();
    } catch (error) {
      throw isLate ? tooSlow(statementTimeoutMs, error) : error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Null where one of them is no read. */
function bindAll(sql: readonly string[], bond: SessionBond): readonly string[] | null {
  const bound = sql.flatMap((each) => bindToSession(each, bond) ?? []);
  return bound.length === sql.length ? bound : null;
}

function tooSlow(limitMs: number, cause: unknown): RowproofError {
  return new RowproofError({
    code: 'timeout',
    message: `A statement took longer than ${limitMs / 1000} seconds.`,
    hint: 'Raise statement-timeout in the URL, or read fewer rows at a time with --chunk-rows.',
    cause,
  });
}
