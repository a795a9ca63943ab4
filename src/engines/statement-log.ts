import type { Log, LogFields } from '../core/log.js';
import { hideLiterals } from './hide-literals.js';
import type { Lexicon } from './sql-tokens.js';

/** A statement may hold values of many megabytes; what it is about stands at its beginning. */
const LONGEST_SQL = 16_384;

export interface LoggedStatement {
  readonly sql: string;
  /** What is done with it: its rows are read, it is run, or only parsed. */
  readonly use: 'query' | 'parse' | 'rows' | 'write';
  /** The server's number of the session that runs it, which through a pool is only known afterwards. */
  readonly session: () => string;
}

/** Says in a log which statements one session sends, how long each takes, and why one fails. */
export class StatementLog {
  readonly log: Log;
  readonly #lexicon: Lexicon;
  #sent = 0;

  constructor(log: Log, lexicon: Lexicon) {
    this.log = log;
    this.#lexicon = lexicon;
  }

  /** Sends a statement; the line before it is there also where no answer ever comes. */
  async around<Result>(statement: LoggedStatement, work: () => Promise<Result>): Promise<Result> {
    const { log } = this;
    const number = ++this.#sent;
    const startedMs = log.nowMs;
    const place = (): LogFields => ({ session: statement.session(), statement: number });
    log.debug('sql:send', () => ({ ...place(), use: statement.use, ...this.#describe(statement.sql) }));
    try {
      const result = await work();
      log.debug('sql:end', () => ({ ...place(), ms: log.nowMs - startedMs }));
      return result;
    } catch (error) {
      this.failed(statement, error, { ...place(), ms: log.nowMs - startedMs });
      throw error;
    }
  }

  /** Says why a statement failed, with its text, which the line of its sending has only where all is logged. */
  failed({ sql, use }: LoggedStatement, error: unknown, place: LogFields): void {
    const { log } = this;
    log.info('sql:fail', () => ({ ...place, use, ...this.#describe(sql), ...log.describeError(error) }));
  }

  #describe(sql: string): LogFields {
    const shown = sql.slice(0, LONGEST_SQL);
    return {
      sql: this.log.hidesValues ? hideLiterals(shown, this.#lexicon) : shown,
      ...(sql.length > shown.length && { sqlLength: sql.length }),
    };
  }
}
