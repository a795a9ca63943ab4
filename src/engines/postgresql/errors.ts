import type { ErrorCode } from '../../core/errors.js';
import type { ErrorClass } from '../engine.js';

/**
 * SQLSTATE codes that mean something to a run; every other one is a failed read.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const CLASSES: Readonly<Record<string, { readonly code: ErrorCode; readonly transient: boolean }>> = {
  '40001': { code: 'read', transient: true },
  '40P01': { code: 'read', transient: true },
  '55P03': { code: 'timeout', transient: true },
  '57014': { code: 'timeout', transient: true },
  '57P01': { code: 'connection-lost', transient: true },
  '57P02': { code: 'connection-lost', transient: true },
  '57P03': { code: 'connect', transient: true },
  '53300': { code: 'connect', transient: true },
  '08006': { code: 'connection-lost', transient: true },
  '08003': { code: 'connection-lost', transient: true },
  ECONNRESET: { code: 'connection-lost', transient: true },
  EPIPE: { code: 'connection-lost', transient: true },
  ETIMEDOUT: { code: 'connect', transient: true },
  ECONNREFUSED: { code: 'connect', transient: true },
  EHOSTUNREACH: { code: 'connect', transient: true },
  ENETUNREACH: { code: 'connect', transient: true },
  EAI_AGAIN: { code: 'connect', transient: true },
  ENOTFOUND: { code: 'connect', transient: false },
  '28000': { code: 'connect', transient: false },
  '28P01': { code: 'connect', transient: false },
  '3D000': { code: 'connect', transient: false },
  '42501': { code: 'permission', transient: false },
};

/** Ours, in the place of an SQLSTATE: a table was rewritten since the snapshot in which it was read began. */
export const OUTDATED = 'ROWPROOF_OUTDATED';

/** `too_many_connections`: of the server, of a database, and of a role. */
const TOO_MANY_CONNECTIONS = '53300';
const FEWER_WORKERS =
  'All connections of the server, or of the account, are taken: try again later, or with fewer --workers.';

/** What to do about a refused login, by its SQLSTATE. */
export const POSTGRESQL_CONNECT_HINTS: Readonly<Record<string, string>> = {
  '28P01': 'Check account and password: in the URL, in PGPASSWORD or in a password file (~/.pgpass).',
  '28000':
    'Check the account, postgres://ACCOUNT@host/database, and what pg_hba.conf of the server lets in from here.',
  '3D000': 'Check the database in the URL, postgres://host:5432/DATABASE; letter case counts.',
  '42501': 'Grant the account CONNECT on the database, or check the database in the URL.',
  [TOO_MANY_CONNECTIONS]: FEWER_WORKERS,
  '57P03': 'The server is starting or stopping: try again later.',
};

/** Tells what an error of pg or of the server means. */
export function classifyPostgresqlError(error: unknown): ErrorClass {
  const { code = '', message = String(error) } = (error ?? {}) as { code?: string; message?: string };
  if (/row-level security/.test(message)) {
    const hint =
      "Read as the table's owner or as a role with BYPASSRLS: a policy hides rows from this account.";
    return { code: 'permission', transient: false, message, hint };
  }
  if (code === OUTDATED) return { code: 'read', transient: true, message, hint: '', isOutdated: true };
  const known = CLASSES[code];
  if (code === TOO_MANY_CONNECTIONS && known !== undefined)
    return { ...known, message, hint: FEWER_WORKERS, isFull: true };
  if (known !== undefined) return { ...known, message, hint: '' };
  if (/^Connection terminated|timeout expired|not queryable/.test(message)) {
    return { code: 'connection-lost', transient: true, message, hint: '' };
  }
  return { code: 'read', transient: false, message, hint: '' };
}
