import { RowproofError } from '../../core/errors.js';
import { sumLongTables } from '../../core/long-tables.js';
import type { Catalog, Column, Key, Table, TableKind } from '../../core/schema.js';
import type { CatalogRequest, ControlRow } from '../session.js';
import { shareColumns } from '../shared-columns.js';
import type { SqlSession } from '../sql-session.js';
import { type PostgresqlCapabilities, readPostgresqlCapabilities } from './capabilities.js';
import {
  buildHeir,
  describeContents,
  describePartition,
  describeSequence,
  heirsQuery,
  readLargeObjects,
  sequencesQuery,
} from './catalog-objects.js';
import { readChangedCollations } from './collation-versions.js';
import { textLiteral } from './dialect.js';
import { readTypes, resolveType, type TypeContext } from './type-tree.js';

/** Reads tables, columns and unique keys of one schema, and whether the account may read them. */
export async function readPostgresqlCatalog(
  session: SqlSession,
  { settings, onRows, tables: wanted }: CatalogRequest,
): Promise<Catalog> {
  const [server = {}] = await session.query(
    `SELECT current_setting('server_version') AS version,
       pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS default_collation,
       row_to_json(d)->>'datlocprovider' AS default_provider,
       length(split_part(('1'::money::numeric)::text, '.', 2)) AS money_digits
     FROM pg_database d WHERE d.datname = current_database()`,
  );
  const { schema } = settings;
  await assertSchemaExists(session, schema);
  const capabilities = await readPostgresqlCapabilities(session);
  const found = await session.query(tablesQuery(schema, capabilities, wanted));
  const tables = found.filter((row) => row.part_of == null);
  onRows?.(sumLongTables(tables.map((row) => Number(row.row_estimate ?? 0))) ?? 0);
  const oids = oidList(tables);
  const context = { server, types: await readTypes(session, oids), resolved: new Map() };
  const changes = await readChangedCollations(session, schema);
  const rows = {
    columns: groupByTable(await session.query(columnsQuery(oids, capabilities))),
    keys: groupByTable(await session.query(keysQuery(oids, capabilities))),
    heirs: groupByTable(await session.query(heirsQuery(oids))),
  };
  const objects = await readLargeObjects(session);
  const columnOf = shareColumns((row) => ({
    ...buildColumn(row, context),
    collationChange: changes.get(row.collation_oid ?? '') ?? null,
  }));
  return {
    engine: 'postgresql',
    version: server.version ?? '',
    schema,
    tables: tables.map((row) =>
      buildTable(schema, row, {
        columns: (rows.columns.get(row.table_oid ?? '') ?? []).map(columnOf),
        keys: buildKeys(rows.keys.get(row.table_oid ?? '') ?? []),
        heirs: (rows.heirs.get(row.table_oid ?? '') ?? []).map(buildHeir),
        hasLargeObjects: objects !== null,
      }),
    ),
    others: [
      ...found.filter((row) => row.part_of != null).map(describePartition),
      ...(await session.query(sequencesQuery(schema))).map(describeSequence),
    ],
    unread: objects === null ? [] : [objects],
    partial: null,
  };
}

/** Refuses a schema that is not there, or that the account may not use. */
export async function assertSchemaExists(session: SqlSession, schema: string): Promise<void> {
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

function tablesQuery(
  schema: string,
  capabilities: PostgresqlCapabilities,
  wanted: readonly string[] | undefined,
): string {
  const only = wanted === undefined ? '' : `AND c.relname IN (${nameList(wanted)})`;
  return `SELECT c.oid AS table_oid, c.relname AS table_name, c.relkind AS relkind,
      has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT') AS readable,
      ${partOf(capabilities)} AS part_of, s.row_estimate, s.byte_estimate
    FROM pg_class c
    CROSS JOIN LATERAL (
      SELECT sum(GREATEST(p.reltuples, 0))::float8 AS row_estimate,
             sum(p.relpages)::float8 * current_setting('block_size')::int AS byte_estimate
      FROM (
        WITH RECURSIVE tree(relid) AS (
          SELECT c.oid UNION
          SELECT i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.relid WHERE c.relkind = 'p')
        SELECT relid FROM tree) t
      JOIN pg_class p ON p.oid = t.relid
    ) s
    WHERE ${isTableOf(schema)} ${only}
    ORDER BY c.relname::text COLLATE "C"`;
}

/** Names as a list for IN, which must not be empty; no table has the one that is. */
function nameList(names: readonly string[]): string {
  return ['', ...names].map(textLiteral).join(', ');
}

/** Whether `c` is something in the schema that rows can be read from. */
export function isTableOf(schema: string): string {
  return `c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(schema)})
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`;
}

/**
 * The partitioned table in the schema that `c` is a partition of; null where it is none. Partitions whose parent is in the
 * schema are `covered`: it stands for them. Those whose parents are all elsewhere are tables, because nothing else here would
 * be read for them; so is one that is being detached, which its parent no longer shows.
 */
export function partOf({ isNoPartition }: PostgresqlCapabilities): string {
  return `CASE WHEN EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid) THEN (WITH RECURSIVE up(oid) AS (
         SELECT i.inhparent FROM pg_inherits i
         WHERE i.inhrelid = c.oid AND row_to_json(i)->>'inhdetachpending' IS DISTINCT FROM 'true'
         UNION SELECT i.inhparent FROM up JOIN pg_inherits i ON i.inhrelid = up.oid)
       SELECT min(a.relname) FROM up JOIN pg_class a ON a.oid = up.oid
       WHERE NOT (${isNoPartition}) AND a.relnamespace = c.relnamespace) END`;
}

/** Object identifiers as a list for IN, which must not be empty; none is 0. */
function oidList(tables: readonly ControlRow[]): string {
  return [0n, ...tables.map((row) => BigInt(row.table_oid ?? 0))].join(', ');
}

function columnsQuery(oids: string, capabilities: PostgresqlCapabilities): string {
  const identity = capabilities.column('pg_attribute', 'a.attidentity', "''");
  const generated = capabilities.column('pg_attribute', 'a.attgenerated', "''");
  const provider = capabilities.column('pg_collation', 'co.collprovider', "'c'");
  return `SELECT a.attrelid AS table_oid, a.attname AS column_name, a.attnotnull OR t.typnotnull AS not_null,
      a.atttypid AS type_oid, format_type(a.atttypid, a.atttypmod) AS declared, a.atttypmod AS modifier, ${identity} AS identity,
      ${generated} AS generated, a.attcollation AS collation_oid,
      co.collname AS collation, co.collcollate AS collation_locale,
      ${provider} AS provider
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_collation co ON co.oid = a.attcollation
    WHERE a.attrelid IN (${oids}) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum`;
}

function keysQuery(oids: string, capabilities: PostgresqlCapabilities): string {
  const keyColumns = capabilities.column('pg_index', 'i.indnkeyatts', 'i.indnatts');
  return `SELECT i.indrelid AS table_oid, ic.relname AS index_name, i.indisprimary AS is_primary, i.indisvalid AS valid,
      i.indimmediate AS immediate, i.indpred IS NOT NULL AS partial, i.indexprs IS NOT NULL AS expressions,
      am.amname AS method, a.attname AS column_name, a.attnotnull AS not_null,
      (i.indoption[k.n - 1] & 1) = 1 AS descending, i.indcollation[k.n - 1] = a.attcollation AS same_collation,
      oc.opcdefault AS default_order
    FROM pg_index i
    JOIN pg_class ic ON ic.oid = i.indexrelid
    JOIN pg_am am ON am.oid = ic.relam
    CROSS JOIN LATERAL generate_series(1, ${keyColumns}) AS k(n)
    JOIN pg_opclass oc ON oc.oid = i.indclass[k.n - 1]
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.n - 1] AND a.attnum > 0
    WHERE i.indrelid IN (${oids}) AND i.indisunique
    ORDER BY i.indrelid, i.indisprimary DESC, ic.relname::text COLLATE "C", k.n`;
}

const KINDS: Readonly<Record<string, TableKind>> = {
  p: 'partitioned',
  v: 'view',
  m: 'materialized-view',
  f: 'foreign-table',
};

/** What a row of the list of tables is of. */
export function kindOf({ relkind }: ControlRow): TableKind {
  return KINDS[relkind ?? ''] ?? 'table';
}

interface TableParts extends Pick<Table, 'columns' | 'keys' | 'heirs'> {
  readonly hasLargeObjects: boolean;
}

function buildTable(schema: string, row: ControlRow, parts: TableParts): Table {
  const { columns, keys, heirs } = parts;
  const rows = Number(row.row_estimate ?? 0);
  const name = row.table_name ?? '';
  return {
    schema,
    name,
    kind: kindOf(row),
    identity: row.table_oid ?? null,
    columns,
    keys,
    heirs,
    estimatedRows: rows > 0 ? rows : null,
    estimatedRowBytes: rows > 0 ? Math.ceil(Number(row.byte_estimate ?? 0) / rows) : null,
    unreadable: row.readable === 't' ? null : 'the account has no SELECT privilege on it',
    only: heirs.length > 0,
    members: [],
    unread: parts.hasLargeObjects ? columns.filter(({ wire }) => wire === 'oid').map(describeContents) : [],
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
    ...(incompleteReason(parts) === HAS_NULLS && { loose: true }),
  }));
}

const HAS_NULLS = 'a column of it can be NULL';

function incompleteReason(parts: readonly ControlRow[]): string | null {
  const first = parts[0];
  if (first?.valid !== 't') return 'its index is not valid';
  if (first.immediate !== 't') return 'it is deferrable';
  if (first.partial === 't') return 'its index is partial';
  if (first.expressions === 't' || parts.some((part) => part.column_name == null))
    return 'it is on an expression';
  return parts.some((part) => part.not_null !== 't') ? HAS_NULLS : null;
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
