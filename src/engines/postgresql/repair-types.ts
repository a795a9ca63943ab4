import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { quoteFileName } from './file-spelling.js';
import { readList, type SchemaSql } from './repair-facts.js';

/** What statements must know of a type, by the name that the server prints for it. */
export interface RepairType {
  /** Quoted schema and quoted name, with `[]` for an array. */
  readonly quoted: string;
  /** The schema of the operator that its indexes compare with; `pg_catalog` where the type has none of its own. */
  readonly operatorSchema: string;
  /** The labels of an enum; null for other types. */
  readonly labels: ReadonlySet<string> | null;
}

export type RepairTypes = ReadonlyMap<string, RepairType>;

/**
 * The types of the schema's columns, by the name that the server prints for them. An array is written as its element's
 * type with `[]`; a domain is in it with the type under it, by which its columns are known.
 */
export async function readTypes(session: SqlSession, schema: SchemaSql): Promise<RepairTypes> {
  const rows = await session.query(
    `SELECT DISTINCT format_type(u.oid, u.modifier) AS declared, n.nspname AS type_schema, e.typname AS type_name,
       (e.oid <> t.oid)::text AS is_array, (SELECT json_agg(l.enumlabel)::text FROM pg_enum l WHERE l.enumtypid = b.oid) AS labels,
       (SELECT min(x.nspname::text) FROM pg_opclass oc JOIN pg_am am ON am.oid = oc.opcmethod AND am.amname = 'btree'
          JOIN pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amoplefttype = oc.opcintype
            AND ao.amoprighttype = oc.opcintype AND ao.amopstrategy = 3
          JOIN pg_operator o ON o.oid = ao.amopopr AND o.oprname = '=' JOIN pg_namespace x ON x.oid = o.oprnamespace
        WHERE oc.opcdefault AND oc.opcintype = b.oid) AS operator_schema
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type own ON own.oid = a.atttypid
     CROSS JOIN LATERAL (VALUES (a.atttypid, a.atttypmod), (own.typbasetype, own.typtypmod)) AS u(oid, modifier)
     JOIN pg_type t ON t.oid = u.oid
     JOIN pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
     JOIN pg_namespace n ON n.oid = e.typnamespace
     JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
     WHERE c.relnamespace = ${schema} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped`,
  );
  return new Map(rows.map((row) => [row.declared ?? '', readType(row)]));
}

function readType(row: ControlRow): RepairType {
  const element = `${quoteFileName(row.type_schema ?? '')}.${quoteFileName(row.type_name ?? '')}`;
  return {
    quoted: row.is_array === 'true' ? `${element}[]` : element,
    operatorSchema: row.operator_schema ?? 'pg_catalog',
    labels: row.labels == null ? null : new Set(readList(row.labels)),
  };
}
