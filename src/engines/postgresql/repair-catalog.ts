import { qualifiedName } from '../../core/pairing.js';
import type { ControlRow, Engine, Session } from '../engine.js';
import type { ForeignKey } from '../repair.js';
import { textLiteral } from './dialect.js';
import {
  createPostgresqlRepairDialect,
  quoteFileName,
  type RepairType,
  type RepairTypes,
} from './repair-dialect.js';

/** Reads foreign keys, unique rules, defaults, triggers and types of one schema. */
export const readPostgresqlRepairCatalog: Engine['readRepairCatalog'] = async (session, { name, tables }) => {
  const schema = `(SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(name)})`;
  const foreignKeys = await readForeignKeys(session, schema);
  const uniques = await session.query(uniquesQuery(schema));
  const required = await session.query(
    `SELECT c.relname AS table_name, a.attname AS column_name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     LEFT JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relnamespace = ${schema} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
       AND (a.attnotnull OR t.typnotnull) AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = ''`,
  );
  const triggers = await session.query(
    `SELECT c.relname AS table_name, t.tgname AS trigger_name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE c.relnamespace = ${schema} AND NOT t.tgisinternal AND t.tgenabled <> 'D' ORDER BY t.tgname COLLATE "C"`,
  );
  return {
    tables: tables.map((table) => {
      const own = (row: ControlRow): boolean => row.table_name === table.name;
      return {
        name: qualifiedName(table),
        foreignKeys: foreignKeys.filter((key) => key.table === qualifiedName(table)),
        uniques: uniques.filter(own).map((row) => ({
          name: row.index_name ?? '',
          columns: readList(row.columns),
          nullsDistinct: row.nulls_equal !== 'true',
        })),
        required: new Set(required.filter(own).map((row) => row.column_name ?? '')),
        autoUpdated: [],
        triggers: triggers.filter(own).map((row) => row.trigger_name ?? ''),
      };
    }),
    foreignKeys,
    dialect: createPostgresqlRepairDialect(await readTypes(session, schema)),
  };
};

/** Lists come as JSON text, because a name may hold any separator. */
function readList(text: string | null | undefined): string[] {
  return JSON.parse(text ?? '[]') as string[];
}

async function readForeignKeys(session: Session, schema: string): Promise<ForeignKey[]> {
  const names = (relation: string, list: string): string =>
    `(SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(f.${list}) WITH ORDINALITY AS k(number, n)
      JOIN pg_attribute a ON a.attrelid = f.${relation} AND a.attnum = k.number)::text`;
  const rows = await session.query(
    `SELECT f.conname AS name, f.condeferrable AS deferrable, cn.nspname AS table_schema, c.relname AS table_name, rn.nspname AS other_schema,
       r.relname AS other_table, ${names('conrelid', 'conkey')} AS columns, ${names('confrelid', 'confkey')} AS others
     FROM pg_constraint f
     JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
     JOIN pg_class r ON r.oid = f.confrelid JOIN pg_namespace rn ON rn.oid = r.relnamespace
     WHERE f.contype = 'f' AND f.conparentid = 0 AND (c.relnamespace = ${schema} OR r.relnamespace = ${schema})
     ORDER BY f.oid`,
  );
  return rows.map((row) => ({
    name: row.name ?? '',
    table: `${row.table_schema}.${row.table_name}`,
    columns: readList(row.columns),
    referencedTable: `${row.other_schema}.${row.other_table}`,
    referencedColumns: readList(row.others),
    deferrable: row.deferrable === 't',
    quotedTable: `${quoteFileName(row.table_schema ?? '')}.${quoteFileName(row.table_name ?? '')}`,
  }));
}

/** The columns of expressions and conditions are those on which the catalog says that the index depends. */
function uniquesQuery(schema: string): string {
  return `SELECT c.relname AS table_name, ic.relname AS index_name,
      to_jsonb(i)->>'indnullsnotdistinct' AS nulls_equal,
      (SELECT json_agg(DISTINCT a.attname)::text FROM pg_attribute a
       WHERE a.attrelid = c.oid AND a.attnum > 0 AND (a.attnum = ANY (i.indkey::int2[]) OR EXISTS (
         SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
           AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum))) AS columns
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class ic ON ic.oid = i.indexrelid
    WHERE c.relnamespace = ${schema} AND (i.indisunique OR i.indisexclusion) AND NOT c.relispartition
    ORDER BY ic.relname COLLATE "C"`;
}

/**
 * The types of the schema's columns, by the name that the server prints for them. An array is written as its element's
 * type with `[]`; the operator is that of the default index class of the type under a domain.
 */
async function readTypes(session: Session, schema: string): Promise<RepairTypes> {
  const rows = await session.query(
    `SELECT DISTINCT format_type(a.atttypid, a.atttypmod) AS declared, n.nspname AS type_schema, e.typname AS type_name,
       (e.oid <> t.oid)::text AS is_array, (SELECT json_agg(l.enumlabel)::text FROM pg_enum l WHERE l.enumtypid = b.oid) AS labels,
       (SELECT min(x.nspname::text) FROM pg_opclass oc JOIN pg_am am ON am.oid = oc.opcmethod AND am.amname = 'btree'
          JOIN pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amoplefttype = oc.opcintype
            AND ao.amoprighttype = oc.opcintype AND ao.amopstrategy = 3
          JOIN pg_operator o ON o.oid = ao.amopopr AND o.oprname = '=' JOIN pg_namespace x ON x.oid = o.oprnamespace
        WHERE oc.opcdefault AND oc.opcintype = b.oid) AS operator_schema
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
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
