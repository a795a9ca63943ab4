import type { SqlSession } from '../sql-session.js';

/**
 * What a server of the MySQL family has, as it says itself. Version numbers tell nothing about forks, and not even about
 * MySQL's own servers behind a proxy.
 */
export interface MysqlCapabilities {
  readonly engine: 'mysql' | 'mariadb';
  /** The version as the server prints it, for people only. */
  readonly version: string;
  /** Whether the server finds schemas and tables by any spelling of their names. */
  readonly ignoresCase: boolean;
  /** Whether a view of `information_schema` has a column. */
  readonly hasColumn: (view: string, column: string) => boolean;
  /** Whether `performance_schema` is at work and has a list of sessions. */
  readonly hasProcessList: boolean;
  /** Whether accounts can have roles that the server itself tells by `CURRENT_ROLE()`. */
  readonly tellsRoles: boolean;
}

/** Views whose columns differ between servers. */
const VIEWS = ['TABLES', 'COLUMNS', 'STATISTICS', 'CHECK_CONSTRAINTS', 'KEY_COLUMN_USAGE', 'TRIGGERS'];
/** A variable of every MariaDB, and of no other server; the text of the version can be set to anything. */
export const MARIADB_VARIABLE = 'gtid_domain_id';
/**
 * A variable of every MySQL that has roles. The function is not tried out: on a server without it, a stored function of
 * the schema that has its name would answer, and run as the account.
 */
const ROLES_VARIABLE = 'activate_all_roles_on_login';

const known = new WeakMap<SqlSession, Promise<MysqlCapabilities>>();

/** Asks a server what it has; once a session, because the next session may be on another server. */
export function readMysqlCapabilities(session: SqlSession): Promise<MysqlCapabilities> {
  const found = known.get(session) ?? askServer(session);
  known.set(session, found);
  // Whoever asked gets the error; the next one asks again.
  found.catch(() => known.delete(session));
  return found;
}

async function askServer(session: SqlSession): Promise<MysqlCapabilities> {
  const [server] = await session.query('SELECT VERSION() AS version');
  const version = server?.version ?? '';
  const variables = await readVariables(session, [
    MARIADB_VARIABLE,
    ROLES_VARIABLE,
    'lower_case_table_names',
    'performance_schema',
  ]);
  const isMariadb = /mariadb/i.test(version) || variables.has(MARIADB_VARIABLE);
  const isWatching = variables.get('performance_schema') !== 'OFF';
  const columns = await readViewColumns(session);
  return {
    engine: isMariadb ? 'mariadb' : 'mysql',
    version,
    ignoresCase: (variables.get('lower_case_table_names') ?? '0') !== '0',
    hasColumn: (view, column) => columns.has(`information_schema.${view}.${column}`.toLowerCase()),
    hasProcessList: isWatching && columns.has('performance_schema.processlist.id'),
    tellsRoles: !isMariadb && variables.has(ROLES_VARIABLE),
  };
}

/**
 * Columns with their views, in small letters: some forks write the names in capitals and some do not. One that does not
 * describe its own views counts as having none of the columns that not all servers have.
 */
async function readViewColumns(session: SqlSession): Promise<ReadonlySet<string>> {
  const views = VIEWS.map((name) => `'${name}', '${name.toLowerCase()}'`).join(', ');
  const sql = `SELECT TABLE_SCHEMA AS view_schema, TABLE_NAME AS view_name, COLUMN_NAME AS column_name
    FROM information_schema.COLUMNS
    WHERE TABLE_SCHEMA IN ('information_schema', 'INFORMATION_SCHEMA') AND TABLE_NAME IN (${views})
      OR TABLE_SCHEMA = 'performance_schema' AND TABLE_NAME = 'processlist'`;
  // What fails on the server is in the log; a server without these views has none of their columns.
  const rows = await session.query(sql).catch(() => []);
  return new Set(rows.map((row) => `${row.view_schema}.${row.view_name}.${row.column_name}`.toLowerCase()));
}

/**
 * Reads session variables, those that the server does not know being left out. A server that cannot list its variables
 * (its system tables were not upgraded) is asked for one after the other.
 *
 * @see https://dev.mysql.com/doc/refman/5.7/en/performance-schema-variable-table-migration.html
 */
export async function readVariables(
  session: Pick<SqlSession, 'query'>,
  names: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const list = names.map((name) => `'${name}'`).join(', ');
  const rows = await session
    .query(`SHOW SESSION VARIABLES WHERE Variable_name IN (${list})`)
    // What fails on the server is in the log; a fork may only answer for one variable at a time.
    .catch(() => null);
  if (rows !== null) {
    return new Map(rows.map((row) => Object.values(row)).map(([name, value]) => [name ?? '', value ?? null]));
  }
  const found = new Map<string, string | null>();
  for (const name of names) {
    // What fails on the server is in the log; a variable that it does not know is not there.
    const [row] = await session.query(`SELECT @@SESSION.${name} AS value`).catch(() => []);
    if (row !== undefined) found.set(name, row.value ?? null);
  }
  return found;
}
