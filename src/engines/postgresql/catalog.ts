import { RowproofError } from '../../core/errors.js';
import type { Catalog, Column, Key, Table } from '../../core/schema.js';
import type { ConnectionSettings, ControlRow, Session } from '../engine.js';
import { readChangedCollations } from './collation-versions.js';
import { textLiteral } from './dialect.js';
import { readTypes, resolveType, type TypeContext } from './type-tree.js';

/** Reads tables, columns and unique keys of one schema, and whether the account may read them. */
export async function readPostgresqlCatalog(
  session: Session,
  settings: ConnectionSettings,
): Promise<Catalog> {
  const [server = {}] = await session.query(
    `SELECT current_setting('server_version') AS version,
       concat_ws('/', pg_postmaster_start_time(), current_setting('port'), d.oid) AS identity,
       pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS default_collation,
       to_jsonb(d)->>'datlocprovider' AS default_provider, scale('1'::money::numeric) AS money_digits
     FROM pg_database d WHERE d.datname = current_database()`,
  );
  const { schema } = settings;
  await assertSchemaExists(session, schema);
  const context = { server, types: await readTypes(session, schema) };
  const changes = await readChangedCollations(session, schema);
  const rows = {
    tables: await session.query(tablesQuery(schema)),
    columns: groupByTable(await session.query(columnsQuery(schema))),
    keys: groupByTable(await session.query(keysQuery(schema))),
  };
  return {
    engine: 'postgresql',
    version: server.version ?? '',
    schema,
    identity: `${server.identity}/${schema}`,
    tables: rows.tables.map((row) =>
      buildTable(schema, row, {
        columns: (rows.columns.get(row.table_oid ?? '') ?? []).map((column) => ({
          ...buildColumn(column, context),
          collationChange: changes.get(column.collation_oid ?? '') ?? null,
        })),
        keys: buildKeys(rows.keys.get(row.table_oid ?? '') ?? []),
      }),
    ),
    partial: null,
  };
}

async function assertSchemaExists(session: Session, schema: string): Promise<void> {
  const [row] = await session.query(
    `SELECT has_schema_privilege(oid, 'USAGE') AS usable FROM pg_namespace WHERE nspname = ${textLiteral(schema)}`,
  );
  if (row?.usable === 't') return;
  throw new RowproofError({
    code: row === undefined ? 'catalog' : 'permission',
    message:
      row === undefined
        ? `There is no schema ${schema} in the database.`
        : `The account may not use schema ${schema}.`,
    hint:
      row === undefined ? 'Name another one with ?schema= in the URL.' : `Grant USAGE on schema ${schema}.`,
  });
}

/** Partitions are left out: their parent stands for them. Foreign tables and materialized views are not tables. */
function tablesQuery(schema: string): string {
  return `SELECT c.oid AS table_oid, c.relname AS table_name, c.relkind AS relkind,
      has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT') AS readable,
      EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhparent = c.oid) AND c.relkind = 'r' AS inherited,
      s.row_estimate, s.byte_estimate
    FROM pg_class c
    CROSS JOIN LATERAL (
      SELECT sum(GREATEST(p.reltuples, 0))::float8 AS row_estimate,
             sum(p.relpages)::float8 * current_setting('block_size')::int AS byte_estimate
      FROM pg_class p
      WHERE p.oid = c.oid OR (c.relkind = 'p' AND p.oid IN (SELECT relid FROM pg_partition_tree(c.oid)))
    ) s
    WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(schema)})
      AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
    ORDER BY c.relname COLLATE "C"`;
}

function columnsQuery(schema: string): string {
  return `SELECT a.attrelid AS table_oid, a.attname AS column_name, a.attnotnull OR t.typnotnull AS not_null,
      a.atttypid AS type_oid, format_type(a.atttypid, a.atttypmod) AS declared, a.atttypmod AS modifier, a.attidentity AS identity, a.attgenerated AS generated, a.attcollation AS collation_oid,
      co.collname AS collation, co.collcollate AS collation_locale, co.collprovider AS provider
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_collation co ON co.oid = a.attcollation
    WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(schema)})
      AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum`;
}

function keysQuery(schema: string): string {
  return `SELECT i.indrelid AS table_oid, ic.relname AS index_name, i.indisprimary AS is_primary, i.indisvalid AS valid,
      i.indimmediate AS immediate, i.indpred IS NOT NULL AS partial, i.indexprs IS NOT NULL AS expressions,
      am.amname AS method, a.attname AS column_name, a.attnotnull AS not_null,
      (i.indoption[k.n - 1] & 1) = 1 AS descending, i.indcollation[k.n - 1] = a.attcollation AS same_collation,
      oc.opcdefault AS default_order
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_class ic ON ic.oid = i.indexrelid
    JOIN pg_am am ON am.oid = ic.relam
    CROSS JOIN LATERAL generate_series(1, i.indnkeyatts) AS k(n)
    JOIN pg_opclass oc ON oc.oid = i.indclass[k.n - 1]
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.n - 1] AND a.attnum > 0
    WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(schema)})
      AND i.indisunique AND NOT c.relispartition
    ORDER BY i.indrelid, i.indisprimary DESC, ic.relname COLLATE "C", k.n`;
}

function buildTable(schema: string, row: ControlRow, parts: Pick<Table, 'columns' | 'keys'>): Table {
  const rows = Number(row.row_estimate ?? 0);
  const name = row.table_name ?? '';
  return {
    schema,
    name,
    kind: row.relkind === 'p' ? 'partitioned' : row.relkind === 'v' ? 'view' : 'table',
    ...parts,
    estimatedRows: rows > 0 ? rows : null,
    estimatedRowBytes: rows > 0 ? Math.ceil(Number(row.byte_estimate ?? 0) / rows) : null,
    unreadable: row.readable === 't' ? null : 'the account has no SELECT privilege on it',
    only: row.inherited === 't',
  };
}

function buildColumn(row: ControlRow, context: TypeContext): Column {
  return {
    name: row.column_name ?? '',
    ...resolveType(row, context),
    nullable: row.not_null !== 't',
    generated: (row.generated ?? '') !== '',
    identity: row.identity === 'a' ? 'always' : row.identity === 'd' ? 'by-default' : 'none',
    invisible: false,
    collation: row.collation ?? null,
  };
}

function buildKeys(rows: readonly ControlRow[]): Key[] {
  const byName = new Map<string, ControlRow[]>();
  for (const row of rows) {
    const name = row.index_name ?? '';
    byName.set(name, [...(byName.get(name) ?? []), row]);
  }
  return [...byName].map(([name, parts]) => ({
    name,
    columns: parts.map((part) => part.column_name ?? ''),
    primary: parts[0]?.is_primary === 't',
    unique: incompleteReason(parts) === null,
    ineligible: incompleteReason(parts) ?? unwalkableReason(parts),
  }));
}

function incompleteReason(parts: readonly ControlRow[]): string | null {
  const first = parts[0];
  if (first?.valid !== 't') return 'its index is not valid';
  if (first.immediate !== 't') return 'it is deferrable';
  if (first.partial === 't') return 'its index is partial';
  if (first.expressions === 't' || parts.some((part) => part.column_name == null))
    return 'it is on an expression';
  return parts.some((part) => part.not_null !== 't') ? 'a column of it can be NULL' : null;
}

function unwalkableReason(parts: readonly ControlRow[]): string | null {
  if (parts[0]?.method !== 'btree') return 'its index has no order';
  if (parts.some((part) => part.descending === 't')) return 'a column of it is sorted descending';
  const plain = parts.every((part) => part.same_collation === 't' && part.default_order === 't');
  return plain ? null : 'its index has another order than its column';
}

function groupByTable(rows: readonly ControlRow[]): Map<string, ControlRow[]> {
  const groups = new Map<string, ControlRow[]>();
  for (const row of rows) {
    const oid = row.table_oid ?? '';
    const group = groups.get(oid);
    if (group === undefined) groups.set(oid, [row]);
    else group.push(row);
  }
  return groups;
}
