import type { SnapshotCost } from '../snapshots.js';
import type { SqlSession } from '../sql-session.js';
import { readMysqlCapabilities } from './capabilities.js';

/**
 * What sessions say while they wait for whoever reads a table: for its metadata lock, or for everybody to close it.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/general-thread-states.html
 */
const WAITING = [
  'Waiting for table metadata lock',
  'Waiting for table flush',
  'Waiting for schema metadata lock',
];

type Waits = Pick<SnapshotCost, 'waiting' | 'isSeen'>;

/**
 * How many sessions wait for one of ours. Where the server tells who holds which metadata lock it is known exactly; else whoever
 * waits for such a lock at all counts, since it may be one of ours.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/performance-schema-metadata-locks-table.html
 */
export async function readWaiting(session: SqlSession, sessionIds: readonly string[]): Promise<Waits> {
  if (sessionIds.length === 0) return { waiting: 0, isSeen: true };
  const ids = sessionIds.map((id) => String(BigInt(id))).join(', ');
  return (await readLockWaits(session, ids)) ?? (await readStates(session, ids));
}

/** Null where the server does not say who holds metadata locks. */
async function readLockWaits(session: SqlSession, ids: string): Promise<Waits | null> {
  const question = `SELECT COUNT(DISTINCT pending.OWNER_THREAD_ID) AS waiting,
         (SELECT COUNT(*) FROM performance_schema.setup_instruments
            WHERE NAME = 'wait/lock/metadata/sql/mdl' AND ENABLED = 'YES') AS watched
       FROM performance_schema.metadata_locks AS held
       JOIN performance_schema.threads AS holder ON holder.THREAD_ID = held.OWNER_THREAD_ID
       JOIN performance_schema.metadata_locks AS pending
         ON pending.OBJECT_TYPE = held.OBJECT_TYPE AND pending.OBJECT_SCHEMA <=> held.OBJECT_SCHEMA
         AND pending.OBJECT_NAME <=> held.OBJECT_NAME
       WHERE holder.PROCESSLIST_ID IN (${ids}) AND held.LOCK_STATUS = 'GRANTED' AND pending.LOCK_STATUS = 'PENDING'`;
  // What fails on the server is in the log; those who may not see it go by states.
  const [row] = await session.query(question).catch(() => []);
  if (row === undefined || row.watched !== '1') return null;
  const flushing = await readStates(session, ids, ['Waiting for table flush']);
  return { waiting: Number(row.waiting) + flushing.waiting, isSeen: true };
}

async function readStates(session: SqlSession, ids: string, states = WAITING): Promise<Waits> {
  const { hasProcessList } = await readMysqlCapabilities(session);
  const list = states.map((state) => `'${state}'`).join(', ');
  const count = async (schema: string): Promise<number> => {
    const [row] = await session.query(
      `SELECT COUNT(*) AS waiting FROM ${schema}.processlist WHERE state IN (${list}) AND id NOT IN (${ids})`,
    );
    return Number(row?.waiting ?? 0);
  };
  // One that was switched off is empty.
  const waiting = hasProcessList
    ? await count('performance_schema').catch(() => count('information_schema'))
    : await count('information_schema');
  return { waiting, isSeen: await seesProcesses(session) };
}

/** Without this privilege an account sees its own sessions alone. A role's counts where the server lists it as granted. */
export async function seesProcesses(session: SqlSession): Promise<boolean> {
  const [row] = await session.query(
    "SELECT COUNT(*) AS granted FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE IN ('PROCESS', 'SUPER')",
  );
  return Number(row?.granted ?? 0) > 0;
}
