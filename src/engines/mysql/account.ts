import type { AccountFacts } from '../../core/server-facts.js';
import type { SqlSession } from '../sql-session.js';
import { quoteName } from './dialect.js';

/**
 * The account and its grants. MariaDB, and MySQL before 5.7.6, say how the account is identified, hash of its password
 * included: whatever stands behind that word is cut off before anybody sees the line.
 *
 * @see https://mariadb.com/docs/server/reference/sql-statements/administrative-sql-statements/show/show-grants
 */
export async function readMysqlAccount(session: SqlSession): Promise<AccountFacts> {
  const [row] = await session.query('SELECT CURRENT_USER() AS account');
  // What fails on the server is in the log; without an answer the grants are not known.
  const rows = await session.query('SHOW GRANTS').catch(() => null);
  const lines = rows?.flatMap((line) => Object.values(line).filter((value) => value !== null)) ?? null;
  return { account: row?.account ?? '', grants: lines?.map(withoutPassword) ?? null };
}

/** Of a line that says how an account is identified nothing behind that is kept: it may quote anything. */
export function withoutPassword(line: string): string {
  return line.replace(/\s+IDENTIFIED\b[\s\S]*$/i, ' IDENTIFIED …');
}

/** Milliseconds since 1970 by the server's clock. */
export async function readMysqlClock(session: SqlSession): Promise<number> {
  const [row] = await session.query('SELECT UNIX_TIMESTAMP(SYSDATE(6)) AS seconds');
  return Number(row?.seconds) * 1000;
}

/**
 * `user@host`, as CURRENT_USER() says it, quoted as statements name an account, where no literal by its bytes may stand; the host
 * never holds an `@`. A name with a quote or a backslash in it, whose meaning hangs on the sql_mode, is quoted like other names.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/account-names.html
 */
export function quoteAccount(account: string): string {
  const at = account.lastIndexOf('@');
  const quote = (name: string): string => (/['\\]/.test(name) ? quoteName(name) : `'${name}'`);
  return at === -1 ? quote(account) : `${quote(account.slice(0, at))}@${quote(account.slice(at + 1))}`;
}
