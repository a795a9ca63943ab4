import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type {
  MayWrite,
  SessionFacts,
  SessionKind,
  SessionsRequest,
} from '../../../core/gate/session-facts.js';
import { hideLiterals } from '../../hide-literals.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { readPostgresqlCapabilities } from '../capabilities.js';
import { quoteName, textLiteral } from '../dialect.js';
import { POSTGRESQL_LEXICON } from '../lexicon.js';
import { readPostgresqlRights } from './rights.js';

const SHOWN_CHARACTERS = 200;

/**
 * The sessions of the database and those that serve replication, and whether each may write to a schema. What others do is NULL
 * for an account that may not see it.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
 */
export async function readPostgresqlSessions(
  session: SqlSession,
  request: SessionsRequest,
): Promise<Fact<readonly SessionFacts[]>> {
  const { account, hasRole } = await readPostgresqlRights(session);
  if (!hasRole('pg_read_all_stats'))
    return hidden('other sessions are hidden', `GRANT pg_read_all_stats TO ${account}`);
  const { column } = await readPostgresqlCapabilities(session);
  const rows = await session.query(
    `WITH writers AS (${buildWriters(request.schema)})
     SELECT a.pid::text AS id, a.usename::text AS user_name, host(a.client_addr) AS address, a.application_name AS application,
       a.state, a.query AS statement, a.backend_xid::text AS xid,
       ${column('pg_stat_activity', 'a.backend_type', "'client backend'")} AS type, pg_is_in_recovery()::text AS standby,
       (a.datid = (SELECT oid FROM pg_database WHERE datname = current_database()))::text AS here,
       (extract(epoch FROM clock_timestamp() - coalesce(a.state_change, a.backend_start)) * 1000)::bigint::text AS since_ms,
       (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::bigint::text AS open_ms,
       EXISTS (SELECT FROM writers w WHERE pg_has_role(a.usesysid, w.oid, 'MEMBER'))::text AS writes,
       ${buildReadOnly('a')} AS read_only
     FROM pg_stat_activity a`,
  );
  const own = new Set([session.serverSessionId, ...request.ownSessionIds]);
  return known(rows.filter(isOfDatabase).map((row) => describe(row, own)));
}

/**
 * Roles that may change rows, or tables, of the schema. Whoever is a member may take the role, inherited or not. Functions that
 * run as their owner are not looked into.
 */
function buildWriters(schema: string): string {
  return `SELECT r.oid FROM pg_roles r WHERE r.rolsuper OR EXISTS (
    SELECT FROM pg_class c WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(schema)})
      AND c.relkind IN ('r', 'p', 'v', 'f') AND (has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
        OR has_any_column_privilege(r.oid, c.oid, 'INSERT, UPDATE')))`;
}

/**
 * Where a session takes `default_transaction_read_only` from, of those that are on: of the server, which reaches every session
 * at once, or of its role or database, which only new ones have. A setting of the gate's own account hides that of the server.
 *
 * @see https://www.postgresql.org/docs/current/catalog-pg-db-role-setting.html
 */
function buildReadOnly(activity: string): string {
  const of = (database: string, role: string): string => `(SELECT split_part(c.setting, '=', 2)
    FROM pg_db_role_setting s, unnest(s.setconfig) AS c(setting)
    WHERE s.setdatabase = ${database} AND s.setrole = ${role} AND c.setting LIKE 'default_transaction_read_only=%')`;
  const [datid, usesysid] = [`${activity}.datid`, `${activity}.usesysid`];
  const nearest = `coalesce(${of(datid, usesysid)}, ${of('0', usesysid)}, ${of(datid, '0')}, ${of('0', '0')})`;
  return `(CASE WHEN ${nearest} IN ('on', 'true', '1', 'yes') THEN 'nearest' WHEN ${nearest} IS NOT NULL THEN 'no'
    ELSE (SELECT CASE WHEN reset_val = 'on' AND source NOT IN ('database', 'user', 'database user', 'client') THEN 'server' END
      FROM pg_settings WHERE name = 'default_transaction_read_only') END)`;
}

/** Those of other databases can write to none of its tables; replication is of none, or of any. */
function isOfDatabase(row: ControlRow): boolean {
  return row.here === 'true' || kindOf(row) === 'sender' || kindOf(row) === 'applier';
}

function kindOf({ type }: ControlRow): SessionKind {
  if (type === 'client backend') return 'client';
  if (type === 'walsender') return 'sender';
  return /^(logical replication|walreceiver|startup)/.test(type ?? '') ? 'applier' : 'server';
}

function describe(row: ControlRow, own: ReadonlySet<string>): SessionFacts {
  const user = row.user_name ?? '';
  return {
    id: row.id ?? '',
    kind: kindOf(row),
    user,
    account: quoteName(user),
    from: row.address ?? '',
    application: row.application ?? '',
    state: stateOf(row.state),
    sinceMs: Math.max(0, Number(row.since_ms ?? 0)),
    statement: row.statement
      ? hideLiterals(row.statement, POSTGRESQL_LEXICON).trim().slice(0, SHOWN_CHARACTERS)
      : null,
    mayWrite: judge(row),
    grant: null,
    transactionMs: row.open_ms == null ? null : Math.max(0, Number(row.open_ms)),
    isWriting: row.xid !== null,
    isOwn: own.has(row.id ?? ''),
  };
}

function stateOf(state: string | null | undefined): SessionFacts['state'] {
  if (state?.startsWith('idle in transaction')) return 'idle-in-transaction';
  return state === 'idle' ? 'idle' : 'working';
}

function judge(row: ControlRow): MayWrite {
  if (row.standby === 'true' || row.writes !== 'true') return 'no';
  // A default, which any session may have set aside for itself: nothing shows that.
  return row.read_only === 'nearest' || row.read_only === 'server' ? 'if-older' : 'yes';
}
