import { qualifiedName } from '../../core/pairing.js';
import type { Table } from '../../core/schema.js';
import type { ForeignKey, RepairTable, RowRule, UniqueRule } from '../repair.js';
import type { ControlRow } from '../session.js';
import type { SqlEngineParts } from '../sql-engine.js';
import type { SqlSession } from '../sql-session.js';
import { findAssigned, findSettable } from '../trigger-text.js';
import { textLiteral } from './dialect.js';
import { quoteFileName } from './file-spelling.js';
import { type Reaction, readReactions } from './reactions.js';
import { createPostgresqlRepairDialect } from './repair-dialect.js';
import {
  readAsked,
  readChecks,
  readDomains,
  readGenerated,
  readLeading,
  readList,
  readOperators,
  readPartitions,
  readUniques,
  type SchemaSql,
  TREE,
} from './repair-facts.js';
import { readTypes } from './repair-types.js';

/** Reads what keeps rows from being written, and in which order they can be, of one schema. */
export const readPostgresqlRepairCatalog: SqlEngineParts['readRepairCatalog'] = async (
  session,
  { name, tables },
) => {
  const schema = `(SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(name)})`;
  const foreignKeys = await readForeignKeys(session, schema);
  const facts: Facts = {
    foreignKeys,
    uniques: await readUniques(session, schema),
    required: await readRequired(session, schema),
    checks: await readChecks(session, schema),
    partitions: await readPartitions(session, schema),
    reactions: await readReactions(session, schema),
    generated: await readGenerated(session, schema),
    domains: await readDomains(session, schema),
    asked: await readAsked(session, schema),
    leading: await readLeading(session, schema),
    hashes: await hasRecordHash(session),
  };
  return {
    tables: tables.map((table) => buildTable(table, facts)),
    foreignKeys,
    dialect: createPostgresqlRepairDialect(await readTypes(session, schema)),
  };
};

interface Facts {
  readonly foreignKeys: readonly ForeignKey[];
  readonly uniques: readonly ControlRow[];
  readonly required: readonly ControlRow[];
  readonly checks: readonly ControlRow[];
  readonly partitions: readonly ControlRow[];
  readonly reactions: readonly Reaction[];
  readonly generated: readonly ControlRow[];
  readonly domains: readonly ControlRow[];
  readonly asked: readonly ControlRow[];
  readonly leading: readonly ControlRow[];
  /** Whether the server hashes rows as their types and collations compare. */
  readonly hashes: boolean;
}

function buildTable(table: Table, facts: Facts): RepairTable {
  const own = (row: ControlRow): boolean => row.table_name === table.name;
  const columnsOf = (rows: readonly ControlRow[]): string[] =>
    rows.filter(own).map((row) => row.column_name ?? '');
  const name = qualifiedName(table);
  const reactions = facts.reactions.filter((reaction) => reaction.table === table.name);
  const triggers = reactions.filter(({ isTrigger }) => isTrigger);
  const before = (event: 'insert' | 'update'): Reaction[] =>
    triggers.filter((trigger) => trigger.isBefore && trigger.events.includes(event));
  const mentioned = triggers.map(({ text }) => text.toLowerCase());
  const partitions = facts.partitions.filter(own);
  const harmful = closeKinds(reactions);
  return {
    name,
    foreignKeys: facts.foreignKeys.filter((key) => key.table === name),
    uniques: facts.uniques.filter(own).map((row) => buildUnique(row, facts.hashes)),
    required: new Set(columnsOf(facts.required)),
    autoUpdated: [],
    triggers: [...new Set(triggers.map((trigger) => trigger.name))],
    triggered: (column) => mentioned.some((text) => text.includes(column.toLowerCase())),
    assigned: {
      insert: findAssigned(table.columns, before('insert')),
      update: findAssigned(table.columns, before('update')),
    },
    settable: findSettable(
      table.columns,
      triggers.filter(({ events, mayAlter }) => mayAlter && events.includes('update')),
    ),
    rules: [
      ...facts.checks.filter(own).map(buildCheck),
      ...partitions.flatMap(buildPartitionRule),
      ...facts.domains.filter(own).map(buildDomainRule),
    ],
    asked: new Set(columnsOf(facts.asked)),
    generated: new Map(
      facts.generated.filter(own).map((row) => [row.column_name ?? '', row.expression ?? 'NULL']),
    ),
    closed: harmful,
    harmful,
    fixed: new Map(partitions.flatMap((row) => fixPartitionColumns(row, name, facts.foreignKeys))),
    transactional: true,
    unseen: null,
    indexed: new Set(),
    leading: new Set(columnsOf(facts.leading)),
    insertTrigger:
      triggers.find(({ mayAlter, events }) => mayAlter && events.includes('insert'))?.name ?? null,
  };
}

function closeKinds(reactions: readonly Reaction[]): RepairTable['closed'] {
  const closed: Partial<Record<'insert' | 'update' | 'delete', string>> = {};
  for (const { events, reason } of reactions) {
    for (const event of reason === null ? [] : events) closed[event] ??= reason ?? '';
  }
  return closed;
}

function buildUnique(row: ControlRow, hashes: boolean): UniqueRule {
  const expressions = readList(row.expressions);
  const isExclusion = row.exclusion === 'true';
  const nullsDistinct = row.nulls_equal !== 'true';
  return {
    name: row.index_name ?? '',
    columns: readList(row.columns),
    nullsDistinct,
    plainColumns: isExclusion ? [] : readList(row.plain),
    prefixes: {},
    deferrable: row.deferrable === 'true',
    expressions,
    operators: readOperators(row.operators),
    predicate: row.predicate ?? null,
    token: isExclusion ? null : buildToken(row, { expressions, nullsDistinct, hashes }),
  };
}

/**
 * Values are the same to an index where their text is, but for text under a collation that takes more for equal, and for
 * numbers of another scale: those are hashed as they compare.
 */
function buildToken(
  row: ControlRow,
  index: {
    readonly expressions: readonly string[];
    readonly nullsDistinct: boolean;
    readonly hashes: boolean;
  },
): string {
  const hashed = JSON.parse(row.hashed ?? '[]') as boolean[];
  const parts = index.expressions.map((expression, i) =>
    index.hashes && hashed[i] === true
      ? `pg_catalog.hash_record_extended(ROW(${expression}), 0)`
      : `(${expression})::pg_catalog.text`,
  );
  const token = `pg_catalog.json_build_array(${parts.join(', ')})::pg_catalog.text`;
  if (!index.nullsDistinct) return token;
  const unknown = index.expressions.map((expression) => `(${expression}) IS NULL`).join(' OR ');
  return `CASE WHEN ${unknown} THEN NULL ELSE ${token} END`;
}

function buildCheck(row: ControlRow): RowRule {
  return {
    reason: `constraint ${row.name} refuses it`,
    columns: readList(row.columns),
    broken: `NOT (${row.expression ?? 'true'})`,
  };
}

/** The cast fails with the name of the constraint; a row without the value is not asked. */
function buildDomainRule(row: ControlRow): RowRule {
  const name = quoteFileName(row.column_name ?? '');
  const domain = `${quoteFileName(row.type_schema ?? '')}.${quoteFileName(row.type_name ?? '')}`;
  return {
    reason: `domain ${row.type_name} refuses it`,
    columns: [row.column_name ?? ''],
    broken: `CASE WHEN ${name} IS NULL THEN false ELSE CAST(${name} AS ${domain}) IS NULL END`,
  };
}

function buildPartitionRule(row: ControlRow): RowRule[] {
  const holds = (JSON.parse(row.holds ?? '[]') as (string | null)[]).map((text) =>
    text === null ? 'true' : `COALESCE(${text}, false)`,
  );
  const broken = holds.length === 0 ? 'true' : `NOT (${holds.join(' OR ')})`;
  return [{ reason: 'no partition of the table holds it', columns: readList(row.columns), broken }];
}

/** A row that moves to another partition is deleted and inserted again, which can set off what a DELETE does. */
function fixPartitionColumns(
  row: ControlRow,
  table: string,
  foreignKeys: readonly ForeignKey[],
): [string, string][] {
  const key = foreignKeys.find(({ referencedTable }) => referencedTable === table);
  if (row.moves === 'true' && key === undefined) return [];
  const why =
    key === undefined ? 'this server moves no row' : `foreign key ${key.name} refers to rows that would move`;
  return readList(row.columns).map((column) => [
    column,
    `column ${column} decides the partition, and ${why}`,
  ]);
}

async function hasRecordHash(session: SqlSession): Promise<boolean> {
  const [row] = await session.query(
    "SELECT (count(*) > 0)::text AS found FROM pg_proc WHERE proname = 'hash_record_extended' AND pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'pg_catalog')",
  );
  return row?.found === 'true';
}

function readRequired(session: SqlSession, schema: SchemaSql): Promise<readonly ControlRow[]> {
  return session.query(
    `SELECT c.relname AS table_name, a.attname AS column_name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     LEFT JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relnamespace = ${schema} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
       AND (a.attnotnull OR t.typnotnull) AND NOT a.atthasdef AND COALESCE(row_to_json(a)->>'attidentity', '') = ''
       AND COALESCE(row_to_json(a)->>'attgenerated', '') = ''`,
  );
}

/** A foreign key to or from a partition concerns the rows of the table above it. */
async function readForeignKeys(session: SqlSession, schema: SchemaSql): Promise<ForeignKey[]> {
  const names = (relation: string, list: string): string =>
    `(SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(f.${list}) WITH ORDINALITY AS k(number, n)
      JOIN pg_attribute a ON a.attrelid = f.${relation} AND a.attnum = k.number)::text`;
  const rows = await session.query(
    `${TREE(schema)} SELECT f.conname AS name, f.condeferrable AS deferrable, cn.nspname AS table_schema, c.relname AS table_name, rn.nspname AS other_schema,
       r.relname AS other_table, ${names('conrelid', 'conkey')} AS columns, ${names('confrelid', 'confkey')} AS others,
       (SELECT json_agg(json_build_array(n.nspname, o.oprname) ORDER BY k.n) FROM unnest(f.conpfeqop) WITH ORDINALITY AS k(oid, n)
        JOIN pg_operator o ON o.oid = k.oid JOIN pg_namespace n ON n.oid = o.oprnamespace)::text AS operators
     FROM pg_constraint f
     LEFT JOIN tree ct ON ct.relid = f.conrelid LEFT JOIN tree rt ON rt.relid = f.confrelid
     JOIN pg_class c ON c.oid = COALESCE(ct.root, f.conrelid) JOIN pg_namespace cn ON cn.oid = c.relnamespace
     JOIN pg_class r ON r.oid = COALESCE(rt.root, f.confrelid) JOIN pg_namespace rn ON rn.oid = r.relnamespace
     WHERE f.contype = 'f' AND COALESCE((row_to_json(f)->>'conparentid')::oid, 0) = 0
       AND (c.relnamespace = ${schema} OR r.relnamespace = ${schema})
     ORDER BY f.oid`,
  );
  return rows.map((row) => ({
    name: row.name ?? '',
    table: `${row.table_schema}.${row.table_name}`,
    columns: readList(row.columns),
    referencedTable: `${row.other_schema}.${row.other_table}`,
    referencedColumns: readList(row.others),
    operators: readOperators(row.operators),
    deferrable: row.deferrable === 't',
    quotedTable: `${quoteFileName(row.table_schema ?? '')}.${quoteFileName(row.table_name ?? '')}`,
    quotedReferenced: `${quoteFileName(row.other_schema ?? '')}.${quoteFileName(row.other_table ?? '')}`,
  }));
}
