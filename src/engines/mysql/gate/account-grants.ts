import type { GrantFacts } from '../../../core/gate/account-facts.js';
import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { textLiteral } from '../dialect.js';
import { matchesLike } from '../grants.js';
import { readMysqlRights } from './rights.js';
import { groupRows } from './schema-rights.js';

/** Of what is granted on everything, what has to do with a schema. */
const OF_SCHEMAS = [
  ...['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'EXECUTE', 'CREATE', 'DROP', 'ALTER', 'INDEX', 'REFERENCES'],
  ...['TRIGGER', 'EVENT', 'CREATE VIEW', 'CREATE ROUTINE', 'ALTER ROUTINE', 'LOCK TABLES'],
]
  .map((privilege) => `'${privilege}'`)
  .join(', ');

/**
 * What each account may do with the schema and what is in it. Schemas are granted by patterns; what is granted on everything
 * holds for the schema too.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-schema-privileges-table.html
 */
export async function readMysqlGrants(
  session: SqlSession,
  { schema }: Pick<GateRequest, 'schema'>,
): Promise<Fact<readonly GrantFacts[]>> {
  const rights = await readMysqlRights(session);
  if (!rights.has('SELECT', { schema: 'mysql' }))
    return hidden('the account may not read schema mysql', `GRANT SELECT ON mysql.* TO ${rights.account}`);
  const name = textLiteral(schema);
  const rows = await session.query(
    `SELECT 'schema' AS kind, GRANTEE AS account, '%' AS pattern, NULL AS object, PRIVILEGE_TYPE AS privilege
       FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE IN (${OF_SCHEMAS})
     UNION ALL SELECT 'schema', GRANTEE, TABLE_SCHEMA, NULL, PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES
     UNION ALL SELECT 'table', GRANTEE, NULL, TABLE_NAME, PRIVILEGE_TYPE FROM information_schema.TABLE_PRIVILEGES
       WHERE TABLE_SCHEMA = ${name}`,
  );
  const held = rows.filter(
    ({ kind, pattern }) => kind !== 'schema' || matchesLike(pattern ?? '', schema) || pattern === schema,
  );
  return known([...groupGrants(held), ...(await readRoutineGrants(session, schema))]);
}

function groupGrants(rows: readonly ControlRow[]): GrantFacts[] {
  const groups = groupRows(rows, ({ kind, account, object }) => JSON.stringify([kind, account, object]));
  return [...groups.values()].map((group) => ({
    account: readGrantee(group[0]?.account ?? ''),
    object: group[0]?.object ?? null,
    kind: group[0]?.kind === 'table' ? 'table' : 'schema',
    privileges: [...new Set(group.map(({ privilege }) => privilege ?? ''))].sort(),
  }));
}

/** The server puts names in quotes as they are, whatever quotes are in them. A role of MariaDB has no host. */
export function readGrantee(grantee: string): string {
  const at = grantee.lastIndexOf("'@'");
  return at === -1
    ? nameAccount(grantee.replace(/^'([\s\S]*)'$/, '$1'), '')
    : nameAccount(grantee.slice(1, at), grantee.slice(at + 3, -1));
}

/** An account as statements name it, in quotes for people to read. */
export function nameAccount(user: string, host: string): string {
  const quote = (name: string): string => `'${name.replaceAll("'", "''")}'`;
  return `${quote(user)}@${quote(host)}`;
}

/** @see https://dev.mysql.com/doc/refman/8.4/en/grant-tables.html#grant-tables-procs-priv */
async function readRoutineGrants(session: SqlSession, schema: string): Promise<GrantFacts[]> {
  const rows = await session.query(
    `SELECT User AS user, Host AS host, Routine_name AS object, Proc_priv AS privileges FROM mysql.procs_priv
     WHERE Db = ${textLiteral(schema)} ORDER BY User, Host, Routine_name`,
  );
  return rows.map(({ user, host, object, privileges }) => ({
    account: nameAccount(user ?? '', host ?? ''),
    object: object ?? null,
    kind: 'routine',
    privileges: (privileges ?? '').toUpperCase().split(',').filter(Boolean).sort(),
  }));
}
