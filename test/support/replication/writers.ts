import { setTimeout as delay } from 'node:timers/promises';
import type { TestSession } from '../database.js';
import { mysqlAdmin } from '../mysql-admin.js';
import { postgresqlAdmin } from '../postgresql-admin.js';

/** The table that writers write to, in words of every engine. */
export const HOT_TABLE = 'CREATE TABLE hot (id INTEGER NOT NULL PRIMARY KEY, value VARCHAR(40) NOT NULL)';

/** How much is written, and where. */
export interface WriterOptions {
  readonly sessions?: number;
  /** Rows that each session has for itself, all of which it writes again and again. */
  readonly rows?: number;
  /** How long each session rests between two transactions. */
  readonly restMs?: number;
}

export interface Writers {
  /** How many transactions were committed so far. */
  readonly transactions: () => number;
  /** Lets what is under way end. */
  readonly stop: () => Promise<void>;
}

/** Each session writes to keys of its own, so that none waits for another one. */
const RANGE = 1_000_000;

/**
 * Fills the table `hot` and writes to it all the time: inserts, deletes, changes of keys and values, swaps of two rows, values
 * that change and change back, rows that come and go.
 */
export async function startWriters(
  url: string,
  { sessions = 4, rows = 50, restMs = 0 }: WriterOptions = {},
): Promise<Writers> {
  const admin = new URL(url).protocol.startsWith('postgres') ? postgresqlAdmin(url) : mysqlAdmin(url);
  const opened = await Promise.all(Array.from({ length: sessions }, () => admin.openSession(url)));
  const state = { isStopped: false, transactions: 0 };
  const ended = Promise.all(
    opened.map(async (session, number) => {
      const writer = new Writer(session, number * RANGE, rows);
      await writer.fill();
      while (!state.isStopped) {
        await writer.write();
        state.transactions++;
        if (restMs > 0) await delay(restMs);
      }
    }),
  );
  // Whoever stops the writers is told of an error.
  ended.catch(() => undefined);
  return {
    transactions: () => state.transactions,
    stop: async () => {
      state.isStopped = true;
      try {
        await ended;
      } finally {
        await Promise.all(opened.map((session) => session.close()));
      }
    },
  };
}

/** One session and the rows that are its own. */
class Writer {
  readonly #session: TestSession;
  readonly #first: number;
  readonly #rows: number;
  #turn = 0;

  constructor(session: TestSession, first: number, rows: number) {
    this.#session = session;
    this.#first = first;
    this.#rows = rows;
  }

  async fill(): Promise<void> {
    const values = Array.from({ length: this.#rows }, (_, i) => `(${this.#first + i}, 'first')`);
    await this.#session.run(`INSERT INTO hot VALUES ${values.join(', ')}`);
  }

  /** One transaction; which one goes round, over rows that go round in another step. */
  async write(): Promise<void> {
    this.#turn++;
    const row = this.#first + ((this.#turn * 7) % this.#rows);
    const other = this.#first + ((this.#turn * 7 + 1) % this.#rows);
    const away = this.#first + RANGE / 2 + (this.#turn % this.#rows);
    const kinds: readonly (readonly string[])[] = [
      [`UPDATE hot SET value = 'turn ${this.#turn}' WHERE id = ${row}`],
      // There and back, each a transaction of its own.
      [`UPDATE hot SET value = 'A' WHERE id = ${row}`],
      [`UPDATE hot SET value = 'B' WHERE id = ${row}`],
      [`UPDATE hot SET value = 'A' WHERE id = ${row}`],
      [`INSERT INTO hot VALUES (${away}, 'comes')`],
      [`DELETE FROM hot WHERE id = ${away - 1}`],
      [`DELETE FROM hot WHERE id = ${away}`, `DELETE FROM hot WHERE id = ${away - 2}`],
      this.#moveKey(row),
      this.#swap(row, other),
      [`DELETE FROM hot WHERE id = ${row}`, `INSERT INTO hot VALUES (${row}, 'again')`],
    ];
    const statements = kinds[this.#turn % kinds.length] ?? [];
    await this.#commit(statements);
  }

  /** Without a primary key sessions may stand in each other's way; the server has taken back what it ends so. */
  async #commit(statements: readonly string[]): Promise<void> {
    try {
      await this.#session.run(['BEGIN', ...statements, 'COMMIT'].join(';'));
    } catch (error) {
      if (!(error instanceof Error) || !/deadlock/i.test(error.message)) throw error;
      await this.#session.run('ROLLBACK');
    }
  }

  /** Gives a row another key and the row that it had back. */
  #moveKey(row: number): readonly string[] {
    const free = this.#first + RANGE - 1;
    return [
      `UPDATE hot SET id = ${free} WHERE id = ${row}`,
      `INSERT INTO hot VALUES (${row}, 'moved')`,
      `DELETE FROM hot WHERE id = ${free}`,
    ];
  }

  #swap(row: number, other: number): readonly string[] {
    const free = this.#first + RANGE - 1;
    return [
      `UPDATE hot SET id = ${free} WHERE id = ${row}`,
      `UPDATE hot SET id = ${row} WHERE id = ${other}`,
      `UPDATE hot SET id = ${other} WHERE id = ${free}`,
    ];
  }
}
