import type { Column, Heir, NamedObject } from '../../core/schema.js';
import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { textLiteral } from './dialect.js';

/**
 * The trees of tables that inherit from some, wherever they are. Heirs of a partitioned table are its partitions, which it
 * stands for; temporary heirs of other sessions are shown to nobody else.
 *
 * @see https://www.postgresql.org/docs/current/ddl-inherit.html
 */
export function heirsQuery(oids: string): string {
  return `WITH RECURSIVE tree(root, parent, child) AS (
      SELECT i.inhparent, i.inhparent, i.inhrelid FROM pg_inherits i
      JOIN pg_class p ON p.oid = i.inhparent AND p.relkind <> 'p'
      WHERE i.inhparent IN (${oids})
      UNION SELECT tree.root, i.inhparent, i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.child)
    SELECT tree.root AS table_oid, tree.parent, tree.child, n.nspname || '.' || c.relname AS name
    FROM tree JOIN pg_class c ON c.oid = tree.child JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relpersistence <> 't'
    ORDER BY tree.root, n.nspname::text COLLATE "C", c.relname::text COLLATE "C", tree.parent`;
}

export function buildHeir(row: ControlRow): Heir {
  return { parent: row.parent ?? '', identity: row.child ?? '', name: row.name ?? '' };
}

export function describePartition(row: ControlRow): NamedObject {
  return { name: row.table_name ?? '', what: `a partition of ${row.part_of}, which stands for it` };
}

export function sequencesQuery(schema: string): string {
  return `SELECT c.relname AS name FROM pg_class c
    WHERE c.relkind = 'S' AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(schema)})
    ORDER BY c.relname::text COLLATE "C"`;
}

export function describeSequence(row: ControlRow): NamedObject {
  return { name: row.name ?? '', what: 'a sequence' };
}

/**
 * Large objects lie outside of all schemas, and rows only know their numbers; null where the database has none. Everybody
 * may see that they exist.
 *
 * @see https://www.postgresql.org/docs/current/largeobjects.html
 */
export async function readLargeObjects(session: SqlSession): Promise<string | null> {
  const [row] = await session.query('SELECT count(*) AS objects FROM pg_largeobject_metadata');
  const objects = row?.objects ?? '0';
  if (objects === '0') return null;
  return `large objects (${objects} in the database), which rows name by an oid`;
}

/** What a column of type `oid`, or of a domain such as `lo`, may name. */
export function describeContents({ name }: Column): string {
  return `what column ${name} names if it holds numbers of large objects`;
}
