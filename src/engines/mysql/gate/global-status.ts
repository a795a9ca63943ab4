import type { SqlSession } from '../../sql-session.js';
import { readMysqlCapabilities } from '../capabilities.js';

/** Counts of a server by their names in capitals; those that it does not have are left out. */
export async function readGlobalStatus(
  session: SqlSession,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const list = names.map((name) => `'${name}'`).join(', ');
  // The tables of the counts have none of the statements of a kind.
  const rows = await session.query(`SHOW GLOBAL STATUS WHERE Variable_name IN (${list})`);
  return new Map(
    rows.map((row) => Object.values(row)).map(([name, value]) => [(name ?? '').toUpperCase(), value ?? '']),
  );
}

/**
 * When the server started, in seconds; null where it does not say. It is the same number at every reading only if its clock
 * and its age are asked in one statement. MySQL 5.7 has both tables and refuses one of them.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/performance-schema-status-variable-tables.html
 */
export async function readStartTime(session: SqlSession): Promise<string | null> {
  const { engine } = await readMysqlCapabilities(session);
  const places = ['performance_schema', 'information_schema'];
  for (const place of engine === 'mariadb' ? places.reverse() : places) {
    const rows = await session
      .query(
        `SELECT UNIX_TIMESTAMP() - CAST(VARIABLE_VALUE AS SIGNED) AS started FROM ${place}.global_status
         WHERE VARIABLE_NAME = 'UPTIME'`,
      )
      // What fails on the server is in the log; an older one has the other table.
      .catch(() => []);
    const started = rows[0]?.started;
    if (started != null) return started;
  }
  return null;
}
