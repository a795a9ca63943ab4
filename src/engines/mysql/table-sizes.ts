import type { Table } from '../../core/schema.js';
import type { SqlSession } from '../sql-session.js';
import type { StoredBytes } from '../stored-bytes.js';
import { textLiteral } from './dialect.js';

/**
 * The bytes that the rows of tables take up, by table name, all partitions together and without indexes of their own. For
 * InnoDB it is what the clustered index was given, long values included. Engines that keep no rows here say 0, or nothing.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-tables-table.html
 */
export async function readMysqlTableSizes(
  session: SqlSession,
  tables: readonly Table[],
): Promise<ReadonlyMap<string, StoredBytes>> {
  const [first] = tables;
  if (first === undefined) return new Map();
  const rows = await session.query(
    `SELECT TABLE_NAME AS table_name, DATA_LENGTH AS bytes, ROW_FORMAT AS row_format FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = ${textLiteral(first.schema)} AND DATA_LENGTH > 0`,
  );
  return new Map(
    rows.map(({ table_name: name, bytes, row_format: format }) => [
      name ?? '',
      { bytes: Number(bytes), isCompressed: format?.toLowerCase() === 'compressed' },
    ]),
  );
}
