import type { NamedTable, SchemaNames } from '../../core/schema.js';
import type { ConnectionSettings } from '../connection-settings.js';
import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { readMysqlCapabilities } from './capabilities.js';
import { describeSequence, isSequence, kindOf, readSchemaName, TABLE_ORDER } from './catalog.js';
import { textLiteral } from './dialect.js';

/**
 * Reads the names of all tables, for which the server opens none of them: how many rows each has, and which keys, it
 * reads from the file of each.
 *
 * @see https://mariadb.com/kb/en/optimizing-information_schema-queries/
 */
export async function readMysqlNames(
  session: SqlSession,
  settings: ConnectionSettings,
): Promise<SchemaNames> {
  const schema = await readSchemaName(session, settings.schema, await readMysqlCapabilities(session));
  const rows = await session.query(
    `SELECT TABLE_NAME AS table_name, TABLE_TYPE AS table_type
     FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${textLiteral(schema)} ORDER BY ${TABLE_ORDER}`,
  );
  return {
    schema,
    tables: rows.filter((row) => !isSequence(row)).map((row) => nameTable(schema, row)),
    others: rows.filter(isSequence).map(describeSequence),
  };
}

function nameTable(schema: string, row: ControlRow): NamedTable {
  return { schema, name: row.table_name ?? '', kind: kindOf(row) };
}
