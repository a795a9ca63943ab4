import type { SqlSession } from '../../sql-session.js';
import { quoteAccount } from '../account.js';
import { readMysqlCapabilities } from '../capabilities.js';
import { coversTable, grantsSchema, readGrants } from '../grants.js';

/** A schema, or one table of it; everything where it is left out. */
export interface RightPlace {
  readonly schema?: string;
  readonly table?: string;
}

/** What the account of a session may do, as far as the server says that. */
export interface MysqlRights {
  /** Quoted, as a GRANT statement names it. */
  readonly account: string;
  /** False where the server does not say what it has granted. */
  readonly areKnown: boolean;
  /** Whether a privilege, by its name in SHOW GRANTS (`PROCESS`, `TRIGGER`), is granted there, by a role too. False where nobody knows. */
  has(privilege: string, place?: RightPlace): boolean;
}

const rights = new WeakMap<SqlSession, Promise<MysqlRights>>();

/**
 * Reads what the account may do, once a session: before an empty answer counts as a fact, the right to see what there is must
 * be proved. SHOW GRANTS may quote the hash of a password, which goes no further than this.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/show-grants.html
 */
export function readMysqlRights(session: SqlSession): Promise<MysqlRights> {
  const found = rights.get(session) ?? askRights(session);
  rights.set(session, found);
  // Whoever asked gets the error; the next one asks again.
  found.catch(() => rights.delete(session));
  return found;
}

async function askRights(session: SqlSession): Promise<MysqlRights> {
  const [row] = await session.query('SELECT CURRENT_USER() AS account');
  const { lines, areKnown } = await readGrants(session, await readMysqlCapabilities(session));
  return {
    account: quoteAccount(row?.account ?? ''),
    areKnown,
    has: (privilege, { schema, table } = {}) =>
      isGlobal(lines, privilege) ||
      (schema !== undefined && grantsSchema(lines, schema, privilege)) ||
      (schema !== undefined &&
        table !== undefined &&
        lines.some((line) => coversTable(line, { schema, table }, privilege))),
  };
}

const GLOBAL_GRANT = /^GRANT\s+(.*?)\s+ON\s+\*\.\*\s+TO\b/i;

/** Dynamic privileges of MySQL 8 stand in lines of their own. */
function isGlobal(lines: readonly string[], wanted: string): boolean {
  return lines.some((line) => {
    const privileges =
      GLOBAL_GRANT.exec(line)?.[1]
        ?.split(',')
        .map((privilege) => privilege.trim().toUpperCase()) ?? [];
    return privileges.some((privilege) => privilege === wanted || privilege.startsWith('ALL PRIVILEGES'));
  });
}
