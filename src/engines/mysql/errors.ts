import type { ErrorCode } from '../../core/errors.js';
import type { ErrorClass } from '../engine.js';

/**
 * Server and client errors that mean something to a run; every other one is a failed read.
 *
 * @see https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
 */
const CLASSES: Readonly<Record<string, { readonly code: ErrorCode; readonly transient: boolean }>> = {
  ER_LOCK_DEADLOCK: { code: 'read', transient: true },
  ER_LOCK_WAIT_TIMEOUT: { code: 'timeout', transient: true },
  ER_QUERY_TIMEOUT: { code: 'timeout', transient: true },
  ER_STATEMENT_TIMEOUT: { code: 'timeout', transient: true },
  ER_QUERY_INTERRUPTED: { code: 'read', transient: true },
  ER_CON_COUNT_ERROR: { code: 'connect', transient: true },
  ER_TOO_MANY_USER_CONNECTIONS: { code: 'connect', transient: true },
  ER_SERVER_SHUTDOWN: { code: 'connection-lost', transient: true },
  ER_NEED_REPREPARE: { code: 'read', transient: true },
  ER_TABLE_DEF_CHANGED: { code: 'read', transient: true },
  PROTOCOL_CONNECTION_LOST: { code: 'connection-lost', transient: true },
  ECONNRESET: { code: 'connection-lost', transient: true },
  EPIPE: { code: 'connection-lost', transient: true },
  ETIMEDOUT: { code: 'connect', transient: true },
  ECONNREFUSED: { code: 'connect', transient: true },
  EHOSTUNREACH: { code: 'connect', transient: true },
  ENETUNREACH: { code: 'connect', transient: true },
  EAI_AGAIN: { code: 'connect', transient: true },
  ENOTFOUND: { code: 'connect', transient: false },
  ER_ACCESS_DENIED_ERROR: { code: 'connect', transient: false },
  ER_DBACCESS_DENIED_ERROR: { code: 'permission', transient: false },
  ER_BAD_DB_ERROR: { code: 'connect', transient: false },
  ER_TABLEACCESS_DENIED_ERROR: { code: 'permission', transient: false },
  ER_COLUMNACCESS_DENIED_ERROR: { code: 'permission', transient: false },
};
/** MariaDB numbers that mysql2, which knows MySQL's names, calls something else. */
const MARIADB_STATEMENT_TIMEOUT = 1969;
const CONNECTION_KILLED = 1927;
/** As many connections as `max_connections`, the server's `max_user_connections` and that of an account allow. */
const TOO_MANY_CONNECTIONS: ReadonlySet<string> = new Set([
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
]);
/** Ours, in the place of a server's code: a table looks empty in a snapshot. */
export const EMPTIED = 'ROWPROOF_EMPTIED';
/** The rows of a table as they were when a snapshot began are gone: the table was altered or emptied since. */
const OUTDATED = 'ER_TABLE_DEF_CHANGED';
/** An account also has limits that are by the hour, which nobody waits for. */
const ACCOUNT_LIMIT = 'ER_USER_LIMIT_REACHED';

const PASSWORD =
  'Check account and password: in the URL, in MYSQL_PWD or in ~/.my.cnf. The server knows the account by where it comes from.';

const FEWER_WORKERS =
  'All connections of the server, or of the account, are taken: try again later, or with fewer --workers.';

/** What to do about a refused login, by the code of the error. */
export const MYSQL_CONNECT_HINTS: Readonly<Record<string, string>> = {
  ER_ACCESS_DENIED_ERROR: PASSWORD,
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: PASSWORD,
  ER_BAD_DB_ERROR: 'Check the database in the URL, mysql://host:3306/DATABASE; letter case may count.',
  ER_DBACCESS_DENIED_ERROR: 'Grant the account SELECT on the database, or check the database in the URL.',
  ER_HOST_NOT_PRIVILEGED: 'The server lets nobody in from this machine: create the account for its address.',
  ER_HOST_IS_BLOCKED: 'Too many connections from this machine failed: an administrator can run FLUSH HOSTS.',
  ER_CON_COUNT_ERROR: FEWER_WORKERS,
  ER_TOO_MANY_USER_CONNECTIONS: FEWER_WORKERS,
  [ACCOUNT_LIMIT]: FEWER_WORKERS,
  ER_ACCOUNT_HAS_BEEN_LOCKED: 'Unlock the account, or name another one in the URL.',
  ER_MUST_CHANGE_PASSWORD_LOGIN: 'Change the password of the account with a client of the server first.',
};

/** Tells what an error of mysql2 or of the server means. */
export function classifyMysqlError(error: unknown): ErrorClass {
  const {
    code = '',
    errno = 0,
    message = String(error),
    fatal = false,
  } = (error ?? {}) as {
    code?: string;
    errno?: number;
    message?: string;
    fatal?: boolean;
  };
  if (errno === MARIADB_STATEMENT_TIMEOUT) return { code: 'timeout', transient: true, message, hint: '' };
  if (errno === CONNECTION_KILLED) return { code: 'connection-lost', transient: true, message, hint: '' };
  if (code === ACCOUNT_LIMIT && message.includes("'max_user_connections'"))
    return { code: 'connect', transient: true, message, hint: FEWER_WORKERS, isFull: true };
  const known = CLASSES[code];
  if (code === EMPTIED) return { code: 'read', transient: true, message, hint: '', isOutdated: true };
  if (code === OUTDATED && known !== undefined) return { ...known, message, hint: '', isOutdated: true };
  if (TOO_MANY_CONNECTIONS.has(code) && known !== undefined)
    return { ...known, message, hint: FEWER_WORKERS, isFull: true };
  if (known !== undefined) return { ...known, message, hint: '' };
  return fatal
    ? { code: 'connection-lost', transient: true, message, hint: '' }
    : { code: 'read', transient: false, message, hint: '' };
}
