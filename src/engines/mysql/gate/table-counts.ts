import type { SqlSession } from '../../sql-session.js';
import { textLiteral } from '../dialect.js';

/** Status that says that something was not counted for lack of room. */
const LOST = ['table_instances', 'table_handles', 'thread_instances', 'locker'].map(
  (name) => `'Performance_schema_${name}_lost'`,
);

/**
 * How often rows of the tables of a schema were written since the server started. Null unless the server counts every one of
 * them, for every session.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/performance-schema-filtering.html
 */
export async function readTableCounts(
  session: SqlSession,
  schema: string,
): Promise<ReadonlyMap<string, string> | null> {
  try {
    if (!(await countsEverything(session, schema))) return null;
    const rows = await session.query(
      `SELECT OBJECT_NAME AS name, COUNT_WRITE AS writes FROM performance_schema.table_io_waits_summary_by_table
       WHERE OBJECT_TYPE = 'TABLE' AND OBJECT_SCHEMA = ${textLiteral(schema)}`,
    );
    return new Map(rows.map(({ name, writes }) => [name ?? '', writes ?? '']));
  } catch (error) {
    // What is refused on the server is in the log; null says that nothing is counted.
    if (session.broken) throw error;
    return null;
  }
}

async function countsEverything(session: SqlSession, schema: string): Promise<boolean> {
  const [variable] = await session.query("SHOW GLOBAL VARIABLES LIKE 'performance_schema'");
  if (variable === undefined || Object.values(variable)[1] !== 'ON') return false;
  const [row] = await session.query(
    `SELECT
       (SELECT COUNT(*) FROM performance_schema.setup_instruments
          WHERE NAME = 'wait/io/table/sql/handler' AND ENABLED = 'YES') AS instruments,
       (SELECT COUNT(*) FROM performance_schema.setup_consumers
          WHERE NAME IN ('global_instrumentation') AND ENABLED = 'YES') AS consumers,
       (SELECT COUNT(*) FROM performance_schema.setup_objects WHERE OBJECT_TYPE = 'TABLE'
          AND OBJECT_SCHEMA IN ('%', ${textLiteral(schema)}) AND ENABLED = 'NO') AS objects_out,
       (SELECT COUNT(*) FROM performance_schema.setup_objects WHERE OBJECT_TYPE = 'TABLE'
          AND OBJECT_SCHEMA IN ('%', ${textLiteral(schema)}) AND OBJECT_NAME = '%' AND ENABLED = 'YES') AS objects_in,
       (SELECT COUNT(*) FROM performance_schema.threads WHERE INSTRUMENTED = 'NO'
          AND PROCESSLIST_ID IS NOT NULL) AS threads_out`,
  );
  const lost = await session.query(`SHOW GLOBAL STATUS WHERE Variable_name IN (${LOST.join(', ')})`);
  return (
    row?.instruments === '1' &&
    row.consumers === '1' &&
    row.objects_out === '0' &&
    row.objects_in !== '0' &&
    row.threads_out === '0' &&
    (await countsAllActors(session)) &&
    lost.every((status) => Object.values(status)[1] === '0')
  );
}

/** Whether new sessions of everybody are counted; MySQL 5.6 cannot leave any out of this list by a row of its own. */
async function countsAllActors(session: SqlSession): Promise<boolean> {
  const rows = await session.query('SELECT * FROM performance_schema.setup_actors');
  const isOn = (row: Readonly<Record<string, string | null>>): boolean => (row.ENABLED ?? 'YES') === 'YES';
  return rows.every(isOn) && rows.some((row) => row.HOST === '%' && row.USER === '%');
}
