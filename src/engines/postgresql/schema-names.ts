import type { SchemaNames } from '../../core/schema.js';
import type { ConnectionSettings } from '../connection-settings.js';
import type { SqlSession } from '../sql-session.js';
import { readPostgresqlCapabilities } from './capabilities.js';
import { assertSchemaExists, isTableOf, kindOf, partOf } from './catalog.js';
import { describePartition, describeSequence, sequencesQuery } from './catalog-objects.js';

/** Reads the names of all tables, without asking for the columns and keys of any. */
export async function readPostgresqlNames(
  session: SqlSession,
  { schema }: ConnectionSettings,
): Promise<SchemaNames> {
  await assertSchemaExists(session, schema);
  const capabilities = await readPostgresqlCapabilities(session);
  const rows = await session.query(
    `SELECT c.relname AS table_name, c.relkind AS relkind, ${partOf(capabilities)} AS part_of
     FROM pg_class c WHERE ${isTableOf(schema)}
     ORDER BY c.relname::text COLLATE "C"`,
  );
  return {
    schema,
    tables: rows
      .filter((row) => row.part_of == null)
      .map((row) => ({ schema, name: row.table_name ?? '', kind: kindOf(row) })),
    others: [
      ...rows.filter((row) => row.part_of != null).map(describePartition),
      ...(await session.query(sequencesQuery(schema))).map(describeSequence),
    ],
  };
}
