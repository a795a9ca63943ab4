import type { AccountFacts } from '../../core/server-facts.js';
import type { SqlSession } from '../sql-session.js';

/** A schema may have a hundred thousand tables. */
const MOST_LINES = 5000;

const ATTRIBUTES = ['rolsuper', 'rolbypassrls', 'rolcreaterole', 'rolcreatedb', 'rolreplication'];

/**
 * The role and what it may do: its attributes, the roles whose rights it has, and its rights on tables. PostgreSQL keeps them
 * in catalogs and has no statement that says them.
 */
export async function readPostgresqlAccount(session: SqlSession): Promise<AccountFacts> {
  const [role] = await session.query(
    `SELECT rolname AS account, ${ATTRIBUTES.join(', ')} FROM pg_roles WHERE rolname = current_user`,
  );
  const roles = await session.query(
    "SELECT rolname AS name FROM pg_roles WHERE rolname <> current_user AND pg_has_role(oid, 'USAGE') ORDER BY 1",
  );
  const tables = await session.query(
    `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name, concat_ws(', ',
       ${['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
         .map((right) => `CASE WHEN has_table_privilege(c.oid, '${right}') THEN '${right}' END`)
         .join(', ')}) AS rights
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
       AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1 LIMIT ${MOST_LINES + 1}`,
  );
  const lines = [
    ...ATTRIBUTES.filter((name) => role?.[name] === 't').map((name) => `attribute ${name.slice(3)}`),
    ...roles.map(({ name }) => `has the rights of ${name}`),
    ...tables.flatMap(({ name, rights }) => (rights === '' ? [] : [`${rights} on ${name}`])),
  ];
  const kept = lines.slice(0, MOST_LINES);
  return {
    account: role?.account ?? '',
    grants: lines.length > kept.length ? [...kept, 'and on more tables'] : kept,
  };
}

/** Milliseconds since 1970 by the server's clock. */
export async function readPostgresqlClock(session: SqlSession): Promise<number> {
  const [row] = await session.query("SELECT date_part('epoch', clock_timestamp())::text AS seconds");
  return Number(row?.seconds) * 1000;
}
