import type { Table } from '../../core/schema.js';
import { MOST_TABLE_NAMES } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { readMysqlCapabilities, readVariables } from './capabilities.js';
import { textLiteral } from './dialect.js';

/** A variable of every MySQL that says of InnoDB tables when they were written; its sessions are told not to say what was so a day ago. */
const STATISTICS_EXPIRY = 'information_schema_stats_expiry';

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

/**
 * A text for each table that is another one once rows of it were written: when a table was written last, which every account
 * may read. Where a server does not say that of a table it is how many rows were written on the server since its start: a
 * restart begins anew, and that too is another number.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-tables-table.html UPDATE_TIME
 */
export async function readMysqlChanges(
  session: SqlSession,
  tables: readonly Table[],
): Promise<ReadonlyMap<string, string>> {
  const onServer = await countWrites(session);
  const times = await readUpdateTimes(session, tables);
  return new Map(
    tables.flatMap(({ name }): [string, string][] => {
      const changes = times.get(name) ?? onServer;
      return changes === null ? [] : [[name, changes]];
    }),
  );
}

async function countWrites(session: SqlSession): Promise<string | null> {
  const { engine } = await readMysqlCapabilities(session);
  const names = COUNTERS[engine].map((name) => `'${name}'`).join(', ');
  const rows = await session.query(`SHOW GLOBAL STATUS WHERE Variable_name IN (${names})`);
  const counts = rows.map((row) => Object.values(row)[1] ?? '');
  if (counts.length !== COUNTERS[engine].length || counts.some((count) => !/^\d+$/.test(count))) return null;
  return String(counts.reduce((sum, count) => sum + BigInt(count), 0n));
}

/** Tables of which nothing is known are left out. An older MySQL may have no time of an InnoDB table, which looks like never. */
async function readUpdateTimes(
  session: SqlSession,
  tables: readonly Table[],
): Promise<ReadonlyMap<string, string>> {
  const [first] = tables;
  const { engine } = await readMysqlCapabilities(session);
  const saysWhen = (await readVariables(session, [STATISTICS_EXPIRY])).size > 0;
  if (first === undefined || (engine === 'mysql' && !saysWhen)) return new Map();
  const names = tables.map(({ name }) => textLiteral(name)).join(', ');
  const only = tables.length > MOST_TABLE_NAMES ? '' : `AND TABLE_NAME IN (${names})`;
  const rows = await session.query(
    `SELECT TABLE_NAME AS table_name, COALESCE(UPDATE_TIME, 'never') AS written FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = ${textLiteral(first.schema)} AND TABLE_TYPE LIKE '%BASE TABLE' AND ENGINE = 'InnoDB' ${only}`,
  );
  return new Map(rows.map(({ table_name: name, written }) => [name ?? '', written ?? 'never']));
}
