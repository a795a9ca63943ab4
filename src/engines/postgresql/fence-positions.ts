import type { Fence } from '../../core/fence.js';
import type { Questions } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { textLiteral } from './dialect.js';
import { endOfLog, parseLsn } from './lsn.js';

/** What asks a server where it stands, for people; the shape of the log is asked along with it. */
export const POSITION_STATEMENT = 'SELECT pg_current_wal_insert_lsn()';
export const STANDBY_POSITION_STATEMENT = 'SELECT pg_last_wal_replay_lsn()';

/**
 * Reads where a source stands: the end of what was inserted into its log, because a commit that is seen may not be written
 * yet; on a standby the end of what it has replayed.
 *
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-BACKUP
 */
export async function readPostgresqlPosition(session: SqlSession): Promise<string | null> {
  const [row] = await session.query(
    `SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() END)::text AS replayed,
       (CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_insert_lsn() END)::text AS inserted,
       current_setting('wal_block_size') AS page_bytes,
       pg_size_bytes(current_setting('wal_segment_size'))::text AS segment_bytes`,
  );
  if (row == null) return null;
  if (row.replayed != null) return row.replayed;
  const shape = { pageBytes: BigInt(row.page_bytes ?? 0), segmentBytes: BigInt(row.segment_bytes ?? 0) };
  return row.inserted == null ? null : endOfLog(row.inserted, shape);
}

/** Whether a standby has replayed a position, or the subscriber of a slot has confirmed it, which it does once it has applied all before. */
export async function isPostgresqlPositionReached(
  session: SqlSession,
  { fence, position }: Questions['reached']['about'],
): Promise<boolean> {
  if (parseLsn(position) === null) return false;
  const [row] = await session.query(buildReached(fence, textLiteral(position)));
  return row?.reached === 't';
}

/**
 * @see https://www.postgresql.org/docs/current/view-pg-replication-slots.html
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL
 */
function buildReached({ way, details }: Fence, position: string): string {
  if (way === 'standby')
    return `SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= ${position}::pg_lsn AS reached`;
  return `SELECT confirmed_flush_lsn >= ${position}::pg_lsn AS reached FROM pg_replication_slots
    WHERE slot_name = ${textLiteral(details.slot ?? '')} AND database = current_database()`;
}
