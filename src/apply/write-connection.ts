import { setTimeout as sleep } from 'node:timers/promises';
import { RowproofError } from '../core/errors.js';
import type { Log } from '../core/log.js';
import type { ConnectionSettings } from '../engines/connection-settings.js';
import type { Engine } from '../engines/engine.js';
import type { BegunTransaction, WriteDialect, WriteOptions, WriteSession } from '../engines/write.js';

/** The target as it is written to. */
export interface WriteTarget {
  readonly engine: Engine;
  readonly dialect: WriteDialect;
  readonly settings: ConnectionSettings;
  readonly options: WriteOptions;
  /** Where the target is, without account and password. */
  readonly name: string;
  readonly log: Log;
  /** Ends every wait; once it is aborted no connection is opened any more. */
  readonly stop: AbortSignal;
}

const MOST_ATTEMPTS = 6;
const FIRST_WAIT_MS = 200;

/**
 * One writing session, opened again where it was lost. Every transaction asks which server answers, and begins only on
 * the one whose catalog was read.
 */
export class WriteConnection {
  readonly target: WriteTarget;
  #session: WriteSession | null = null;
  /** What was begun and has not ended, as far as is known. */
  #transaction: BegunTransaction | null = null;

  constructor(target: WriteTarget) {
    this.target = target;
  }

  /** Begins a transaction in which all settings hold; throws where the server cannot be reached for some time. */
  async begin(): Promise<WriteSession> {
    const session = await this.#connect();
    this.#transaction = await this.target.dialect.begin(session, this.target.options);
    return session;
  }

  /** Reads in a transaction of its own, and once more where that fails for a reason that may pass. */
  async read<T>(work: (session: WriteSession) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(await this.begin());
      } catch (error) {
        const { transient } = this.target.engine.classifyError(error);
        const isOver = error instanceof RowproofError || attempt === MOST_ATTEMPTS;
        if (isOver || !(transient || this.#session?.broken)) throw error;
        this.#logRetry('read:retry', attempt, error);
      } finally {
        await this.rollBack();
      }
      await this.pause(FIRST_WAIT_MS * attempt);
    }
  }

  /** Ends a transaction with its effects. Rejects where the server does not say that it did; see `findOutcome`. */
  async commit(): Promise<void> {
    if (this.#session === null) throw new RangeError('There is no transaction to commit');
    await this.#session.execute('COMMIT');
    this.#transaction = null;
  }

  /** Ends a transaction without its effects; a session that cannot is given up, which has the server do it. */
  async rollBack(): Promise<void> {
    try {
      if (this.#session === null || this.#session.broken) return;
      await this.#session.execute('ROLLBACK');
      this.#transaction = null;
    } catch {
      // Why it cannot is in the log already, as the failure of a statement; the server ends what is open.
      await this.#closeSession();
    }
  }

  /** The transaction that is under way, or whose end is not known. */
  get transaction(): BegunTransaction | null {
    return this.#transaction;
  }

  #logRetry(event: string, attempt: number, error: unknown): void {
    const { log } = this.target;
    log.warn(event, () => ({ attempt, ...log.describeError(error) }));
  }

  /** Waits a while, or until the run is stopped, which ends the wait early and is all that its error says. */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.target.stop }).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#transaction = null;
    await this.#closeSession();
  }

  async #connect(): Promise<WriteSession> {
    if (this.#session !== null && !this.#session.broken) return this.#session;
    await this.#closeSession();
    const { dialect, settings, stop } = this.target;
    for (let attempt = 1; ; attempt++) {
      try {
        this.#session = await dialect.open(settings, stop);
        break;
      } catch (error) {
        if (error instanceof RowproofError) throw error;
        const { transient, message } = this.target.engine.classifyError(error);
        if (!transient || attempt === MOST_ATTEMPTS) throw cannotConnect(this.target, message, error);
        this.#logRetry('connection:retry', attempt, error);
      }
      await this.pause(FIRST_WAIT_MS * 2 ** attempt);
    }
    await this.#endLost(this.#session);
    return this.#session;
  }

  /**
   * Ends a transaction whose connection was lost: the server may not have noticed, and would keep its locks from the next
   * one. What it cannot end is waited for like everybody else's.
   */
  async #endLost(session: WriteSession): Promise<void> {
    const { endSql } = this.#transaction ?? { endSql: null };
    this.#transaction = null;
    if (endSql === null) return;
    await this.target.dialect.begin(session, this.target.options);
    // Whose transaction is over already has nothing to end.
    await session.query(endSql).catch(() => []);
    await this.rollBack();
  }

  async #closeSession(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.close();
  }
}

function cannotConnect({ name }: WriteTarget, message: string, cause: unknown): RowproofError {
  return new RowproofError({
    code: 'connect',
    message: `Cannot connect to the target ${name}: ${message.replace(/\.$/, '')}.`,
    hint: 'Apply the file again once the server can be reached: what was done is not done twice.',
    cause,
  });
}
