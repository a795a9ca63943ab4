import { type Fact, known } from '../../../core/gate/fact.js';
import type { FixAction, FixStatement } from '../../../core/gate/fix.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type {
  CapacityFacts,
  ExpiryFacts,
  ExtensionFacts,
  UnanalyzedFacts,
} from '../../../core/gate/serving-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { quoteName, textLiteral } from '../dialect.js';

/** Smaller tables are read whole, whatever the planner thinks of them. */
const LARGE_BYTES = 1_000_000;

const inSchema = (schema: string): string =>
  `c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(schema)})`;

/**
 * Everybody may count sessions. Some are kept for administrators, and since PostgreSQL 16 some for a role.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-connection.html
 */
export async function readPostgresqlCapacity(session: SqlSession): Promise<Fact<CapacityFacts>> {
  const [row] = await session.query(
    `SELECT LEAST(
         (SELECT sum(CASE name WHEN 'max_connections' THEN setting::int ELSE -setting::int END) FROM pg_settings
            WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')),
         (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()))::text AS most,
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database())::text AS used`,
  );
  return known({ limit: Number(row?.most ?? 0), used: Number(row?.used ?? 0) });
}

/** @see https://www.postgresql.org/docs/current/view-pg-roles.html */
export async function readPostgresqlExpiries(session: SqlSession): Promise<Fact<readonly ExpiryFacts[]>> {
  const rows = await session.query(
    `SELECT rolname::text AS name, (rolconnlimit = 0)::text AS closed,
       (CASE WHEN rolvaliduntil < 'infinity' THEN floor(extract(epoch FROM rolvaliduntil - clock_timestamp()) / 86400) END)::text AS days
     FROM pg_roles WHERE rolcanlogin ORDER BY 1`,
  );
  return known(
    rows.map(({ name, closed, days }) => {
      const daysLeft = days == null ? null : Number(days);
      const isOver = daysLeft !== null && daysLeft < 0;
      const over = isOver ? 'has a password that has expired' : null;
      return {
        account: quoteName(name ?? ''),
        user: name ?? '',
        obstacle: closed === 'true' ? 'may have no connections' : over,
        daysLeft,
      };
    }),
  );
}

/**
 * Tables without any statistics of values. The view shows those of tables that the account may read, which the gate's are.
 *
 * @see https://www.postgresql.org/docs/current/view-pg-stats.html
 */
export async function readPostgresqlUnanalyzed(
  session: SqlSession,
  { schema, tables }: GateRequest,
): Promise<Fact<readonly UnanalyzedFacts[]>> {
  const rows = await session.query(
    `SELECT c.relname::text AS name, pg_relation_size(c.oid)::text AS bytes FROM pg_class c
     WHERE ${inSchema(schema)} AND c.relkind = 'r' AND has_table_privilege(c.oid, 'SELECT')
       AND pg_relation_size(c.oid) >= ${LARGE_BYTES} AND NOT c.relhassubclass
       AND NOT EXISTS (SELECT FROM pg_stats s WHERE s.schemaname = ${textLiteral(schema)} AND s.tablename = c.relname)`,
  );
  const wanted = new Set(tables.map(({ name }) => name));
  return known(
    rows
      .filter(({ name }) => wanted.has(name ?? ''))
      .map(({ name, bytes }) => ({ schema, table: name ?? '', bytes: Number(bytes ?? 0) })),
  );
}

/** Materialized views that nothing was ever put into: queries of them fail. */
export async function readPostgresqlUnpopulated(
  session: SqlSession,
  { schema }: GateRequest,
): Promise<Fact<readonly string[]>> {
  const rows = await session.query(
    `SELECT c.relname::text AS name FROM pg_class c WHERE ${inSchema(schema)} AND c.relkind = 'm' AND NOT c.relispopulated ORDER BY 1`,
  );
  return known(rows.map(({ name }) => name ?? ''));
}

/** Tables that no log takes in: they are empty after a crash, and on every standby. */
export async function readPostgresqlUnlogged(
  session: SqlSession,
  { schema }: GateRequest,
): Promise<Fact<readonly string[]>> {
  const rows = await session.query(
    `SELECT c.relname::text AS name FROM pg_class c WHERE ${inSchema(schema)} AND c.relkind = 'r' AND c.relpersistence = 'u' ORDER BY 1`,
  );
  return known(rows.map(({ name }) => name ?? ''));
}

export async function readPostgresqlExtensions(
  session: SqlSession,
): Promise<Fact<readonly ExtensionFacts[]>> {
  const rows = await session.query(
    'SELECT extname::text AS name, extversion::text AS version FROM pg_extension ORDER BY 1',
  );
  return known(rows.map(({ name, version }) => ({ name: name ?? '', version: version ?? '' })));
}

type Action<Kind extends FixAction['kind']> = Extract<FixAction, { readonly kind: Kind }>;

const qualify = ({ schema, table }: { readonly schema: string; readonly table: string }): string =>
  `${quoteName(schema)}.${quoteName(table)}`;

/** Reads a sample of the table; who reads or writes it is held up by nothing. */
export function analyzePostgresql(action: Action<'analyze'>): FixStatement {
  return { statements: [`ANALYZE ${qualify(action)}`], isSafe: true, lock: '', reversal: '' };
}

export function refreshPostgresql(action: Action<'refresh-view'>): FixStatement {
  return {
    statements: [`REFRESH MATERIALIZED VIEW ${qualify(action)}`],
    isSafe: false,
    lock: 'the view cannot be read until its query has run',
    reversal: `REFRESH MATERIALIZED VIEW ${qualify(action)} WITH NO DATA`,
  };
}

/** @see https://www.postgresql.org/docs/current/sql-altertable.html SET LOGGED */
export function logPostgresqlTable(action: Action<'log-table'>): FixStatement {
  return {
    statements: [`ALTER TABLE ${qualify(action)} SET LOGGED`],
    isSafe: false,
    lock: 'nobody reads or writes the table while all of it is written anew',
    reversal: `ALTER TABLE ${qualify(action)} SET UNLOGGED`,
  };
}
