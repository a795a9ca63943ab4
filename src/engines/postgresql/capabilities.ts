import type { SqlSession } from '../sql-session.js';

/**
 * What a PostgreSQL server, or a fork of it, has, as its own catalog says. Nothing is tried out: a statement that fails
 * would end the transaction around it.
 */
export interface PostgresqlCapabilities {
  /** Whether a relation of `pg_catalog` has a column. */
  readonly hasColumn: (relation: string, column: string) => boolean;
  /** Whether `pg_catalog` has a function of this name. */
  readonly hasFunction: (name: string) => boolean;
  readonly hasRole: (name: string) => boolean;
  /** SQL for a column of a relation, such as `a.attgenerated`; `otherwise` on a server that does not have it. */
  readonly column: (relation: string, column: string, otherwise: string) => string;
  /** A condition that holds where `pg_class` row `c` is no partition; such a server has none. */
  readonly isNoPartition: string;
}

/** Relations whose columns differ between servers. */
const RELATIONS = [
  'pg_attribute',
  'pg_class',
  'pg_collation',
  'pg_constraint',
  'pg_database',
  'pg_index',
  'pg_partitioned_table',
  'pg_policy',
  'pg_proc',
  'pg_range',
  'pg_publication_tables',
  'pg_stat_activity',
  'pg_subscription',
];
const FUNCTIONS = [
  'hash_record_extended',
  'pg_control_system',
  'pg_collation_actual_version',
  'pg_stat_force_next_flush',
];
const ROLES = ['pg_monitor', 'pg_read_all_stats'];

const known = new WeakMap<SqlSession, Promise<PostgresqlCapabilities>>();

/** Asks a server what it has; once a session, because the next session may be on another server. */
export function readPostgresqlCapabilities(session: SqlSession): Promise<PostgresqlCapabilities> {
  const found = known.get(session) ?? askServer(session);
  known.set(session, found);
  // Whoever asked gets the error; the next one asks again.
  found.catch(() => known.delete(session));
  return found;
}

async function askServer(session: SqlSession): Promise<PostgresqlCapabilities> {
  const rows = await session.query(
    `SELECT c.relname::text || '.' || a.attname::text AS name
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'pg_catalog')
       AND c.relname IN (${list(RELATIONS)}) AND NOT a.attisdropped
     UNION ALL
     SELECT 'function ' || p.proname::text FROM pg_catalog.pg_proc p
     WHERE p.pronamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'pg_catalog')
       AND p.proname IN (${list(FUNCTIONS)})
     UNION ALL
     SELECT 'role ' || r.rolname::text FROM pg_catalog.pg_roles r WHERE r.rolname IN (${list(ROLES)})`,
  );
  const names = new Set(rows.map((row) => row.name));
  const hasColumn = (relation: string, column: string): boolean => names.has(`${relation}.${column}`);
  return {
    hasColumn,
    column: (relation, column, otherwise) =>
      hasColumn(relation, column.slice(column.indexOf('.') + 1)) ? column : otherwise,
    isNoPartition: hasColumn('pg_class', 'relispartition') ? 'NOT c.relispartition' : 'true',
    hasFunction: (name) => names.has(`function ${name}`),
    hasRole: (name) => names.has(`role ${name}`),
  };
}

/**
 * Reads settings, those that the server does not know being left out.
 *
 * @see https://www.postgresql.org/docs/current/view-pg-settings.html
 */
export async function readSettings(
  session: SqlSession,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await session.query(
    `SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN (${list(names)})`,
  );
  return new Map(rows.map((row) => [row.name ?? '', row.setting ?? '']));
}

function list(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
