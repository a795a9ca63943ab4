import { setTimeout as sleep } from 'node:timers/promises';
import { RowproofError } from '../core/errors.js';
import type { ConnectionSettings, Engine } from '../engines/engine.js';
import type { WriteDialect, WriteOptions, WriteSession } from '../engines/write.js';

/** The target as it is written to. */
export interface WriteTarget {
  readonly engine: Engine;
  readonly dialect: WriteDialect;
  readonly settings: ConnectionSettings;
  readonly options: WriteOptions;
  /** Where the target is, without account and password. */
  readonly name: string;
}

const MOST_ATTEMPTS = 6;
const FIRST_WAIT_MS = 200;

/** One writing session, opened again where it was lost, and only to the server that it was opened to first. */
export class WriteConnection {
  readonly target: WriteTarget;
  #session: WriteSession | null = null;
  #identity: string | null = null;

  constructor(target: WriteTarget) {
    this.target = target;
  }

  /** The session, connected; throws where the server cannot be reached for some time, or is another than before. */
  async session(): Promise<WriteSession> {
    if (this.#session !== null && !this.#session.broken) return this.#session;
    await this.close();
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#open();
      } catch (error) {
        if (error instanceof RowproofError) throw error;
        const { transient, message } = this.target.engine.classifyError(error);
        if (!transient || attempt === MOST_ATTEMPTS) throw cannotConnect(this.target, message, error);
      }
      await sleep(FIRST_WAIT_MS * 2 ** attempt);
    }
  }

  /** Begins a transaction in which all settings hold. */
  async begin(): Promise<WriteSession> {
    const session = await this.session();
    await this.target.dialect.begin(session, this.target.options);
    return session;
  }

  /** Ends a transaction without its effects; a session that cannot is given up, which has the server do it. */
  async rollBack(): Promise<void> {
    try {
      await this.#session?.execute('ROLLBACK');
    } catch {
      await this.close();
    }
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.close();
  }

  async #open(): Promise<WriteSession> {
    const { dialect, settings, name } = this.target;
    const session = await dialect.open(settings, this.target.options);
    try {
      const identity = await dialect.identify(session);
      if (this.#identity !== null && this.#identity !== identity) {
        throw new RowproofError({
          code: 'connect',
          message: `Another server than before answers at ${name}: nothing more is written.`,
          hint: 'Name the server itself rather than an address that moves, and apply again.',
        });
      }
      this.#identity = identity;
    } catch (error) {
      await session.close();
      throw error;
    }
    this.#session = session;
    return session;
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
