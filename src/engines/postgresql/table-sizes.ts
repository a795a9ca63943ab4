import { readsHeirs, type Table } from '../../core/schema.js';
import type { SqlSession } from '../sql-session.js';
import type { StoredBytes } from '../stored-bytes.js';

/**
 * Rows longer than 2 kB are compressed until they are shorter, so where rows take less than this on average, and none has
 * values elsewhere, too few were compressed to matter.
 */
const LEAST_COMPRESSED_ROW_BYTES = 200;
/** A table of one page may hold hardly any row, and says nothing of how long they are. */
const PAGE_BYTES = 8192;

/** Whether a column of a table is one whose long values are compressed: storage EXTENDED or MAIN. */
const HAS_COMPRESSIBLE = `EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = p.oid AND a.attnum > 0
         AND NOT a.attisdropped AND a.attstorage IN ('x', 'm'))`;

/**
 * The bytes that the rows of tables take up on disk, by table name, with TOAST and all partitions (or heirs that are read
 * along), without indexes. Foreign tables and views keep no rows here, so nothing is said of them.
 *
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-DBSIZE
 */
export async function readPostgresqlTableSizes(
  session: SqlSession,
  tables: readonly Table[],
): Promise<ReadonlyMap<string, StoredBytes>> {
  const rows = await session.query(
    `WITH RECURSIVE tree(root, oid) AS (
       SELECT c.oid, c.oid FROM pg_class c WHERE c.oid IN (${oidList(tables)})
       UNION SELECT tree.root, i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid
       WHERE tree.root IN (${oidList(tables.filter(readsTree))}))
     SELECT r.relname AS table_name,
       sum(pg_relation_size(p.oid) +
         CASE WHEN p.reltoastrelid = 0 THEN 0 ELSE pg_relation_size(p.reltoastrelid) END) AS bytes,
       bool_or(p.reltoastrelid <> 0 AND ${HAS_COMPRESSIBLE} AND
         (pg_relation_size(p.reltoastrelid) > 0 OR
          pg_relation_size(p.oid) > greatest(p.reltuples * ${LEAST_COMPRESSED_ROW_BYTES}, ${PAGE_BYTES}))) AS compressed
     FROM tree JOIN pg_class p ON p.oid = tree.oid JOIN pg_class r ON r.oid = tree.root
     GROUP BY tree.root, r.relname HAVING bool_and(p.relkind IN ('r', 'm', 'p'))`,
  );
  return new Map(
    rows.flatMap(({ table_name: name, bytes, compressed }) =>
      name == null || bytes == null
        ? []
        : [[name, { bytes: Number(bytes), isCompressed: compressed === 't' }] as const],
    ),
  );
}

function readsTree(table: Table): boolean {
  return table.kind === 'partitioned' || readsHeirs(table);
}

/** Object identifiers as a list for IN, which must not be empty; none is 0. */
function oidList(tables: readonly Table[]): string {
  return [0n, ...tables.map(({ identity }) => BigInt(identity ?? 0))].join(', ');
}
