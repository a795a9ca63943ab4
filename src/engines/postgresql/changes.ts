import type { Table } from '../../core/schema.js';
import type { SqlSession } from '../sql-session.js';
import { textLiteral } from './dialect.js';

/**
 * A text for each table that is another one once rows of it were written: how many rows of it were, or of the database where
 * its rows lie in other tables; every account may read that. A standby counts none of what it replays: its own place in the
 * log counts there.
 *
 * Sessions count at the end of a transaction, but not more often than once or twice a second. What one wrote just before it fell
 * silent is counted ten seconds later, and before PostgreSQL 15 only with its next statement.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-TABLES-VIEW
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW
 */
export async function readPostgresqlChanges(
  session: SqlSession,
  tables: readonly Table[],
): Promise<ReadonlyMap<string, string>> {
  const schemas = [...new Set(tables.map(({ schema }) => schema))];
  if (schemas.length === 0) return new Map();
  const [database] = await session.query(
    `SELECT (CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')
               ELSE tup_inserted + tup_updated + tup_deleted END)::text AS changes, pg_is_in_recovery()::text AS replays
     FROM pg_stat_database WHERE datname = current_database()`,
  );
  const own =
    database?.replays === 'true'
      ? []
      : await session.query(
          `SELECT s.schemaname::text AS schema, s.relname::text AS name,
             (s.n_tup_ins + s.n_tup_upd + s.n_tup_del)::text AS changes
           FROM pg_stat_all_tables s JOIN pg_class c ON c.oid = s.relid
           WHERE c.relkind = 'r' AND NOT c.relhassubclass AND s.schemaname IN (${schemas.map(textLiteral).join(', ')})`,
        );
  const counts = new Map(own.map(({ schema, name, changes }) => [JSON.stringify([schema, name]), changes]));
  return new Map(
    tables.flatMap(({ schema, name }): [string, string][] => {
      const changes = counts.get(JSON.stringify([schema, name])) ?? database?.changes;
      return changes === null || changes === undefined ? [] : [[name, changes]];
    }),
  );
}
