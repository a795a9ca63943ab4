import type { Column, ValueType } from '../../core/schema.js';
import { partsOf } from '../../core/structured-type.js';
import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { AS_TEXT, plainTypeOf } from './column-types.js';

/** What types are made of, by their number in the catalog, and what the database itself decides. */
export interface TypeContext {
  readonly server: ControlRow;
  readonly types: ReadonlyMap<string, ControlRow>;
  /** What columns of the same type were resolved to before: a schema has thousands of columns and few types. */
  readonly resolved: Map<string, ResolvedType>;
}

/** All that the type of a column hangs on. */
const TYPE_FIELDS = [
  'type_oid',
  'declared',
  'modifier',
  'collation',
  'collation_locale',
  'provider',
] as const;

/** A type as a column, an array, a range or a composite names it. */
type TypeReference = Pick<ControlRow, string>;

export type ResolvedType = Pick<Column, 'declared' | 'wire' | 'type' | 'operatorSchema'>;

/** Reads every type that the columns of some tables are of, and then those that these are made of, level by level. */
export async function readTypes(session: SqlSession, tableOids: string): Promise<Map<string, ControlRow>> {
  const types = new Map<string, ControlRow>();
  const columns = await session.query(
    `SELECT DISTINCT a.atttypid AS oid FROM pg_attribute a
     WHERE a.attrelid IN (${tableOids}) AND a.attnum > 0 AND NOT a.attisdropped`,
  );
  let wanted = columns.map(({ oid }) => oid ?? '');
  while (wanted.length > 0) {
    const rows = await session.query(typesQuery(wanted));
    for (const row of rows) types.set(row.oid ?? '', row);
    wanted = [...new Set(rows.flatMap(partOids))].filter((oid) => oid !== '0' && !types.has(oid));
  }
  return types;
}

function partOids(row: ControlRow): string[] {
  const fields = fieldsOf(row).map(({ type_oid: oid }) => oid);
  return [row.base, row.element, row.bound, ...fields].map((oid) => oid ?? '0');
}

/** The one schema that holds all comparisons, under their usual names, that b-tree indexes of a type use by default. */
const OPERATOR_SCHEMA = `(SELECT min(x.nspname::text) FROM pg_opclass oc
        JOIN pg_am am ON am.oid = oc.opcmethod AND am.amname = 'btree'
        JOIN pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype
        JOIN pg_operator o ON o.oid = ao.amopopr AND o.oprname = (ARRAY['<', '<=', '=', '>=', '>'])[ao.amopstrategy]
        JOIN pg_namespace x ON x.oid = o.oprnamespace
      WHERE oc.opcdefault AND oc.opcintype = t.oid HAVING count(*) = 5 AND count(DISTINCT x.oid) = 1)`;

/**
 * A subscriptable type of fixed length (`point`) has an element type without being an array; the category tells. Ranges
 * are looked up through JSON, because older servers have no multiranges.
 *
 * @see https://www.postgresql.org/docs/current/catalog-pg-type.html
 */
function typesQuery(oids: readonly string[]): string {
  return `SELECT t.oid, t.typname AS type_name, t.typtype AS type_kind, n.nspname AS type_schema,
      ${OPERATOR_SCHEMA} AS operator_schema, t.typsend <> 0 AS has_send, t.typbasetype AS base, t.typtypmod AS base_modifier,
      format_type(t.typbasetype, t.typtypmod) AS base_declared,
      CASE WHEN t.typcategory = 'A' AND t.typtype = 'b' THEN t.typelem ELSE 0 END AS element,
      CASE WHEN t.typtype IN ('r', 'm') THEN (SELECT r.rngsubtype FROM pg_range r
        WHERE r.rngtypid = t.oid OR row_to_json(r)->>'rngmultitypid' = t.oid::text) ELSE 0 END AS bound,
      CASE WHEN t.typtype = 'c' THEN (SELECT json_agg(json_build_object('name', f.attname,
         'type_oid', f.atttypid::text, 'modifier', f.atttypmod::text,
         'declared', format_type(f.atttypid, f.atttypmod)) ORDER BY f.attnum)::text
       FROM pg_attribute f WHERE f.attrelid = t.typrelid AND f.attnum > 0 AND NOT f.attisdropped) END AS fields
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE t.oid IN (${oids.map((oid) => BigInt(oid)).join(', ')})`;
}

/**
 * Resolves a column's type: a domain is its base type, and arrays, ranges and composites are described by their parts.
 * What holds a part that only text can express is selected as text as a whole. That decides for an array of nothing else;
 * anything more mixed has no rule of its own.
 */
export function resolveType(row: ControlRow, context: TypeContext): ResolvedType {
  const fields = TYPE_FIELDS.map((name) => row[name] ?? null);
  const key = JSON.stringify(fields);
  const known = context.resolved.get(key);
  if (known !== undefined) return known;
  const reference = Object.fromEntries(TYPE_FIELDS.map((name, i) => [name, fields[i] ?? null]));
  const resolved = withTextParts(resolveReference(reference, context));
  context.resolved.set(key, resolved);
  return resolved;
}

function withTextParts(resolved: ResolvedType): ResolvedType {
  if (resolved.wire === AS_TEXT || !hasTextPart(resolved.type)) return resolved;
  const { type, declared } = resolved;
  const isExact = type.kind === 'array' && type.element.type.kind === 'exact';
  return { declared, wire: AS_TEXT, type: { kind: isExact ? 'exact' : 'opaque', name: declared } };
}

function hasTextPart(type: ValueType): boolean {
  return partsOf(type).some((part) => part.wire === AS_TEXT || hasTextPart(part.type));
}

function resolveReference(reference: TypeReference, context: TypeContext): ResolvedType {
  const declared = reference.declared ?? '';
  const info = context.types.get(reference.type_oid ?? '');
  if (info === undefined) return { declared, wire: AS_TEXT, type: { kind: 'opaque', name: declared } };
  const part = (type: TypeReference): Column => describePart(type, context);
  const bound = (): Column => part({ name: 'bound', type_oid: info.bound ?? '', declared: '' });
  switch (info.type_kind) {
    case 'd':
      return resolveReference(
        {
          ...reference,
          type_oid: info.base ?? '',
          modifier: info.base_modifier ?? '',
          declared: info.base_declared ?? '',
        },
        context,
      );
    case 'r':
      return { declared, wire: 'range', type: { kind: 'range', bound: bound() } };
    case 'm':
      return { declared, wire: 'multirange', type: { kind: 'multirange', bound: bound() } };
    case 'c':
      return { declared, wire: 'composite', type: { kind: 'composite', fields: fieldsOf(info).map(part) } };
  }
  if (info.element !== '0') {
    const element = {
      name: 'element',
      type_oid: info.element ?? '',
      modifier: reference.modifier ?? '',
      declared: declared.replace(/\[\]$/, ''),
    };
    return { declared, wire: 'array', type: { kind: 'array', element: part(element) } };
  }
  const isOwn = info.type_schema === 'pg_catalog' || info.type_kind !== 'b';
  return {
    declared,
    ...plainTypeOf({ ...info, ...reference }, context.server),
    ...(isOwn ? {} : { operatorSchema: info.operator_schema ?? null }),
  };
}

function fieldsOf({ fields }: ControlRow): TypeReference[] {
  return JSON.parse(fields ?? '[]') as TypeReference[];
}

function describePart(reference: TypeReference, context: TypeContext): Column {
  return {
    name: reference.name ?? '',
    ...resolveReference(reference, context),
    nullable: true,
    generated: false,
    identity: 'none',
    invisible: false,
    collation: null,
  };
}
