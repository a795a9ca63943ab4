import type { SessionActivity } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { readPostgresqlCapabilities } from './capabilities.js';

/**
 * Reads what another session of the account does; each account sees its own without a grant. Where sessions are not tracked
 * their state is NULL or `disabled`.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
 */
export async function readPostgresqlActivity(
  session: SqlSession,
  sessionId: string,
): Promise<SessionActivity> {
  const capabilities = await readPostgresqlCapabilities(session);
  const waits = capabilities.hasColumn('pg_stat_activity', 'wait_event') ? 'wait_event' : 'NULL';
  const [row] = await session.query(
    `SELECT state, ${waits} AS waits FROM pg_stat_activity WHERE pid = ${BigInt(sessionId)}`,
  );
  if (row === undefined) return 'ended';
  if (row.state?.startsWith('idle')) return 'idle';
  return row.waits === 'ClientWrite' ? 'sending' : 'working';
}
