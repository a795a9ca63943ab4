import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type { CapacityFacts, ExpiryFacts } from '../../../core/gate/serving-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { quoteAccount } from '../account.js';
import { readMysqlCapabilities } from '../capabilities.js';
import { readGlobalStatus } from './global-status.js';
import { readMysqlRights } from './rights.js';

/** The most sessions that there were is known since the server started. */
export async function readMysqlCapacity(session: SqlSession): Promise<Fact<CapacityFacts>> {
  const [row] = await session.query('SELECT @@GLOBAL.max_connections AS most');
  const status = await readGlobalStatus(session, ['MAX_USED_CONNECTIONS']);
  return known({ limit: Number(row?.most ?? 0), used: Number(status.get('MAX_USED_CONNECTIONS') ?? 0) });
}

const COLUMNS = ['Host', 'User', 'password_expired', 'account_locked'];

/**
 * Accounts that are locked, or whose password was set to be expired; MySQL 5.6 locks none. Passwords that expire with time are
 * looked at where the server keeps that with the account.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/account-locking.html
 * @see https://mariadb.com/docs/server/security/user-account-management/account-locking
 */
export async function readMysqlExpiries(session: SqlSession): Promise<Fact<readonly ExpiryFacts[]>> {
  const { engine } = await readMysqlCapabilities(session);
  const { account } = await readMysqlRights(session);
  try {
    const rows = engine === 'mariadb' ? await readMariadb(session) : await readMysql(session);
    return known(rows.map(describe));
  } catch (error) {
    if (session.broken) throw error;
    const grant =
      engine === 'mariadb'
        ? `GRANT SELECT ON mysql.global_priv TO ${account}`
        : `GRANT SELECT (${COLUMNS.join(', ')}, password_lifetime, password_last_changed) ON mysql.user TO ${account}`;
    return hidden('accounts are hidden', grant);
  }
}

/** @see https://mariadb.com/docs/server/reference/system-tables/the-mysql-database-tables/mysql-global_priv-table */
function readMariadb(session: SqlSession): Promise<readonly ControlRow[]> {
  return session.query(
    `SELECT Host AS host, User AS user, COALESCE(JSON_VALUE(Priv, '$.account_locked'), '0') IN ('1', 'true') AS locked,
       JSON_VALUE(Priv, '$.password_last_changed') = '0' AS expired, NULL AS days
     FROM mysql.global_priv WHERE COALESCE(JSON_VALUE(Priv, '$.is_role'), '0') NOT IN ('1', 'true')`,
  );
}

async function readMysql(session: SqlSession): Promise<readonly ControlRow[]> {
  const columns = await session.query('SHOW COLUMNS FROM mysql.user');
  const has = (name: string): boolean => columns.some(({ Field }) => Field === name);
  const days = has('password_lifetime')
    ? `DATEDIFF(password_last_changed + INTERVAL COALESCE(password_lifetime, NULLIF(@@GLOBAL.default_password_lifetime, 0)) DAY, NOW())`
    : 'NULL';
  return session.query(
    `SELECT Host AS host, User AS user, ${has('account_locked') ? "account_locked = 'Y'" : '0'} AS locked,
       password_expired = 'Y' AS expired, ${days} AS days FROM mysql.user`,
  );
}

function describe({ host, user, locked, expired, days }: ControlRow): ExpiryFacts {
  const daysLeft = days == null ? null : Number(days);
  const isOver = expired === '1' || (daysLeft !== null && daysLeft < 0);
  const over = isOver ? 'has a password that has expired' : null;
  return {
    account: quoteAccount(`${user}@${host}`),
    user: user ?? '',
    obstacle: locked === '1' ? 'is locked' : over,
    daysLeft,
  };
}
