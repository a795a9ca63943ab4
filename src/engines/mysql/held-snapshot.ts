import { RowproofError } from '../../core/errors.js';
import type { ControlRow } from '../session.js';
import { bindToSession, isOtherSession, otherSession, type SessionBond, tableOf } from './bound-query.js';
import { EMPTIED } from './errors.js';
import type { SessionState } from './session-state.js';

/** Said in full, because a default of the server's could begin another transaction or end the session with it. */
export const END = 'ROLLBACK AND NO CHAIN NO RELEASE';
/** Both servers take the words in this order, and since the same releases. */
const BEGIN = 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY';
/** InnoDB: WITH CONSISTENT SNAPSHOT was ignored because this phrase can only be used with REPEATABLE READ isolation level. */
const OF_SNAPSHOTS = /CONSISTENT SNAPSHOT/i;
const SAVE = 'SAVEPOINT rowproof_snapshot';
const BACK = 'ROLLBACK TO SAVEPOINT rowproof_snapshot';

/** What a transaction that lasts needs of its connection. */
interface SnapshotConnection {
  isBroken(): boolean;
  run(sql: string): Promise<readonly ControlRow[]>;
  abort(): void;
}

/**
 * One transaction in which everything is read as of its begin.
 *
 * After each statement it goes back to a savepoint: MySQL gives the lock on the table back then, so that whoever wants to alter
 * it need not wait; and a transaction that is gone without a word has no such savepoint.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/innodb-consistent-read.html
 */
export class HeldSnapshot {
  readonly #connection: SnapshotConnection;
  readonly #bond: SessionBond;
  readonly #showsEmptied: boolean;

  private constructor(connection: SnapshotConnection, bond: SessionBond, { showsEmptied }: SessionState) {
    this.#connection = connection;
    this.#bond = bond;
    this.#showsEmptied = showsEmptied;
  }

  /** `note` takes what the server says of itself and of its settings, and throws where that will not do. */
  static async begin(
    connection: SnapshotConnection,
    state: SessionState,
    note: (row: ControlRow) => SessionBond,
  ): Promise<HeldSnapshot> {
    await connection.run(END);
    const before = await readWarnings(connection);
    await connection.run(BEGIN);
    const warnings = (await readWarnings(connection)).filter(
      (warning) => OF_SNAPSHOTS.test(warning) || !before.includes(warning),
    );
    if (warnings.length > 0) throw refusedSnapshot(warnings.join(' '));
    const [row = {}] = await connection.run(state.question);
    const bond = note(row);
    await connection.run(SAVE);
    return new HeldSnapshot(connection, bond, state);
  }

  /** The result is handed over once it is sure that the transaction is still there. */
  async run<Result>(sql: string, work: (sql: string) => Promise<Result>): Promise<Result> {
    try {
      const result = await work(bindToSession(sql, this.#bond) ?? sql);
      if (this.#connection.isBroken()) return result;
      if (this.#showsEmptied) await this.#assertNotEmptied(sql);
      await this.#goBack();
      return result;
    } catch (error) {
      // What fails is in the log, and the session is broken then.
      if (!this.#connection.isBroken()) await this.#goBack().catch(() => undefined);
      throw isOtherSession(error) ? otherSession(error) : error;
    }
  }

  /** Of a table that looks empty it is not known whether it was, so that it is read as it is. */
  async #assertNotEmptied(sql: string): Promise<void> {
    const table = tableOf(sql);
    if (table === null) return;
    const rows = await this.#connection.run(`SELECT 1 FROM ${table} LIMIT 1`);
    if (rows.length > 0) return;
    throw Object.assign(new Error('the table is empty, or was emptied after the snapshot was taken'), {
      code: EMPTIED,
    });
  }

  async #goBack(): Promise<void> {
    try {
      await this.#connection.run(BACK);
    } catch (error) {
      this.#connection.abort();
      throw error;
    }
  }
}

/** Those of the last statement that had any: MySQL 5.6 keeps them where the statement since then has none. */
async function readWarnings({ run }: SnapshotConnection): Promise<readonly string[]> {
  return (await run('SHOW WARNINGS')).map(({ Message }) => Message ?? '');
}

function refusedSnapshot(warning: string): RowproofError {
  return new RowproofError({
    code: 'session-state',
    message: `The server began no snapshot: ${warning.replace(/\.$/, '')}.`,
    hint: 'Connect to the database itself rather than through a proxy, or leave --snapshot out.',
  });
}
