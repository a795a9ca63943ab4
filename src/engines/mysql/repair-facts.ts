import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { TextReach, through } from '../text-reach.js';
import { textLiteral } from './dialect.js';
import { readLinkedTexts } from './linked-texts.js';

/** The tables and columns of `information_schema` that this server has, as `TABLE.COLUMN`: servers differ in them. */
export async function readSchemaColumns(session: SqlSession): Promise<ReadonlySet<string>> {
  const rows = await session.query(
    `SELECT UPPER(TABLE_NAME) AS table_name, UPPER(COLUMN_NAME) AS column_name FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME IN ('STATISTICS', 'COLUMNS', 'CHECK_CONSTRAINTS',
       'TABLE_CONSTRAINTS', 'INNODB_FOREIGN', 'INNODB_SYS_FOREIGN', 'ST_GEOMETRY_COLUMNS', 'ROUTINES')`,
  );
  return new Set(rows.map((row) => `${row.table_name}.${row.column_name}`));
}

/** An index on an expression may be freed or taken by any column that the expression mentions. */
export function readIndexes(
  session: SqlSession,
  schema: string,
  known: ReadonlySet<string>,
): Promise<readonly ControlRow[]> {
  const expression = known.has('STATISTICS.EXPRESSION') ? 'EXPRESSION' : 'NULL';
  const unused = [
    ...(known.has('STATISTICS.IS_VISIBLE') ? ["IS_VISIBLE = 'NO'"] : []),
    ...(known.has('STATISTICS.IGNORED') ? ["IGNORED = 'YES'"] : []),
    "INDEX_TYPE NOT IN ('BTREE', 'HASH')",
  ];
  return session.query(
    `SELECT TABLE_NAME AS table_name, INDEX_NAME AS index_name, COLUMN_NAME AS column_name, NON_UNIQUE AS non_unique,
       SUB_PART AS prefix, ${expression} AS expression, SEQ_IN_INDEX AS place, (${unused.join(' OR ')}) AS unused
     FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ${textLiteral(schema)}
     ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
  );
}

/** CHECK constraints that the server enforces; none where it has no such thing. */
export async function readChecks(
  session: SqlSession,
  schema: string,
  known: ReadonlySet<string>,
): Promise<readonly ControlRow[]> {
  if (!known.has('CHECK_CONSTRAINTS.CHECK_CLAUSE')) return [];
  if (known.has('CHECK_CONSTRAINTS.TABLE_NAME')) {
    return session.query(
      `SELECT TABLE_NAME AS table_name, CONSTRAINT_NAME AS name, CHECK_CLAUSE AS expression
       FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ${textLiteral(schema)}`,
    );
  }
  const rows = await session.query(
    `SELECT t.TABLE_NAME AS table_name, c.CONSTRAINT_NAME AS name, c.CHECK_CLAUSE AS expression
     FROM information_schema.CHECK_CONSTRAINTS c JOIN information_schema.TABLE_CONSTRAINTS t
       ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME
     WHERE c.CONSTRAINT_SCHEMA = ${textLiteral(schema)} AND t.ENFORCED = 'YES'`,
  );
  return rows.map((row) => ({ ...row, expression: unescapeQuotes(row.expression ?? '') }));
}

/** MySQL keeps expressions with their quotes escaped. */
export function unescapeQuotes(expression: string): string {
  return expression.replaceAll("\\'", "'");
}

export function readPartitions(session: SqlSession, schema: string): Promise<readonly ControlRow[]> {
  return session.query(
    `SELECT TABLE_NAME AS table_name, PARTITION_METHOD AS method, PARTITION_EXPRESSION AS expression,
       PARTITION_DESCRIPTION AS holds
     FROM information_schema.PARTITIONS
     WHERE TABLE_SCHEMA = ${textLiteral(schema)} AND PARTITION_METHOD IS NOT NULL
     ORDER BY TABLE_NAME, PARTITION_ORDINAL_POSITION`,
  );
}

/** Whether the storage engine of a table takes back what a transaction wrote. */
export function readStorage(session: SqlSession, schema: string): Promise<readonly ControlRow[]> {
  return session.query(
    `SELECT t.TABLE_NAME AS table_name, t.ENGINE AS storage, e.TRANSACTIONS AS transactions
     FROM information_schema.TABLES t LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE
     WHERE t.TABLE_SCHEMA = ${textLiteral(schema)}`,
  );
}

/** The reference system that a spatial column insists on. */
export async function readReferenceSystems(
  session: SqlSession,
  schema: string,
  known: ReadonlySet<string>,
): Promise<readonly ControlRow[]> {
  if (!known.has('ST_GEOMETRY_COLUMNS.SRS_ID')) return [];
  return session.query(
    `SELECT TABLE_NAME AS table_name, COLUMN_NAME AS column_name, SRS_ID AS srid
     FROM information_schema.ST_GEOMETRY_COLUMNS WHERE TABLE_SCHEMA = ${textLiteral(schema)} AND SRS_ID IS NOT NULL`,
  );
}

/** A trigger, the kind of statement it acts on, and why it keeps rows from being written. */
export interface Trigger {
  readonly table: string;
  readonly name: string;
  readonly event: 'insert' | 'update' | 'delete';
  readonly text: string;
  readonly reason: string | null;
  /** It acts on the row before that is written. */
  readonly isBefore: boolean;
}

export async function readTriggers(
  session: SqlSession,
  schema: string,
  known: ReadonlySet<string>,
): Promise<readonly Trigger[]> {
  const rows = await session.query(
    `SELECT EVENT_OBJECT_TABLE AS table_name, TRIGGER_NAME AS name, EVENT_MANIPULATION AS event, ACTION_STATEMENT AS text, ACTION_TIMING AS timing
     FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ${textLiteral(schema)} ORDER BY TRIGGER_NAME`,
  );
  const reach = new TextReach(rows.length === 0 ? [] : await readLinkedTexts(session, known));
  return rows.map((row) => {
    const text = row.text ?? '';
    const event = row.event === 'INSERT' ? 'insert' : row.event === 'UPDATE' ? 'update' : 'delete';
    const way = reach.findHarm(text);
    const reason =
      way === null ? null : `trigger ${row.name} of the table may change other rows${through(way)}`;
    const isBefore = row.timing === 'BEFORE';
    return { table: row.table_name ?? '', name: row.name ?? '', event, text, reason, isBefore };
  });
}
