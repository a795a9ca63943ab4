import type { SqlSession } from '../sql-session.js';

/**
 * How many rows were written in the database, which every account may read. A standby counts none of what it replays: its
 * own place in the log counts there.
 *
 * Sessions count at the end of a transaction, but not more often than once or twice a second. What one wrote just before it fell
 * silent is counted ten seconds later, and before PostgreSQL 15 only with its next statement.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW
 */
export async function readPostgresqlChanges(session: SqlSession): Promise<string | null> {
  const [row] = await session.query(
    `SELECT (CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')
               ELSE tup_inserted + tup_updated + tup_deleted END)::text AS changes
     FROM pg_stat_database WHERE datname = current_database()`,
  );
  const changes = row?.changes ?? '';
  return /^\d+$/.test(changes) ? changes : null;
}
