import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type { PreparedFacts } from '../../../core/gate/prepared-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { readMysqlCapabilities } from '../capabilities.js';
import { readMysqlRights } from './rights.js';

/**
 * Transactions that were prepared, of the whole server: the server names no schema of them. MySQL 8 refuses the list without a
 * privilege of its own; elsewhere everybody may read it.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/xa-statements.html
 */
export async function readMysqlPrepared(session: SqlSession): Promise<Fact<readonly PreparedFacts[]>> {
  const { engine, tellsRoles } = await readMysqlCapabilities(session);
  const { account, has } = await readMysqlRights(session);
  if (engine === 'mysql' && tellsRoles && !has('XA_RECOVER_ADMIN'))
    return hidden('prepared transactions are hidden', `GRANT XA_RECOVER_ADMIN ON *.* TO ${account}`);
  const rows = await session.query('XA RECOVER');
  return known(rows.map(({ data }) => ({ name: printable(data ?? ''), account: '', since: null })));
}

/** A name may be any bytes. */
function printable(name: string): string {
  const shown = name.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
  return `XA ${shown === '' ? 'transaction' : shown}`;
}
