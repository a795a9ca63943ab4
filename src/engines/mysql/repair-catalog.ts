import { textTypeOf } from '../../core/canonical-type.js';
import { qualifiedName } from '../../core/pairing.js';
import type { Table } from '../../core/schema.js';
import type { ControlRow, Engine, Session } from '../engine.js';
import type { ForeignKey, RepairTable, UniqueRule } from '../repair.js';
import { readMysqlCapabilities } from './capabilities.js';
import { type Charset, loadCharset } from './charset.js';
import { quoteName, textLiteral } from './dialect.js';
import { createMysqlRepairDialect } from './repair-dialect.js';

/** Reads foreign keys, unique rules, defaults and triggers of one schema, and the character sets of its columns. */
export const readMysqlRepairCatalog: Engine['readRepairCatalog'] = async (
  session,
  { name, tables, version },
) => {
  const foreignKeys = await readForeignKeys(session, name);
  const rows = {
    columns: await session.query(
      `SELECT TABLE_NAME AS table_name, COLUMN_NAME AS column_name, IS_NULLABLE AS nullable,
         COLUMN_DEFAULT AS default_value, EXTRA AS extra
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ${textLiteral(name)}`,
    ),
    uniques: await readUniques(session, name),
    triggers: await session.query(
      `SELECT EVENT_OBJECT_TABLE AS table_name, TRIGGER_NAME AS trigger_name
       FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ${textLiteral(name)} ORDER BY TRIGGER_NAME`,
    ),
  };
  return {
    tables: tables.map((table) => buildTable(table, rows, foreignKeys)),
    foreignKeys,
    dialect: createMysqlRepairDialect({ version, charsets: await loadCharsets(session, tables) }),
  };
};

async function readForeignKeys(session: Session, schema: string): Promise<ForeignKey[]> {
  const rows = await session.query(
    `SELECT CONSTRAINT_NAME AS name, TABLE_SCHEMA AS table_schema, TABLE_NAME AS table_name,
       COLUMN_NAME AS column_name, REFERENCED_TABLE_SCHEMA AS other_schema, REFERENCED_TABLE_NAME AS other_table,
       REFERENCED_COLUMN_NAME AS other_column
     FROM information_schema.KEY_COLUMN_USAGE
     WHERE REFERENCED_TABLE_NAME IS NOT NULL
       AND (TABLE_SCHEMA = ${textLiteral(schema)} OR REFERENCED_TABLE_SCHEMA = ${textLiteral(schema)})
     ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
  );
  return groupRows(rows, ['table_schema', 'table_name', 'name']).map((parts) => {
    const { name, table_schema, table_name, other_schema, other_table } = parts[0] ?? {};
    return {
      name: name ?? '',
      table: `${table_schema}.${table_name}`,
      columns: parts.map((part) => part.column_name ?? ''),
      referencedTable: `${other_schema}.${other_table}`,
      referencedColumns: parts.map((part) => part.other_column ?? ''),
      deferrable: false,
      quotedTable: `${quoteName(table_schema ?? '')}.${quoteName(table_name ?? '')}`,
    };
  });
}

/** An index on an expression may be freed or taken by any column that the expression mentions. */
async function readUniques(session: Session, schema: string): Promise<readonly ControlRow[]> {
  const { hasColumn } = await readMysqlCapabilities(session);
  const expression = hasColumn('STATISTICS', 'EXPRESSION') ? 'EXPRESSION' : 'NULL';
  return session.query(
    `SELECT TABLE_NAME AS table_name, INDEX_NAME AS index_name, COLUMN_NAME AS column_name,
       ${expression} AS expression
     FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ${textLiteral(schema)} AND NON_UNIQUE = 0
     ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
  );
}

interface CatalogRows {
  readonly columns: readonly ControlRow[];
  readonly uniques: readonly ControlRow[];
  readonly triggers: readonly ControlRow[];
}

function buildTable(table: Table, rows: CatalogRows, foreignKeys: readonly ForeignKey[]): RepairTable {
  const own = (row: ControlRow): boolean => row.table_name === table.name;
  const columns = rows.columns.filter(own);
  const name = qualifiedName(table);
  return {
    name,
    foreignKeys: foreignKeys.filter((key) => key.table === name),
    uniques: groupRows(rows.uniques.filter(own), ['index_name']).map((parts) => buildUnique(table, parts)),
    required: new Set(columns.filter(isRequired).map((row) => row.column_name ?? '')),
    autoUpdated: columns
      .filter((row) => /on update/i.test(row.extra ?? ''))
      .map((row) => row.column_name ?? ''),
    triggers: rows.triggers.filter(own).map((row) => row.trigger_name ?? ''),
  };
}

/** MariaDB spells the default NULL as the word; a NULL column default with NOT NULL means that there is none. */
function isRequired({ nullable, default_value: byDefault, extra }: ControlRow): boolean {
  return nullable !== 'YES' && byDefault == null && !/auto_increment|generated/i.test(extra ?? '');
}

function buildUnique(table: Table, parts: readonly ControlRow[]): UniqueRule {
  const columns = parts.flatMap(({ column_name: column, expression }) =>
    column == null
      ? table.columns.map(({ name }) => name).filter((name) => expression?.includes(quoteName(name)))
      : [column],
  );
  return { name: parts[0]?.index_name ?? '', columns: [...new Set(columns)], nullsDistinct: true };
}

function groupRows(rows: readonly ControlRow[], by: readonly string[]): ControlRow[][] {
  const groups = new Map<string, ControlRow[]>();
  for (const row of rows) {
    const name = JSON.stringify(by.map((field) => row[field]));
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups.values()];
}

async function loadCharsets(session: Session, tables: readonly Table[]): Promise<Map<string, Charset>> {
  const charsets = new Map<string, Charset>();
  for (const { type } of tables.flatMap((table) => table.columns)) {
    const name = textTypeOf(type)?.charset ?? 'utf8';
    if (name !== 'utf8' && !charsets.has(name)) charsets.set(name, await loadCharset(session, name));
  }
  return charsets;
}
