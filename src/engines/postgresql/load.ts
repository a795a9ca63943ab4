import { RowproofError } from '../../core/errors.js';
import { describeRefusedLoad } from '../refused-load.js';
import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { readPostgresqlCapabilities } from './capabilities.js';
import { classifyPostgresqlError } from './errors.js';

/**
 * Reads how many backends of clients are active. An account without `pg_read_all_stats` sees other sessions without
 * their state: it would take a busy server for an idle one.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
 */
export async function readPostgresqlLoad(
  session: SqlSession,
  ownSessionIds: readonly string[],
): Promise<number> {
  const capabilities = await readPostgresqlCapabilities(session);
  const allowed = capabilities.hasRole('pg_read_all_stats')
    ? "pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')"
    : '(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)';
  const isClient = capabilities.hasColumn('pg_stat_activity', 'backend_type')
    ? "backend_type = 'client backend'"
    : 'true';
  const own = ownSessionIds.map((id) => `, ${BigInt(id)}`).join('');
  const row = await readActivity(
    session,
    `SELECT current_user AS account, current_setting('track_activities') AS tracked,
       ${allowed} AS allowed,
       (SELECT count(*) FROM pg_stat_activity WHERE ${isClient}
          AND state IN ('active', 'fastpath function call') AND pid NOT IN (pg_backend_pid()${own})) AS running`,
  );
  if (row?.allowed !== 't') {
    throw new RowproofError({
      code: 'usage',
      message: `The account ${row?.account} may not see whether other sessions are active.`,
      hint: `Run GRANT pg_read_all_stats TO ${row?.account} (pg_monitor will do too), or leave --max-load out.`,
    });
  }
  if (row.tracked !== 'on') {
    throw new RowproofError({
      code: 'usage',
      message: 'The server does not track what its sessions do.',
      hint: 'Set track_activities = on on the server, or leave --max-load out.',
    });
  }
  return Number(row.running);
}

async function readActivity(session: SqlSession, sql: string): Promise<ControlRow | undefined> {
  try {
    const [row] = await session.query(sql);
    return row;
  } catch (error) {
    throw describeRefusedLoad(error, classifyPostgresqlError);
  }
}
