import type { WriterLockAnswer, WriterLockRequest } from '../snapshots.js';
import type { SqlSession } from '../sql-session.js';
import { quoteName } from './dialect.js';
import { seesProcesses } from './lock-waits.js';

/** How long the lock is waited for; servers count it in seconds. */
const LONGEST_WAIT_S = 1;
const ER_LOCK_WAIT_TIMEOUT = 1205;

/** Statements of others that have run for a second or longer. Threads that replicate have commands of their own. */
const LONG_STATEMENTS = `SELECT COUNT(*) AS busy FROM information_schema.PROCESSLIST
  WHERE COMMAND IN ('Query', 'Execute') AND TIME >= 1 AND ID <> CONNECTION_ID()`;
/** Whoever waits for a lock of tables, of everything, or for a commit. */
const WAITING = `SELECT COUNT(*) AS waiting FROM information_schema.PROCESSLIST
  WHERE STATE LIKE 'Waiting for % lock' AND ID <> CONNECTION_ID()`;

/**
 * Locks writers out. A flush closes tables, and waits for everybody who reads one: behind a statement that takes long all others
 * would wait for it, on MySQL also after it was given up.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/flush.html#flush-tables-with-read-lock
 */
export async function lockWriters(
  session: SqlSession,
  { scope, tables }: WriterLockRequest,
): Promise<WriterLockAnswer> {
  if (!(await seesProcesses(session)))
    return refuse('the account may not see whether a statement takes long (GRANT PROCESS)');
  const [row] = await session.runOutside(LONG_STATEMENTS);
  if (row?.busy !== '0') return refuse('a statement has run for longer than a second');
  // A session that only reads may lock no table by name.
  await session.runOutside('SET SESSION TRANSACTION READ WRITE');
  await session.runOutside(`SET SESSION lock_wait_timeout = ${LONGEST_WAIT_S}`);
  try {
    await session.runOutside(scope === 'global' ? 'FLUSH TABLES WITH READ LOCK' : flushOf(tables));
    return { refusal: null, place: await readPlace(session) };
  } catch (error) {
    const { errno, message } = error as { errno?: number; message?: string };
    if (errno === ER_LOCK_WAIT_TIMEOUT) return refuse(`it was not granted within ${LONGEST_WAIT_S} s`);
    return refuse(`the server refuses it: ${(message ?? String(error)).replace(/\.$/, '')}`);
  }
}

function refuse(refusal: string): WriterLockAnswer {
  return { refusal, place: null };
}

/** Each server knows one of the two; what an account may not see is not known. */
async function readPlace(session: SqlSession): Promise<string | null> {
  for (const statement of ['SHOW BINARY LOG STATUS', 'SHOW MASTER STATUS']) {
    // What fails on the server is in the log.
    const [row] = await session.runOutside(statement).catch(() => []);
    if (row !== undefined) return `${row.File} ${row.Position}`;
  }
  return null;
}

function flushOf(tables: WriterLockRequest['tables']): string {
  const names = tables.map(({ schema, name }) => `${quoteName(schema)}.${quoteName(name)}`);
  return `FLUSH TABLES ${names.join(', ')} WITH READ LOCK`;
}

/** Gives the lock back, and says how many sessions waited for it by then. */
export async function unlockWriters(session: SqlSession): Promise<number> {
  // What fails on the server is in the log; the lock is given back in any case.
  const [row] = await session.runOutside(WAITING).catch(() => []);
  await session.runOutside('UNLOCK TABLES');
  return Number(row?.waiting ?? 0);
}
