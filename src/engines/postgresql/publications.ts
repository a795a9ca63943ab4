import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { readPostgresqlCapabilities } from './capabilities.js';
import { textLiteral } from './dialect.js';
import type {
  PostgresqlReplication,
  PublicationFacts,
  PublishedTable,
  SlotFacts,
} from './replication-facts.js';

/** The logical slots of the database. */
export async function readSlots(session: SqlSession): Promise<readonly SlotFacts[]> {
  const rows = await session.query(
    `SELECT slot_name, active, confirmed_flush_lsn::text AS confirmed FROM pg_replication_slots
     WHERE slot_type = 'logical' AND database = current_database()`,
  );
  return rows.map(({ slot_name, active, confirmed }) => ({
    name: slot_name ?? '',
    isActive: active === 't',
    confirmed: confirmed ?? null,
  }));
}

export async function readPublications(session: SqlSession): Promise<readonly PublicationFacts[]> {
  const rows = await session.query('SELECT pubname, pubinsert, pubupdate, pubdelete FROM pg_publication');
  return rows.map(({ pubname, pubinsert, pubupdate, pubdelete }) => ({
    name: pubname ?? '',
    inserts: pubinsert === 't',
    updates: pubupdate === 't',
    deletes: pubdelete === 't',
  }));
}

/**
 * The tables of all publications, those of whole schemas included.
 *
 * @see https://www.postgresql.org/docs/current/view-pg-publication-tables.html
 */
export async function readPublished(session: SqlSession): Promise<readonly PublishedTable[]> {
  const { hasColumn } = await readPostgresqlCapabilities(session);
  const lists = hasColumn('pg_publication_tables', 'rowfilter')
    ? 'to_json(attnames)::text AS columns, rowfilter'
    : 'NULL AS columns, NULL AS rowfilter';
  const rows = await session.query(
    `SELECT pubname, schemaname || '.' || tablename AS name, ${lists} FROM pg_publication_tables`,
  );
  return rows.map((row) => ({
    publication: row.pubname ?? '',
    table: row.name ?? '',
    columns: row.columns == null ? null : (JSON.parse(row.columns) as string[]),
    filter: row.rowfilter ?? null,
  }));
}

/** The partitions that hold the rows of the partitioned tables of some schemas, and the tables that no log takes in. */
export async function readRelations(
  session: SqlSession,
  schemas: readonly string[],
): Promise<Pick<PostgresqlReplication, 'leaves' | 'unlogged'>> {
  if (schemas.length === 0) return { leaves: {}, unlogged: [] };
  const where = `n.nspname IN (${schemas.map(textLiteral).join(', ')})`;
  const rows = await session.query(
    `WITH RECURSIVE tree AS (
       SELECT c.oid AS root, c.oid AS node, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE ${where} AND c.relkind = 'p'
       UNION ALL
       SELECT tree.root, c.oid, c.relkind FROM tree JOIN pg_inherits i ON i.inhparent = tree.node
         JOIN pg_class c ON c.oid = i.inhrelid WHERE tree.relkind = 'p')
     SELECT 'leaf' AS what, rn.nspname || '.' || r.relname AS root, ln.nspname || '.' || l.relname AS name
     FROM tree JOIN pg_class r ON r.oid = tree.root JOIN pg_namespace rn ON rn.oid = r.relnamespace
       JOIN pg_class l ON l.oid = tree.node JOIN pg_namespace ln ON ln.oid = l.relnamespace
     WHERE tree.relkind <> 'p'
     UNION ALL
     SELECT 'unlogged', NULL, n.nspname || '.' || c.relname FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${where} AND c.relkind = 'r' AND c.relpersistence = 'u'`,
  );
  const leaves: Record<string, string[]> = {};
  for (const { what, root, name } of rows) {
    if (what !== 'leaf') continue;
    const own = leaves[root ?? ''] ?? [];
    own.push(name ?? '');
    leaves[root ?? ''] = own;
  }
  const isUnlogged = ({ what }: ControlRow): boolean => what === 'unlogged';
  return { leaves, unlogged: rows.filter(isUnlogged).map(({ name }) => name ?? '') };
}
