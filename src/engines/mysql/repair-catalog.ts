import { textTypeOf } from '../../core/canonical-type.js';
import { qualifiedName } from '../../core/pairing.js';
import type { Table } from '../../core/schema.js';
import type { ForeignKey, RepairTable } from '../repair.js';
import type { ControlRow } from '../session.js';
import type { SqlEngineParts } from '../sql-engine.js';
import type { SqlSession } from '../sql-session.js';
import { findAssigned, findSettable } from '../trigger-text.js';
import { type Charset, loadCharset } from './charset.js';
import { quoteName, textLiteral } from './dialect.js';
import { createMysqlRepairDialect } from './repair-dialect.js';
import {
  readChecks,
  readIndexes,
  readPartitions,
  readReferenceSystems,
  readSchemaColumns,
  readStorage,
  readTriggers,
  type Trigger,
  unescapeQuotes,
} from './repair-facts.js';
import { buildCheck, buildPartitionRule, buildReferenceRule, buildUnique } from './repair-rules.js';
import { findUnseenKeys, type UnseenKeys } from './unseen-keys.js';

/** Reads what keeps rows from being written, and in which order they can be, of one schema. */
export const readMysqlRepairCatalog: SqlEngineParts['readRepairCatalog'] = async (
  session,
  { name, tables, version },
) => {
  const known = await readSchemaColumns(session);
  const [settings] = await session.query(
    'SELECT @@global.max_allowed_packet AS packet, @@global.lower_case_table_names AS letter_case',
  );
  const foldsNames = settings?.letter_case !== '0';
  const foreignKeys = await readForeignKeys(session, name, { tables, foldsNames });
  const indexes = await readIndexes(session, name, known);
  const unseen = await findUnseenKeys(session, {
    schema: name,
    tables,
    foreignKeys,
    known,
    indexedColumns: (table) =>
      indexes.flatMap((row) => (row.table_name === table.name ? (row.column_name ?? []) : [])),
  });
  const generation = known.has('COLUMNS.GENERATION_EXPRESSION') ? 'GENERATION_EXPRESSION' : 'NULL';
  const facts: Facts = {
    foreignKeys,
    unseen,
    columns: await session.query(
      `SELECT TABLE_NAME AS table_name, COLUMN_NAME AS column_name, IS_NULLABLE AS nullable,
         COLUMN_DEFAULT AS default_value, EXTRA AS extra, ${generation} AS expression
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ${textLiteral(name)}`,
    ),
    indexes,
    checks: await readChecks(session, name, known),
    partitions: await readPartitions(session, name),
    storage: await readStorage(session, name),
    references: await readReferenceSystems(session, name, known),
    triggers: await readTriggers(session, name, known),
  };
  return {
    tables: tables.map((table) => buildTable(table, facts)),
    foreignKeys,
    dialect: createMysqlRepairDialect({
      version,
      charsets: await loadCharsets(session, tables),
      mostStatementBytes: Number(settings?.packet ?? 2 ** 30),
      unseenStatements: unseen.statements,
    }),
  };
};

interface NameScope {
  readonly tables: readonly Table[];
  /** The server takes names in any letter case for the same. */
  readonly foldsNames: boolean;
}

async function readForeignKeys(session: SqlSession, schema: string, scope: NameScope): Promise<ForeignKey[]> {
  const rows = await session.query(
    `SELECT CONSTRAINT_NAME AS name, TABLE_SCHEMA AS table_schema, TABLE_NAME AS table_name,
       COLUMN_NAME AS column_name, REFERENCED_TABLE_SCHEMA AS other_schema, REFERENCED_TABLE_NAME AS other_table,
       REFERENCED_COLUMN_NAME AS other_column
     FROM information_schema.KEY_COLUMN_USAGE
     WHERE REFERENCED_TABLE_NAME IS NOT NULL
       AND (TABLE_SCHEMA = ${textLiteral(schema)} OR REFERENCED_TABLE_SCHEMA = ${textLiteral(schema)})
     ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
  );
  const own = new Map(scope.tables.map((table) => [qualifiedName(table).toLowerCase(), table]));
  const nameOf = (owner: string | null | undefined, table: string | null | undefined): string => {
    const name = `${owner}.${table}`;
    const found = scope.foldsNames ? own.get(name.toLowerCase()) : undefined;
    return found === undefined ? name : qualifiedName(found);
  };
  const columnOf = (table: string, column: string): string => {
    const columns = own.get(table.toLowerCase())?.columns ?? [];
    return columns.find(({ name }) => name.toLowerCase() === column.toLowerCase())?.name ?? column;
  };
  return groupRows(rows, ['table_schema', 'table_name', 'name']).map((parts) => {
    const { name, table_schema, table_name, other_schema, other_table } = parts[0] ?? {};
    const table = nameOf(table_schema, table_name);
    const referencedTable = nameOf(other_schema, other_table);
    return {
      name: name ?? '',
      table,
      columns: parts.map((part) => columnOf(table, part.column_name ?? '')),
      referencedTable,
      referencedColumns: parts.map((part) => columnOf(referencedTable, part.other_column ?? '')),
      operators: parts.map(() => '='),
      deferrable: false,
      quotedTable: `${quoteName(table_schema ?? '')}.${quoteName(table_name ?? '')}`,
      quotedReferenced: `${quoteName(other_schema ?? '')}.${quoteName(other_table ?? '')}`,
    };
  });
}

interface Facts {
  readonly foreignKeys: readonly ForeignKey[];
  readonly unseen: UnseenKeys;
  readonly columns: readonly ControlRow[];
  readonly indexes: readonly ControlRow[];
  readonly checks: readonly ControlRow[];
  readonly partitions: readonly ControlRow[];
  readonly storage: readonly ControlRow[];
  readonly references: readonly ControlRow[];
  readonly triggers: readonly Trigger[];
}

function buildTable(table: Table, facts: Facts): RepairTable {
  const own = (row: ControlRow): boolean => row.table_name === table.name;
  const columns = facts.columns.filter(own);
  const name = qualifiedName(table);
  const indexes = facts.indexes.filter(own);
  const uniques = groupRows(
    indexes.filter((row) => row.non_unique === '0'),
    ['index_name'],
  );
  const triggers = facts.triggers.filter((trigger) => trigger.table === table.name);
  const before = (event: 'insert' | 'update'): Trigger[] =>
    triggers.filter((trigger) => trigger.isBefore && trigger.event === event);
  const mentioned = triggers.map(({ text }) => text.toLowerCase());
  const partitions = facts.partitions.filter(own);
  const storage = facts.storage.find(own);
  const restricted = facts.unseen.restrict(table);
  const harmful = closeKinds(triggers);
  return {
    name,
    foreignKeys: facts.foreignKeys.filter((key) => key.table === name),
    uniques: uniques.map((parts) => buildUnique(table, parts)),
    required: new Set(columns.filter(isRequired).map((row) => row.column_name ?? '')),
    autoUpdated: columns
      .filter((row) => /on update/i.test(row.extra ?? ''))
      .map((row) => row.column_name ?? ''),
    triggers: triggers.map((trigger) => trigger.name),
    triggered: (column) => mentioned.some((text) => text.includes(column.toLowerCase())),
    assigned: {
      insert: findAssigned(table.columns, before('insert')),
      update: findAssigned(table.columns, before('update')),
    },
    settable: findSettable(table.columns, before('update')),
    rules: [
      ...facts.checks.filter(own).map((row) => buildCheck(table, row)),
      ...(partitions.length === 0 ? [] : buildPartitionRule(table, partitions)),
      ...facts.references.filter(own).map(buildReferenceRule),
    ],
    asked: new Set(),
    generated: new Map(
      columns
        .filter(({ expression }) => expression != null && expression !== '')
        .map((row) => [row.column_name ?? '', unescapeQuotes(row.expression ?? '')]),
    ),
    closed: { ...restricted.closed, ...closeArchive(storage), ...harmful },
    harmful,
    fixed: restricted.fixed,
    transactional: storage?.transactions !== 'NO',
    unseen: restricted.unseen,
    indexed: new Set(indexes.flatMap((row) => row.column_name ?? [])),
    leading: new Set(
      indexes.flatMap((row) => (row.place === '1' && row.unused === '0' ? (row.column_name ?? []) : [])),
    ),
    insertTrigger: before('insert')[0]?.name ?? null,
  };
}

/** A table of such an engine takes rows and never changes them. */
function closeArchive(storage: ControlRow | undefined): RepairTable['closed'] {
  if (!/^archive$/i.test(storage?.storage ?? '')) return {};
  const reason = 'a table of the engine ARCHIVE changes no row that it has';
  return { update: reason, delete: reason };
}

/** A trigger may change other rows than its own. */
function closeKinds(triggers: readonly Trigger[]): RepairTable['closed'] {
  const closed: Partial<Record<'insert' | 'update' | 'delete', string>> = {};
  for (const { event, reason } of triggers) if (reason !== null) closed[event] ??= reason;
  return closed;
}

/** MariaDB spells the default NULL as the word; a NULL column default with NOT NULL means that there is none. */
function isRequired({ nullable, default_value: byDefault, extra }: ControlRow): boolean {
  return nullable !== 'YES' && byDefault == null && !/auto_increment|generated/i.test(extra ?? '');
}

function groupRows(rows: readonly ControlRow[], by: readonly string[]): ControlRow[][] {
  const groups = new Map<string, ControlRow[]>();
  for (const row of rows) {
    const name = JSON.stringify(by.map((field) => row[field]));
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups.values()];
}

async function loadCharsets(session: SqlSession, tables: readonly Table[]): Promise<Map<string, Charset>> {
  const charsets = new Map<string, Charset>();
  for (const { type } of tables.flatMap((table) => table.columns)) {
    const name = textTypeOf(type)?.charset ?? 'utf8';
    if (name !== 'utf8' && !charsets.has(name)) charsets.set(name, await loadCharset(session, name));
  }
  return charsets;
}
