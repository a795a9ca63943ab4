import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { PartitionFacts, StoredTableFacts } from '../../../core/gate/object-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { textLiteral } from '../dialect.js';
import { readMysqlRights } from './rights.js';
import { groupRows, needsGrant } from './schema-rights.js';

/**
 * Every table and view of the schema, with how it is kept.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-partitions-table.html
 */
export async function readMysqlStoredTables(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly StoredTableFacts[]>> {
  const rights = await readMysqlRights(session);
  if (!rights.has('SELECT', { schema: request.schema })) return needsGrant(rights, request, 'SELECT');
  const schema = textLiteral(request.schema);
  const tables = await session.query(
    `SELECT t.TABLE_NAME AS table_name, t.TABLE_TYPE AS type, t.ENGINE AS storage, e.TRANSACTIONS AS transactions
     FROM information_schema.TABLES t LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE
     WHERE t.TABLE_SCHEMA = ${schema} AND t.TABLE_TYPE <> 'SEQUENCE' ORDER BY t.TABLE_NAME`,
  );
  const isParted = request.tables.some(({ kind }) => kind === 'partitioned');
  const parts = isParted
    ? await session.query(
        `SELECT TABLE_NAME AS table_name, PARTITION_METHOD AS method, PARTITION_EXPRESSION AS expression,
           PARTITION_DESCRIPTION AS description
         FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = ${schema} AND PARTITION_NAME IS NOT NULL
         ORDER BY TABLE_NAME, PARTITION_ORDINAL_POSITION`,
      )
    : [];
  const partsOf = groupRows(parts, (row) => row.table_name ?? '');
  return known(tables.map((row) => describeTable(row, partsOf.get(row.table_name ?? '') ?? [])));
}

function describeTable(row: ControlRow, parts: readonly ControlRow[]): StoredTableFacts {
  const isView = row.type?.includes('VIEW') ?? false;
  return {
    table: row.table_name ?? '',
    what: isView ? 'a view' : 'a table',
    isTransactional: isView || row.transactions == null ? null : row.transactions === 'YES',
    storage: row.storage ?? null,
    partitions: describePartitions(parts),
    hidesRows: false,
  };
}

function describePartitions(parts: readonly ControlRow[]): PartitionFacts | null {
  const [first] = parts;
  // The history of a system-versioned table is parted by its own rules, and says nothing of rows to come.
  if (first === undefined || first.method === 'SYSTEM_TIME') return null;
  const by = first.expression ?? '';
  const texts = parts.map(({ description }) => description ?? '');
  if (first.method?.startsWith('RANGE')) {
    const takesRest = texts.some((text) => text.split(',').every((bound) => bound === 'MAXVALUE'));
    const last = takesRest ? null : (texts.at(-1) ?? null);
    return { method: 'range', by, end: last === null ? null : readEnd(last, by), values: [], takesRest };
  }
  if (first.method?.startsWith('LIST'))
    return {
      ...{ method: 'list', by, end: null },
      values: texts.flatMap(splitValues),
      takesRest: texts.includes('DEFAULT'),
    };
  return { method: 'hash', by, end: null, values: [], takesRest: true };
}

/** The number that TO_DAYS gives for 1970-01-01. */
const FIRST_DAY = 719_528;
const MS_PER_DAY = 86_400_000;

/** A number, or a day: functions of days are turned back into the day they stand for. */
function readEnd(text: string, by: string): string | null {
  const quoted = /^'(.*)'$/s.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replace(/ 00:00:00(\.0+)?$/, '');
  if (!/^-?\d+$/.test(text)) return null;
  if (/^to_days\(/i.test(by)) return dayOf((Number(text) - FIRST_DAY) * MS_PER_DAY);
  if (/^unix_timestamp\(/i.test(by)) return dayOf(Number(text) * 1000);
  return /^year\(/i.test(by) ? `${text.padStart(4, '0')}-01-01` : text;
}

function dayOf(ms: number): string | null {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return null;
  return date
    .toISOString()
    .slice(0, 19)
    .replace('T', ' ')
    .replace(/ 00:00:00$/, '');
}

function splitValues(text: string): string[] {
  const values = text.match(/'(?:[^']|'')*'|[^,]+/g) ?? [];
  return values.map((value) => value.replace(/^'(.*)'$/s, '$1').replaceAll("''", "'"));
}
