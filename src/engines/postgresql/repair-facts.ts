import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { readPostgresqlCapabilities } from './capabilities.js';
import { quoteFileName } from './file-spelling.js';

/** A piece of SQL that names the schema whose facts are read. */
export type SchemaSql = string;

/** Lists come as JSON text, because a name may hold any separator. */
export function readList(text: string | null | undefined): string[] {
  return JSON.parse(text ?? '[]') as string[];
}

/** The characters of which the engine makes operators; what else a server says is no operator. */
const OPERATOR = /^[-+*/<>=~!@#%^&|`?]+$/;

/** Operators with their schemas, as SQL that means no other. A server's text comes into files here, so it is looked at. */
export function readOperators(text: string | null | undefined): string[] {
  return (JSON.parse(text ?? '[]') as [schema: string, name: string][]).map(([schema, name]) => {
    if (!OPERATOR.test(name)) throw new RangeError(`The server names an operator ${JSON.stringify(name)}`);
    return `OPERATOR(${quoteFileName(schema)}.${name})`;
  });
}

/**
 * Tables with all partitions below them: what is declared on a partition concerns the rows of the table that the run
 * compares. `pg_partition_tree` is not there before PostgreSQL 12.
 */
export const TREE = (schema: SchemaSql): string =>
  `WITH RECURSIVE tree AS (
     SELECT c.oid AS root, c.relname AS table_name, c.oid AS relid FROM pg_class c
     WHERE c.relnamespace = ${schema} AND c.relkind IN ('r', 'p') AND (row_to_json(c)->>'relispartition') IS DISTINCT FROM 'true'
     UNION ALL SELECT t.root, t.table_name, i.inhrelid FROM tree t
     JOIN pg_inherits i ON i.inhparent = t.relid JOIN pg_class p ON p.oid = i.inhrelid AND (row_to_json(p)->>'relispartition') = 'true')`;

/** Whether the index is NULLS NOT DISTINCT and which columns only ride along are facts that old catalogs lack. */
export function readUniques(session: SqlSession, schema: SchemaSql): Promise<readonly ControlRow[]> {
  return session.query(
    `SELECT c.relname AS table_name, ic.relname AS index_name, row_to_json(i)->>'indnullsnotdistinct' AS nulls_equal,
       pg_get_expr(i.indpred, i.indrelid) AS predicate, (NOT i.indimmediate)::text AS deferrable, i.indisexclusion::text AS exclusion,
       (SELECT json_agg(pg_get_indexdef(i.indexrelid, k.n, true) ORDER BY k.n)::text FROM generate_series(1, x.size) AS k(n)) AS expressions,
       (SELECT json_agg(json_build_array(n.nspname, o.oprname) ORDER BY k.n)::text FROM generate_series(1, x.size) AS k(n)
          LEFT JOIN pg_constraint e ON e.conindid = i.indexrelid AND e.contype = 'x' JOIN pg_opclass oc ON oc.oid = i.indclass[k.n - 1]
          JOIN pg_operator o ON o.oid = COALESCE(e.conexclop[k.n], (SELECT ao.amopopr FROM pg_amop ao WHERE ao.amopfamily = oc.opcfamily
            AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype AND ao.amopstrategy = 3))
          JOIN pg_namespace n ON n.oid = o.oprnamespace) AS operators,
       (SELECT json_agg(a.attcollation <> 0 OR a.atttypid = 'pg_catalog.numeric'::regtype ORDER BY a.attnum)::text
        FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attnum <= x.size) AS hashed,
       (SELECT json_agg(a.attname ORDER BY k.n)::text FROM generate_series(1, x.size) AS k(n)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.attnum = i.indkey[k.n - 1]) AS plain,
       (SELECT json_agg(DISTINCT a.attname)::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
          AND (a.attnum = ANY (ARRAY(SELECT i.indkey[k.n - 1] FROM generate_series(1, x.size) AS k(n)))
            OR (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL) AND NOT a.attnum = ANY (i.indkey::int2[]) AND EXISTS (
              SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum))) AS columns
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class ic ON ic.oid = i.indexrelid
     CROSS JOIN LATERAL (SELECT COALESCE((row_to_json(i)->>'indnkeyatts')::int, i.indnatts::int) AS size) x
     WHERE c.relnamespace = ${schema} AND (i.indisunique OR i.indisexclusion) AND (row_to_json(c)->>'relispartition') IS DISTINCT FROM 'true'
     ORDER BY ic.relname::text COLLATE "C"`,
  );
}

/** First columns of indexes by which the server finds rows of a table that have a value. */
export function readLeading(session: SqlSession, schema: SchemaSql): Promise<readonly ControlRow[]> {
  return session.query(
    `SELECT DISTINCT c.relname AS table_name, a.attname AS column_name FROM pg_index i
     JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am m ON m.oid = ic.relam
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.attnum = i.indkey[0]
     WHERE c.relnamespace = ${schema} AND i.indisvalid AND i.indpred IS NULL AND m.amname IN ('btree', 'hash')
       AND i.indcollation[0] IN (0, a.attcollation)`,
  );
}

/** CHECK constraints of tables; those of domains hold where a value is cast to the domain. */
export function readChecks(session: SqlSession, schema: SchemaSql): Promise<readonly ControlRow[]> {
  return session.query(
    `SELECT c.relname AS table_name, k.conname AS name, pg_get_expr(k.conbin, k.conrelid) AS expression,
       (SELECT json_agg(a.attname)::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey)) AS columns
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     WHERE k.contype = 'c' AND c.relnamespace = ${schema} ORDER BY k.conname::text COLLATE "C"`,
  );
}

/** What the partitions of a table hold between them, and the columns that decide where a row goes. */
export async function readPartitions(session: SqlSession, schema: SchemaSql): Promise<readonly ControlRow[]> {
  const { hasColumn } = await readPostgresqlCapabilities(session);
  if (!hasColumn('pg_partitioned_table', 'partattrs')) return [];
  return session.query(
    `${TREE(schema)} SELECT t.table_name,
       json_agg(pg_get_partition_constraintdef(t.relid)) FILTER (WHERE p.relkind <> 'p')::text AS holds,
       (SELECT json_agg(DISTINCT a.attname)::text FROM tree u JOIN pg_partitioned_table y ON y.partrelid = u.relid
          JOIN pg_attribute a ON a.attrelid = u.relid AND a.attnum > 0 AND NOT a.attisdropped
            AND (a.attnum = ANY (y.partattrs::int2[]) OR 0 = ANY (y.partattrs::int2[])) WHERE u.root = t.root) AS columns,
       (EXISTS (SELECT 1 FROM pg_attribute f WHERE f.attrelid = 'pg_catalog.pg_proc'::regclass AND f.attname = 'prokind'))::text AS moves
     FROM tree t JOIN pg_class p ON p.oid = t.relid JOIN pg_class r ON r.oid = t.root
     WHERE r.relkind = 'p' GROUP BY t.root, t.table_name`,
  );
}

/** How generated columns are computed. */
export function readGenerated(session: SqlSession, schema: SchemaSql): Promise<readonly ControlRow[]> {
  return session.query(
    `SELECT c.relname AS table_name, a.attname AS column_name, pg_get_expr(d.adbin, d.adrelid) AS expression
     FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
     WHERE c.relnamespace = ${schema} AND COALESCE(row_to_json(a)->>'attgenerated', '') <> ''`,
  );
}

/** Columns of a domain type. */
export function readDomains(session: SqlSession, schema: SchemaSql): Promise<readonly ControlRow[]> {
  return session.query(
    `SELECT c.relname AS table_name, a.attname AS column_name, n.nspname AS type_schema, t.typname AS type_name
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     JOIN pg_type t ON t.oid = a.atttypid AND t.typtype = 'd' JOIN pg_namespace n ON n.oid = t.typnamespace
     WHERE c.relnamespace = ${schema} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped`,
  );
}

/** Text columns where the server's own character set may lack a character of a value. */
export function readAsked(session: SqlSession, schema: SchemaSql): Promise<readonly ControlRow[]> {
  return session.query(
    `SELECT c.relname AS table_name, a.attname AS column_name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = ${schema} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
       AND current_setting('server_encoding') NOT IN ('UTF8', 'SQL_ASCII') AND a.attcollation <> 0`,
  );
}
