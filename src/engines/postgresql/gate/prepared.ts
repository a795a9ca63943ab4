import { type Fact, known } from '../../../core/gate/fact.js';
import type { PreparedFacts } from '../../../core/gate/prepared-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { quoteName } from '../dialect.js';

/**
 * Transactions of the database that were prepared; everybody may read them.
 *
 * @see https://www.postgresql.org/docs/current/view-pg-prepared-xacts.html
 */
export async function readPostgresqlPrepared(session: SqlSession): Promise<Fact<readonly PreparedFacts[]>> {
  const rows = await session.query(
    `SELECT gid::text AS name, owner::text AS owner, to_char(prepared, 'YYYY-MM-DD HH24:MI:SS') || 'Z' AS since
     FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared`,
  );
  return known(
    rows.map(({ name, owner, since }) => ({
      name: name ?? '',
      account: quoteName(owner ?? ''),
      since: since ?? null,
    })),
  );
}
