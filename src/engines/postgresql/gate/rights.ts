import type { SqlSession } from '../../sql-session.js';
import { quoteName } from '../dialect.js';

/** What the account of a session may see. */
export interface PostgresqlRights {
  /** Quoted, as a GRANT statement names it. */
  readonly account: string;
  readonly isSuperuser: boolean;
  /** Whether it has the rights of a role such as `pg_read_all_stats`; false where the server has no such role. */
  hasRole(role: string): boolean;
}

/** Roles that the server has itself, and whose rights make answers whole. */
const ROLES = ['pg_read_all_stats', 'pg_monitor', 'pg_read_all_settings', 'pg_read_all_data'];

const rights = new WeakMap<SqlSession, Promise<PostgresqlRights>>();

/**
 * Reads what the account may see, once a session: NULL in the place of a state or a number is a fact only where the right to see
 * it is proved.
 *
 * @see https://www.postgresql.org/docs/current/predefined-roles.html
 */
export function readPostgresqlRights(session: SqlSession): Promise<PostgresqlRights> {
  const found = rights.get(session) ?? askRights(session);
  rights.set(session, found);
  // Whoever asked gets the error; the next one asks again.
  found.catch(() => rights.delete(session));
  return found;
}

async function askRights(session: SqlSession): Promise<PostgresqlRights> {
  const [account] = await session.query(
    'SELECT current_user::text AS name, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)::text AS super',
  );
  const names = ROLES.map((role) => `'${role}'`).join(', ');
  const rows = await session.query(
    `SELECT rolname::text AS role FROM pg_roles WHERE rolname IN (${names}) AND pg_has_role(current_user, oid, 'USAGE')`,
  );
  const held = new Set(rows.map(({ role }) => role));
  const isSuperuser = account?.super === 'true';
  return {
    account: quoteName(account?.name ?? ''),
    isSuperuser,
    hasRole: (role) => isSuperuser || held.has(role),
  };
}
