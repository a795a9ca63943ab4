import { describeRefusedLoad } from '../refused-load.js';
import type { SqlSession } from '../sql-session.js';
import { readMysqlCapabilities } from './capabilities.js';
import { classifyMysqlError } from './errors.js';

/**
 * Reads how many threads of the server run a statement. `Threads_running` counts the session that asks; those of the run
 * itself are found in the list of sessions, where every account sees its own.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/server-status-variables.html#statvar_Threads_running
 */
export async function readMysqlLoad(session: SqlSession, ownSessionIds: readonly string[]): Promise<number> {
  try {
    const [row] = await session.query("SHOW GLOBAL STATUS LIKE 'Threads_running'");
    if (row === undefined) throw new Error('it has no status Threads_running');
    const running = Number(Object.values(row)[1]);
    return Math.max(0, running - 1 - (await countRunning(session, ownSessionIds)));
  } catch (error) {
    throw describeRefusedLoad(error, classifyMysqlError);
  }
}

async function countRunning(session: SqlSession, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { hasProcessList } = await readMysqlCapabilities(session);
  const count = async (schema: string): Promise<number> => {
    const [row] = await session.query(
      `SELECT COUNT(*) AS running FROM ${schema}.processlist
       WHERE id IN (${ids.map((id) => String(BigInt(id))).join(', ')}) AND command <> 'Sleep'`,
    );
    return Number(row?.running ?? 0);
  };
  // The older list locks more; servers before MySQL 8.0.22 have no other, and one that was switched off is empty.
  if (!hasProcessList) return count('information_schema');
  return count('performance_schema').catch(() => count('information_schema'));
}
