import { setTimeout as delay } from 'node:timers/promises';
import type { TestSession } from '../support/database.js';
import { mysqlAdmin } from '../support/mysql-admin.js';
import { postgresqlAdmin } from '../support/postgresql-admin.js';

/** Rows that are written to all the time; all others stay as they are. */
export const HOT_ROWS = 300;
/** Where the keys of rows begin that come and go. */
const PASSING_ROWS = 500_000;
const WRITERS = 3;
/** A pause of each writer, so that several hundred transactions a second come about and a replica can follow. */
const PAUSE_MS = 4;

/** Writers at work. */
export interface Writers {
  /** Ends them; resolves with how many transactions were done. */
  stop(): Promise<number>;
}

/** Writes to the hot rows of `orders`: changes, comes and goes, swaps, new keys, values that go away and come back. */
export async function startWriters(url: string): Promise<Writers> {
  let isStopped = false;
  let written = 0;
  const work = async (writer: number): Promise<void> => {
    const session = await openSession(url);
    try {
      while (!isStopped) {
        // Two writers may want one key, or one row; whoever comes second writes nothing.
        await write(session, writer).then(
          () => written++,
          () => session.run('ROLLBACK'),
        );
        await delay(PAUSE_MS);
      }
    } finally {
      await session.close();
    }
  };
  const working = Promise.all(Array.from({ length: WRITERS }, (_, writer) => work(writer)));
  return {
    stop: async () => {
      isStopped = true;
      await working;
      return written;
    },
  };
}

function openSession(url: string): Promise<TestSession> {
  const admin = url.startsWith('postgres') ? postgresqlAdmin(url) : mysqlAdmin(url);
  return admin.openSession(url);
}

async function write(session: TestSession, writer: number): Promise<void> {
  const id = 1 + Math.floor(Math.random() * HOT_ROWS);
  const other = 1 + Math.floor(Math.random() * HOT_ROWS);
  const moved = id + PASSING_ROWS;
  switch (Math.floor(Math.random() * 8)) {
    case 0:
    case 1:
      return session.run(`UPDATE orders SET amount = amount + 1 WHERE id = ${id}`);
    case 2:
      return session.run(
        `UPDATE orders SET note = CASE WHEN note = 'A' THEN 'B' ELSE 'A' END WHERE id = ${id}`,
      );
    case 3:
      return session.run(`DELETE FROM orders WHERE id = ${id}`);
    case 4:
      return session.run(`INSERT INTO orders (id, amount, note) VALUES (${id}, ${writer}, 'again')`);
    case 5:
      await session.run(`INSERT INTO orders (id, amount, note) VALUES (${moved}, 1, 'passes')`);
      return session.run(`DELETE FROM orders WHERE id = ${moved}`);
    case 6:
      await session.run(`UPDATE orders SET id = ${moved} WHERE id = ${id}`);
      return session.run(`UPDATE orders SET id = ${id} WHERE id = ${moved}`);
    default:
      await session.run('BEGIN');
      await session.run(`UPDATE orders SET note = 'swap ${writer}' WHERE id = ${id}`);
      await session.run(`UPDATE orders SET note = 'swap ${writer}' WHERE id = ${other}`);
      return session.run('COMMIT');
  }
}
