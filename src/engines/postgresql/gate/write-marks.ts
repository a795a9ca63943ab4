import type { MarksRequest, WriteMark } from '../../../core/gate/write-marks.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { readPostgresqlCapabilities } from '../capabilities.js';
import { textLiteral } from '../dialect.js';
import { readPostgresqlRights } from './rights.js';

/** After so long a session that does nothing has told the server what it wrote; 15 seconds are more than the server's ten. */
const SILENT_SECONDS = 15;

/**
 * What shows whether rows of tables were written, as two proofs.
 *
 * `transactions`: which transactions have ended, on the whole server. Whatever is written has a number, also where it is
 * replayed, so that the same list means that nothing was committed. `count`: how many rows of a table were written, and which
 * files hold them, for servers on which others are written all the time. Sessions tell their counts late: the last reading may
 * rely on them only if nobody can have written just now.
 *
 * @see https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-TABLES-VIEW
 */
export async function readPostgresqlWriteMarks(
  session: SqlSession,
  { tables, ownSessionIds }: MarksRequest,
): Promise<ReadonlyMap<string, WriteMark>> {
  const [first] = tables;
  if (first === undefined) return new Map();
  const settled = await areCountsSettled(session, ownSessionIds);
  const [server] = await session.query(
    `SELECT txid_current_snapshot()::text AS ended, pg_is_in_recovery()::text AS standby, current_setting('track_counts') AS counts,
       extract(epoch FROM pg_postmaster_start_time())::text AS started,
       (SELECT extract(epoch FROM stats_reset)::text FROM pg_stat_database WHERE datname = current_database()) AS reset`,
  );
  if (server === undefined) return new Map();
  const counts =
    server.standby === 'true' || server.counts !== 'on' ? [] : await readCounts(session, first.schema);
  const byName = new Map(counts.map((row) => [row.name ?? '', row]));
  return new Map(
    tables.map(({ name }): [string, WriteMark] => {
      const count = byName.get(name);
      const proofs = { transactions: `${server.started} | ${server.ended}` };
      if (count === undefined) return [name, { proofs, unsettled: [] }];
      const counted = [server.started, server.reset, count.files, count.written].join(' | ');
      return [name, { proofs: { ...proofs, count: counted }, unsettled: settled ? [] : ['count'] }];
    }),
  );
}

/** Of a partitioned table those of all its partitions count. A table that is emptied, or changed in all its rows, gets another file. */
function readCounts(session: SqlSession, schema: string): Promise<readonly ControlRow[]> {
  return session.query(
    `WITH RECURSIVE tree AS (
       SELECT c.oid AS root, c.oid AS part FROM pg_class c
       WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(schema)}) AND c.relkind IN ('r', 'p')
       UNION SELECT tree.root, i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.part)
     SELECT r.relname::text AS name, md5(string_agg(p.oid || ' ' || p.relfilenode, ',' ORDER BY p.oid)) AS files,
       sum(coalesce(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, 0))::text AS written
     FROM tree JOIN pg_class r ON r.oid = tree.root JOIN pg_class p ON p.oid = tree.part
     LEFT JOIN pg_stat_all_tables s ON s.relid = p.oid GROUP BY r.oid, r.relname`,
  );
}

/**
 * Whether no other session can have written without its counts being readable by now. Since PostgreSQL 15 one tells what is left
 * when it falls silent; before, with its next statement, however late that is, and what ended sessions told is read half a
 * second late.
 */
async function areCountsSettled(session: SqlSession, ownSessionIds: readonly string[]): Promise<boolean> {
  const { hasRole } = await readPostgresqlRights(session);
  if (!hasRole('pg_read_all_stats')) return false;
  const { hasFunction, column } = await readPostgresqlCapabilities(session);
  const isNew = hasFunction('pg_stat_force_next_flush');
  const type = column('pg_stat_activity', 'a.backend_type', "'client backend'");
  const isSilent = `a.state = 'idle' AND a.state_change < clock_timestamp() - interval '${SILENT_SECONDS} seconds'`;
  const own = ownSessionIds.map((id) => `, ${BigInt(id)}`).join('');
  const [row] = await session.query(
    `SELECT count(*)::text AS owing FROM pg_stat_activity a
     WHERE a.pid NOT IN (pg_backend_pid()${own})
       AND a.datid = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND ${type} NOT IN ('autovacuum worker', 'parallel worker', 'walsender')
       AND ${isNew ? `(${isSilent}) IS NOT TRUE` : 'true'}`,
  );
  return row?.owing === '0' && (isNew || (await hasNothingEnded(session)));
}

const HALF_A_SECOND = 0.6;

/** Each statement has a snapshot of its own, from before it sleeps. */
async function hasNothingEnded(session: SqlSession): Promise<boolean> {
  const ask = async (): Promise<string | null> =>
    (await session.query('SELECT txid_current_snapshot()::text AS ended'))[0]?.ended ?? null;
  const before = await ask();
  await session.query(`SELECT pg_sleep(${HALF_A_SECOND})`);
  return before !== null && before === (await ask());
}
