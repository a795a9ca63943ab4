import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { readMysqlCapabilities } from '../capabilities.js';
import { textLiteral } from '../dialect.js';
import { matchesLike } from '../grants.js';
import { type AccountName, accountsOfSession } from './session-account.js';

/** What sessions of accounts may do, by the user and the host that the list of sessions names. */
export interface WritingAccounts {
  /** Whether rows of the schema may be written, by a role too that the account need only take. */
  mayWrite(user: string, host: string): boolean;
  /** How the server names the account of a session; null where several may be meant. */
  nameOf(user: string, host: string): string | null;
  /** Whether a read-only server lets it write all the same. */
  overridesReadOnly(user: string, host: string): boolean;
}

const USER_COLUMNS = [
  'Host',
  'User',
  'Insert_priv',
  'Update_priv',
  'Delete_priv',
  'Drop_priv',
  'Alter_priv',
  'Execute_priv',
  'Super_priv',
];
const WRITES = ['Insert', 'Update', 'Delete', 'Drop', 'Alter'];
const writesRows = WRITES.map((name) => `${name}_priv = 'Y'`).join(' OR ');

/** What the account needs to see what others may do; of the accounts none of the columns with hashes of passwords. */
export function grantsForAccounts(account: string, engine: 'mysql' | 'mariadb'): string {
  const tables =
    engine === 'mariadb'
      ? ['db', 'tables_priv', 'procs_priv', 'roles_mapping']
      : ['db', 'tables_priv', 'procs_priv', 'role_edges', 'global_grants'];
  return [
    `GRANT SELECT (${USER_COLUMNS.join(', ')}) ON mysql.user TO ${account}`,
    ...tables.map((table) => `GRANT SELECT ON mysql.${table} TO ${account}`),
  ].join('; ');
}

/**
 * Reads which accounts may write to a schema, from the server's own tables: what it shows of privileges elsewhere leaves out,
 * without a word, what is granted to others. Null where the account may not read them.
 *
 * Who may run routines of the schema may write what their owners may.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/grant-tables.html
 * @see https://mariadb.com/docs/server/reference/system-tables/the-mysql-database-tables
 */
export async function readWritingAccounts(
  session: SqlSession,
  schema: string,
): Promise<WritingAccounts | null> {
  const { engine } = await readMysqlCapabilities(session);
  const ask = async (sql: string): Promise<readonly ControlRow[]> => session.query(sql);
  try {
    const users = await ask(
      `SELECT Host AS host, User AS user, ${writesRows} AS writes, Super_priv = 'Y' AS overrides FROM mysql.user`,
    );
    const schemas = await ask(
      `SELECT Host AS host, User AS user, Db AS place FROM mysql.db WHERE ${writesRows} OR Execute_priv = 'Y'`,
    );
    const parts = await ask(
      `SELECT Host AS host, User AS user FROM mysql.tables_priv WHERE Db = ${textLiteral(schema)}
         AND CONCAT_WS(',', Table_priv, Column_priv) REGEXP '${WRITES.join('|')}'
       UNION SELECT Host, User FROM mysql.procs_priv WHERE Db = ${textLiteral(schema)} AND Proc_priv LIKE '%Execute%'`,
    );
    const ofSchema = schemas.filter(({ place }) => matchesLike(place ?? '', schema));
    return describe({
      users,
      writing: [...users.filter(({ writes }) => writes === '1'), ...ofSchema, ...parts],
      overriding: [
        ...users.filter(({ overrides }) => overrides === '1'),
        ...(await readOverriding(session, engine)),
      ],
      roles: await readRoles(session, engine),
    });
  } catch (error) {
    // What is refused on the server is in the log; null says that it is not known.
    if (session.broken) throw error;
    return null;
  }
}

/** MySQL 5 has neither roles nor privileges apart from SUPER; what an account may not read is left out of its catalog. */
async function readOptional(session: SqlSession, sql: string): Promise<readonly ControlRow[]> {
  const { engine, tellsRoles } = await readMysqlCapabilities(session);
  return engine === 'mariadb' || tellsRoles ? session.query(sql) : [];
}

async function readRoles(session: SqlSession, engine: 'mysql' | 'mariadb'): Promise<readonly ControlRow[]> {
  if (engine === 'mariadb')
    return session.query(
      "SELECT Host AS host, User AS user, '' AS role_host, Role AS role_user FROM mysql.roles_mapping",
    );
  const edges = await readOptional(
    session,
    'SELECT TO_HOST AS host, TO_USER AS user, FROM_HOST AS role_host, FROM_USER AS role_user FROM mysql.role_edges',
  );
  const [variable] = await session.query("SHOW GLOBAL VARIABLES LIKE 'mandatory_roles'");
  return [...edges, ...readMandatory(Object.values(variable ?? {})[1] ?? '')];
}

const ROLE =
  /\s*(?:`([^`]*)`|'([^']*)'|([^`'@,]+?))\s*(?:@\s*(?:`([^`]*)`|'([^']*)'|([^`'@,\s]+)))?\s*(?:,|$)/gy;

/**
 * Roles that everybody has.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/roles.html#mandatory-roles
 */
function readMandatory(list: string): readonly ControlRow[] {
  return [...list.matchAll(ROLE)].map(([, ...parts]) => {
    const [user, host] = [parts.slice(0, 3), parts.slice(3)].map((each) =>
      each.find((part) => part !== undefined),
    );
    return { user: 'PUBLIC', host: '', role_user: user ?? '', role_host: host ?? '%' };
  });
}

/**
 * @see https://dev.mysql.com/doc/refman/8.4/en/privileges-provided.html#priv_connection-admin
 * @see https://mariadb.com/docs/server/reference/sql-statements/account-management-sql-statements/grant READ_ONLY ADMIN
 */
async function readOverriding(
  session: SqlSession,
  engine: 'mysql' | 'mariadb',
): Promise<readonly ControlRow[]> {
  if (engine === 'mysql')
    return readOptional(
      session,
      "SELECT HOST AS host, USER AS user FROM mysql.global_grants WHERE PRIV = 'CONNECTION_ADMIN'",
    );
  const rows = await session.query(
    "SELECT GRANTEE AS grantee FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = 'READ_ONLY ADMIN'",
  );
  return rows.map(({ grantee }) => {
    const [, user = '', host = ''] = /^'(.*)'@'([^']*)'$/s.exec(grantee ?? '') ?? [];
    return { user, host };
  });
}

interface Grants {
  readonly users: readonly ControlRow[];
  readonly writing: readonly ControlRow[];
  readonly overriding: readonly ControlRow[];
  readonly roles: readonly ControlRow[];
}

const keyOf = ({ user, host }: ControlRow): string => JSON.stringify([user, host]);

function describe({ users, writing, overriding, roles }: Grants): WritingAccounts {
  const names = users.map(({ user, host }) => ({ user: user ?? '', host: host ?? '' }));
  const writers = new Set(writing.map(keyOf));
  const overriders = new Set(overriding.map(keyOf));
  const holds = (account: AccountName, wanted: ReadonlySet<string>): boolean =>
    withRoles(keyOf({ ...account }), roles).some((key) => wanted.has(key));
  const isAny = (user: string, host: string, wanted: ReadonlySet<string>): boolean =>
    accountsOfSession(names, { user, host }).some((account) => holds(account, wanted));
  return {
    nameOf: (user, host) => {
      const [account, ...others] = accountsOfSession(names, { user, host });
      return account === undefined || others.length > 0 ? null : `${account.user}@${account.host}`;
    },
    mayWrite: (user, host) => isAny(user, host, writers),
    overridesReadOnly: (user, host) => isAny(user, host, overriders),
  };
}

/** What MariaDB grants to PUBLIC, everybody has, as well as mandatory roles. */
const EVERYBODY = JSON.stringify(['PUBLIC', '']);

/** The account and the roles that it may take, those of roles included. */
function withRoles(account: string, roles: readonly ControlRow[]): readonly string[] {
  const held = new Set([account, EVERYBODY]);
  for (const key of held)
    for (const edge of roles)
      if (keyOf(edge) === key) held.add(keyOf({ user: edge.role_user ?? '', host: edge.role_host ?? '' }));
  return [...held];
}
