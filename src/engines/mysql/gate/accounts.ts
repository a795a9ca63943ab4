import type { AccountFacts, DefinerFacts } from '../../../core/gate/account-facts.js';
import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { textLiteral } from '../dialect.js';
import { nameAccount, readGrantee, readMysqlGrants } from './account-grants.js';
import { readMysqlEvents, readMysqlRoutines } from './objects.js';
import { readMysqlRights } from './rights.js';
import { readMysqlTriggers } from './triggers.js';

/** @see https://dev.mysql.com/doc/refman/8.4/en/reserved-accounts.html */
const SERVER_OWN = /^(root|mysql|mysql\.\w+|mariadb\.sys|public)$/i;

/** What an account that may not read the accounts needs. */
export async function needsAccounts(session: SqlSession): Promise<Fact<never> | null> {
  const rights = await readMysqlRights(session);
  if (rights.has('SELECT', { schema: 'mysql' })) return null;
  return hidden('the account may not read schema mysql', `GRANT SELECT ON mysql.* TO ${rights.account}`);
}

/**
 * The accounts and roles of the server, by the names they have and nothing else. MySQL keeps roles as accounts.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/grant-tables.html
 * @see https://mariadb.com/docs/server/reference/system-tables/the-mysql-database-tables/mysql-user-table
 */
export async function readMysqlAccounts(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly AccountFacts[]>> {
  const missing = await needsAccounts(session);
  if (missing !== null) return missing;
  const grants = await readMysqlGrants(session, request);
  const held = new Set(grants.known ? grants.value.map(({ account }) => account) : []);
  const followers = await readFollowers(session);
  const [own] = await session.query('SELECT CURRENT_USER() AS account');
  const isRole = (await hasRoles(session)) ? 'is_role' : "'N'";
  const rows = await session.query(
    `SELECT User AS user, Host AS host, ${isRole} AS is_role FROM mysql.user WHERE User <> '' ORDER BY User, Host`,
  );
  return known(
    rows.map((row) => ({
      name: accountOf(row),
      user: row.user ?? '',
      isRole: row.is_role === 'Y',
      isServerOwn: SERVER_OWN.test(row.user ?? ''),
      isOurs: `${row.user}@${row.host}` === own?.account,
      isForReplication: followers.has(accountOf(row)),
      canLogIn: row.is_role !== 'Y',
      isOfSchema: held.has(accountOf(row)),
    })),
  );
}

/** Accounts that may read the binary log of the server and write nothing anywhere by a grant on everything. */
async function readFollowers(session: SqlSession): Promise<ReadonlySet<string>> {
  const rows = await session.query(
    `SELECT GRANTEE AS account FROM information_schema.USER_PRIVILEGES GROUP BY GRANTEE
     HAVING SUM(PRIVILEGE_TYPE IN ('REPLICATION SLAVE', 'REPLICATION REPLICA')) > 0
       AND SUM(PRIVILEGE_TYPE IN ('INSERT', 'UPDATE', 'DELETE')) = 0`,
  );
  return new Set(rows.map(({ account }) => readGrantee(account ?? '')));
}

function accountOf({ user, host }: ControlRow): string {
  return nameAccount(user ?? '', host ?? '');
}

/** `user@host`, as the catalog names definers; the host never holds an `@`. */
function readDefiner(definer: string): string {
  const at = definer.lastIndexOf('@');
  return at === -1 ? nameAccount(definer, '') : nameAccount(definer.slice(0, at), definer.slice(at + 1));
}

async function hasRoles(session: SqlSession): Promise<boolean> {
  const [row] = await session.query(
    `SELECT COUNT(*) AS found FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = 'mysql' AND TABLE_NAME = 'user' AND COLUMN_NAME = 'is_role'`,
  );
  return row?.found === '1';
}

/**
 * Whose rights views, routines, triggers and events run with. One whose account is not there fails when it is used.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/stored-objects-security.html
 */
export async function readMysqlDefiners(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly DefinerFacts[]>> {
  const missing = await needsAccounts(session);
  if (missing !== null) return missing;
  for (const read of [readMysqlRoutines, readMysqlTriggers, readMysqlEvents]) {
    const fact = await read(session, request);
    if (!fact.known) return fact;
  }
  const accounts = await session.query('SELECT User AS user, Host AS host FROM mysql.user');
  const names = new Set(accounts.map(({ user, host }) => `${user}@${host}`));
  const rows = await session.query(buildDefiners(request.schema));
  return known(
    rows.map(({ kind, name, definer, security }) => ({
      kind: kind as DefinerFacts['kind'],
      name: name ?? '',
      definer: readDefiner(definer ?? ''),
      usesItsRights: security !== 'INVOKER',
      exists: names.has(definer ?? '') || names.has(`${definer}@`),
    })),
  );
}

function buildDefiners(schema: string): string {
  const name = textLiteral(schema);
  const part = (kind: string, columns: string, from: string): string =>
    `SELECT '${kind}' AS kind, ${columns} FROM information_schema.${from} = ${name}`;
  return [
    part(
      'view',
      'TABLE_NAME AS name, DEFINER AS definer, SECURITY_TYPE AS security',
      'VIEWS WHERE TABLE_SCHEMA',
    ),
    part('routine', 'ROUTINE_NAME, DEFINER, SECURITY_TYPE', 'ROUTINES WHERE ROUTINE_SCHEMA'),
    part('trigger', "TRIGGER_NAME, DEFINER, 'DEFINER'", 'TRIGGERS WHERE TRIGGER_SCHEMA'),
    part('event', "EVENT_NAME, DEFINER, 'DEFINER'", 'EVENTS WHERE EVENT_SCHEMA'),
  ].join(' UNION ALL ');
}
