import type { SnapshotCost, SnapshotFacts, SnapshotTables, SnapshotWatchRequest } from '../snapshots.js';
import type { SqlSnapshots } from '../sql-engine.js';
import type { SqlSession } from '../sql-session.js';
import { readPostgresqlCapabilities } from './capabilities.js';

/** What a snapshot of PostgreSQL is good for, and what it costs. */
export const postgresqlSnapshots: SqlSnapshots = {
  readFacts: async (_session, tables) => readFacts(tables),
  readPlace: async () => null,
  readCost,
  // Sessions come to one instant without it.
  lockWriters: async () => ({ refusal: 'it needs none', place: null }),
  unlockWriters: async () => 0,
};

function readFacts(tables: SnapshotTables): SnapshotFacts {
  const foreign = tables.filter(({ kind }) => kind === 'foreign-table');
  return {
    way: 'by-name',
    because: null,
    without: new Map(
      foreign.map(({ name }) => [name, 'is a foreign table, whose rows are on another server']),
    ),
  };
}

/**
 * A session that waits for a lock is seen by everybody, and so is what the sessions of our own account keep. On a standby it is
 * replay that waits, for a lock or for rows that a snapshot may still need.
 *
 * @see https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-CONFLICT
 */
async function readCost(session: SqlSession, { sessionIds }: SnapshotWatchRequest): Promise<SnapshotCost> {
  const ids = sessionIds.map((id) => String(BigInt(id))).join(', ');
  const { hasColumn, hasRole } = await readPostgresqlCapabilities(session);
  const hasTypes = hasColumn('pg_stat_activity', 'backend_type');
  const replaying = hasTypes ? "a.backend_type = 'startup'" : 'false';
  // Nobody else is told what replay waits for.
  const sees = hasRole('pg_read_all_stats') ? "pg_has_role('pg_read_all_stats', 'USAGE')" : 'false';
  const [row = {}] = await session.query(
    `WITH waiting AS (SELECT DISTINCT l.pid FROM pg_locks l WHERE NOT l.granted
         AND pg_blocking_pids(l.pid) && ARRAY[${ids}]::int4[]),
       replay AS (SELECT a.pid, a.wait_event FROM pg_stat_activity a WHERE ${replaying})
     SELECT (SELECT count(*) FROM waiting w WHERE w.pid NOT IN (SELECT r.pid FROM replay r)) AS waiting,
       EXISTS (SELECT FROM replay r WHERE r.wait_event LIKE 'RecoveryConflict%'
         OR r.pid IN (SELECT w.pid FROM waiting w)) AS replay_waits,
       NOT pg_is_in_recovery() OR ${sees} AS seen,
       (SELECT max(age(backend_xmin)) FROM pg_stat_activity WHERE pid = ANY (ARRAY[${ids}]::int4[])) AS old,
       CASE WHEN pg_is_in_recovery() THEN greatest(0, pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())) END AS unreplayed`,
  );
  return {
    waiting: Number(row.waiting ?? 0),
    isReplayWaiting: row.replay_waits === 't',
    isSeen: row.seen === 't',
    oldTransactions: toCount(row.old),
    unreplayedBytes: toCount(row.unreplayed),
  };
}

function toCount(text: string | null | undefined): number | null {
  return text != null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
