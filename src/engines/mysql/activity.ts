import type { SessionActivity } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { readMysqlCapabilities } from './capabilities.js';

/**
 * What a thread says while it waits for its rows to be taken: MariaDB, and MySQL.
 *
 * @see https://mariadb.com/kb/en/general-thread-states/
 * @see https://dev.mysql.com/doc/refman/8.4/en/general-thread-states.html
 */
const SENDING: ReadonlySet<string> = new Set(['Writing to net', 'Sending to client']);

/** Reads what another session of the account does; each account sees its own without a grant. */
export async function readMysqlActivity(session: SqlSession, sessionId: string): Promise<SessionActivity> {
  const { hasProcessList } = await readMysqlCapabilities(session);
  const read = (schema: string) =>
    session.query(
      `SELECT command AS command, state AS state FROM ${schema}.processlist WHERE id = ${BigInt(sessionId)}`,
    );
  // One that was switched off is empty, and would have ended every session.
  const [row] = hasProcessList
    ? await read('performance_schema').then((rows) => (rows.length > 0 ? rows : read('information_schema')))
    : await read('information_schema');
  if (row === undefined) return 'ended';
  if (row.command === 'Sleep') return 'idle';
  return SENDING.has(row.state ?? '') ? 'sending' : 'working';
}
