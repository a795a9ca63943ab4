import type { SqlSession } from '../sql-session.js';
import { readMysqlCapabilities } from './capabilities.js';

/**
 * MySQL counts the rows of its temporary tables, which a question of ours may need, among those of all handlers; MariaDB counts
 * them apart, and since 10.6 has no counts of InnoDB.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/server-status-variables.html#statvar_Innodb_rows_inserted
 * @see https://mariadb.com/docs/server/ha-and-performance/optimization-and-tuning/system-variables/server-status-variables#handler_write
 */
const COUNTERS = {
  mysql: ['Innodb_rows_inserted', 'Innodb_rows_updated', 'Innodb_rows_deleted'],
  mariadb: ['Handler_write', 'Handler_update', 'Handler_delete'],
};

/** How many rows were written since the server was started, which every account may read. After a restart it is another number. */
export async function readMysqlChanges(session: SqlSession): Promise<string | null> {
  const { engine } = await readMysqlCapabilities(session);
  const names = COUNTERS[engine].map((name) => `'${name}'`).join(', ');
  const rows = await session.query(`SHOW GLOBAL STATUS WHERE Variable_name IN (${names})`);
  const counts = rows.map((row) => Object.values(row)[1] ?? '');
  if (counts.length !== COUNTERS[engine].length || counts.some((count) => !/^\d+$/.test(count))) return null;
  return String(counts.reduce((sum, count) => sum + BigInt(count), 0n));
}
