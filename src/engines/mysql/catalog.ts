import { sumLongTables } from '../../core/long-tables.js';
import type { Catalog, Column, Key, NamedObject, Table, TableKind } from '../../core/schema.js';
import type { CatalogRequest, ControlRow } from '../session.js';
import { shareColumns } from '../shared-columns.js';
import type { SqlSession } from '../sql-session.js';
import { type MysqlCapabilities, readMysqlCapabilities } from './capabilities.js';
import { charsetName } from './charset.js';
import { valueTypeOf, wireNameOf } from './column-types.js';
import { quoteName, textLiteral } from './dialect.js';
import { type ReadGrants, readReadGrants } from './grants.js';

type Wanted = Pick<CatalogRequest, 'onRows' | 'tables'>;

interface SchemaRows {
  readonly tables: readonly ControlRow[];
  readonly columns: readonly ControlRow[];
  readonly keys: readonly ControlRow[];
  readonly jsonColumns: ReadonlySet<string>;
}

/** The order of tables; names that differ in letter case alone, which the server takes for one here, have an order too. */
export const TABLE_ORDER = 'TABLE_NAME, CAST(TABLE_NAME AS BINARY)';

/** Reads tables, columns and unique keys of one schema, and whether the account sees all of it. */
export async function readMysqlCatalog(
  session: SqlSession,
  { settings, ...wanted }: CatalogRequest,
): Promise<Catalog> {
  const capabilities = await readMysqlCapabilities(session);
  const schema = await readSchemaName(session, settings.schema, capabilities);
  const rows = await readSchema(session, schema, { capabilities, ...wanted });
  const names = rows.tables.map((row) => row.table_name ?? '');
  const grants = await readReadGrants(session, { schema, tables: names }, capabilities);
  return {
    engine: capabilities.engine,
    version: capabilities.version,
    schema,
    tables: buildTables(schema, rows, grants),
    others: rows.tables.filter(isSequence).map(describeSequence),
    unread: [],
    partial: grants.wholeSchema
      ? null
      : `${grants.areKnown ? 'has SELECT' : 'is not told what it may read, and has SELECT perhaps'} on some tables of schema ${schema} only, so tables it may not see are not in the list`,
  };
}

/**
 * The schema's name as the server spells it. A server that takes no notice of letter case finds a schema by any spelling,
 * and then answers with its own one wherever it names the schema: in its grants, in its foreign keys.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/identifier-case-sensitivity.html
 */
export async function readSchemaName(
  session: SqlSession,
  asked: string,
  { ignoresCase }: MysqlCapabilities,
): Promise<string> {
  if (!ignoresCase) return asked;
  const rows = await session.query('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA');
  const names = rows.map((row) => row.name ?? '');
  if (names.includes(asked)) return asked;
  return names.find((name) => name.toLowerCase() === asked.toLowerCase()) ?? asked;
}

async function readSchema(
  session: SqlSession,
  schema: string,
  { capabilities, onRows, tables: wanted }: { readonly capabilities: MysqlCapabilities } & Wanted,
): Promise<SchemaRows> {
  const { hasColumn } = capabilities;
  const name = textLiteral(schema);
  const only = wanted === undefined ? '' : `AND TABLE_NAME IN (${nameList(wanted)})`;
  const tables = await session.query(
    `SELECT TABLE_NAME AS table_name, TABLE_TYPE AS table_type, TABLE_ROWS AS row_estimate,
       AVG_ROW_LENGTH AS row_bytes, CREATE_OPTIONS AS options, ENGINE AS engine, CREATE_TIME AS created
     FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${name} ${only} ORDER BY ${TABLE_ORDER}`,
  );
  onRows?.(sumLongTables(tables.map((row) => Number(row.row_estimate ?? 0))) ?? 0);
  const columns = await session.query(
    `SELECT TABLE_NAME AS table_name, COLUMN_NAME AS column_name, IS_NULLABLE AS nullable, DATA_TYPE AS data_type,
       COLUMN_TYPE AS column_type, CHARACTER_MAXIMUM_LENGTH AS length, CHARACTER_SET_NAME AS charset,
       COLLATION_NAME AS collation, EXTRA AS extra
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ${name} ${only} ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  );
  const expression = hasColumn('STATISTICS', 'EXPRESSION') ? 'EXPRESSION' : 'NULL';
  const keys = await session.query(
    `SELECT TABLE_NAME AS table_name, INDEX_NAME AS index_name, COLUMN_NAME AS column_name, SUB_PART AS prefix,
       NULLABLE AS nullable, INDEX_TYPE AS index_type, COLLATION AS direction, ${expression} AS expression,
       ${ignoredColumn(capabilities)} AS ignored
     FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ${name} ${only} AND NON_UNIQUE = 0
     ORDER BY TABLE_NAME, INDEX_NAME = 'PRIMARY' DESC, INDEX_NAME, SEQ_IN_INDEX`,
  );
  const jsonColumns = await readJsonColumns(session, { name, only }, capabilities);
  return { tables, columns, keys, jsonColumns };
}

/** Names as a list for IN, which must not be empty; no table has the one that is. */
function nameList(names: readonly string[]): string {
  return ['', ...names].map(textLiteral).join(', ');
}

/** Whether the optimizer takes no notice of an index: MySQL calls it invisible, MariaDB ignored. */
function ignoredColumn({ hasColumn }: MysqlCapabilities): string {
  if (hasColumn('STATISTICS', 'IS_VISIBLE')) return "IF(IS_VISIBLE = 'NO', 'YES', 'NO')";
  return hasColumn('STATISTICS', 'IGNORED') ? 'IGNORED' : 'NULL';
}

/**
 * MariaDB's JSON is LONGTEXT with a check; the check is what tells it from text.
 *
 * @see https://mariadb.com/kb/en/json/
 */
async function readJsonColumns(
  session: SqlSession,
  { name, only }: { readonly name: string; readonly only: string },
  { engine, hasColumn }: MysqlCapabilities,
): Promise<ReadonlySet<string>> {
  if (engine !== 'mariadb' || !hasColumn('CHECK_CONSTRAINTS', 'CHECK_CLAUSE')) return new Set();
  const rows = await session.query(
    `SELECT TABLE_NAME AS table_name, CHECK_CLAUSE AS clause FROM information_schema.CHECK_CONSTRAINTS
     WHERE CONSTRAINT_SCHEMA = ${name} ${only} AND CHECK_CLAUSE LIKE 'json_valid(%'`,
  );
  return new Set(rows.map((row) => `${row.table_name} ${row.clause?.toLowerCase()}`));
}

function buildTables(schema: string, rows: SchemaRows, grants: ReadGrants): Table[] {
  const columns = groupByTable(rows.columns);
  const keys = groupByTable(rows.keys);
  const columnOf = shareColumns(buildColumn);
  return rows.tables
    .filter((row) => !isSequence(row))
    .map((row) => {
      const name = row.table_name ?? '';
      const all = (columns.get(name) ?? []).map((row) => columnOf(withCheck(row, rows.jsonColumns)));
      const hidden = new Set(all.filter(isGeneratedInvisibleKey).map((column) => column.name));
      return {
        schema,
        name,
        kind: kindOf(row),
        columns: all.filter((column) => !hidden.has(column.name)),
        identity: row.created ?? null,
        keys: buildKeys(keys.get(name) ?? [])
          .filter((key) => !key.columns.some((column) => hidden.has(column)))
          .map((key) => (isKeptElsewhere(row) ? asUnenforced(key, row) : key)),
        estimatedRows: row.row_estimate == null ? null : Number(row.row_estimate),
        estimatedRowBytes: row.row_bytes == null ? null : Number(row.row_bytes),
        unreadable: grants.wholeTable(name) ? null : 'the account has no SELECT privilege on all of it',
        heirs: [],
        only: false,
        members: [],
        unread: row.table_type === 'SYSTEM VERSIONED' ? ['its history of changed and deleted rows'] : [],
      };
    });
}

/** What a row of the list of tables is of; without its options a partitioned table is one as any other. */
export function kindOf(row: ControlRow): TableKind {
  if (row.table_type?.includes('VIEW')) return 'view';
  return row.options?.includes('partitioned') ? 'partitioned' : 'table';
}

export function isSequence(row: ControlRow): boolean {
  return row.table_type === 'SEQUENCE';
}

export function describeSequence(row: ControlRow): NamedObject {
  return { name: row.table_name ?? '', what: 'a sequence' };
}

/**
 * Engines that show rows of other tables, here or on another server, under keys that they only declare.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/merge-table-problems.html
 */
function isKeptElsewhere(row: ControlRow): boolean {
  return /^(mrg_myisam|federated|connect|spider)$/i.test(row.engine ?? '');
}

function asUnenforced(key: Key, { engine }: ControlRow): Key {
  const reason = `storage engine ${engine} does not enforce it`;
  return { ...key, unique: false, ineligible: key.ineligible ?? reason, unenforced: true };
}

/** @see https://dev.mysql.com/doc/refman/8.4/en/create-table-gipks.html */
function isGeneratedInvisibleKey(column: Column): boolean {
  return column.name === 'my_row_id' && column.invisible && column.identity !== 'none';
}

/** A row of a column with whether its table checks that it holds JSON. */
function withCheck(row: ControlRow, jsonColumns: ReadonlySet<string>): ControlRow {
  if (jsonColumns.size === 0) return row;
  const check = `json_valid(${quoteName(row.column_name ?? '')})`.toLowerCase();
  return jsonColumns.has(`${row.table_name} ${check}`) ? { ...row, checked: 'json' } : row;
}

function buildColumn(row: ControlRow): Column {
  const name = row.column_name ?? '';
  const extra = (row.extra ?? '').toLowerCase();
  const isChecked = row.checked === 'json' && charsetName(row.charset ?? '') === 'utf8';
  return {
    name,
    declared: row.column_type ?? '',
    wire: wireNameOf(row),
    type:
      row.data_type === 'json'
        ? { kind: 'json', typed: true }
        : isChecked
          ? { kind: 'json' }
          : valueTypeOf(row),
    nullable: row.nullable === 'YES',
    generated: /\b(virtual|stored|persistent) generated\b/.test(extra),
    identity: extra.includes('auto_increment') ? 'by-default' : 'none',
    invisible: extra.includes('invisible'),
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
    primary: name === 'PRIMARY',
    unique: incompleteReason(parts) === null,
    ineligible: incompleteReason(parts) ?? unwalkableReason(parts),
    ...(isLoose(parts) && { loose: true }),
  }));
}

function isLoose(parts: readonly ControlRow[]): boolean {
  return isOfColumns(parts) && incompleteReason(parts) !== null;
}

function isOfColumns(parts: readonly ControlRow[]): boolean {
  return parts.every((part) => part.expression == null && part.column_name != null);
}

function incompleteReason(parts: readonly ControlRow[]): string | null {
  if (!isOfColumns(parts)) return 'it is on an expression';
  if (parts.some((part) => part.prefix != null)) return 'it is on a prefix of a column';
  return parts.some((part) => part.nullable === 'YES') ? 'a column of it can be NULL' : null;
}

function unwalkableReason(parts: readonly ControlRow[]): string | null {
  if (parts.some((part) => part.index_type !== 'BTREE')) return 'its index has no order';
  if (parts.some((part) => part.direction === 'D')) return 'a column of it is sorted descending';
  return parts.some((part) => part.ignored === 'YES') ? 'its index is invisible to the optimizer' : null;
}

function groupByTable(rows: readonly ControlRow[]): Map<string, ControlRow[]> {
  const groups = new Map<string, ControlRow[]>();
  for (const row of rows) {
    const name = row.table_name ?? '';
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}
