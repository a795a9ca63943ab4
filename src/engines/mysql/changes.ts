import type { SqlSession } from '../sql-session.js';

/**
 * How many rows were written on the server since it was started, which every account may read. A restart begins anew, and
 * that too is another number.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/server-status-variables.html#statvar_Innodb_rows_inserted
 */
export async function readMysqlChanges(session: SqlSession): Promise<string | null> {
  const rows = await session.query(
    "SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_rows_inserted', 'Innodb_rows_updated', 'Innodb_rows_deleted')",
  );
  const counts = rows.map((row) => Object.values(row)[1] ?? '');
  if (counts.length !== 3 || counts.some((count) => !/^\d+$/.test(count))) return null;
  return String(counts.reduce((sum, count) => sum + BigInt(count), 0n));
}
