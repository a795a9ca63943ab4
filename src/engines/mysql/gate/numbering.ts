import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type { FixStatement, RaiseNumber } from '../../../core/gate/fix.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { NumberFacts } from '../../../core/gate/number-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { quoteName, textLiteral } from '../dialect.js';
import { readMysqlSequences } from './sequences.js';

/** Bits of the integer types; AUTO_INCREMENT of other types ends where they lose whole numbers. */
const BITS: Readonly<Record<string, bigint>> = {
  tinyint: 8n,
  smallint: 16n,
  mediumint: 24n,
  int: 32n,
  bigint: 64n,
};
const TABLES_A_STATEMENT = 100;
const MOST_OF: Readonly<Record<string, bigint>> = { float: 2n ** 24n, double: 2n ** 53n };

/**
 * AUTO_INCREMENT of the tables, and MariaDB's sequences. MySQL 8 keeps the number for a day unless a session wants it fresh, as
 * ours do. The views are asked one after the other: joined, they are read again for each table.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-tables-table.html AUTO_INCREMENT
 */
export async function readMysqlNumbering(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly NumberFacts[]>> {
  const rows = await readColumns(session, request);
  const largest = await readLargest(
    session,
    request.schema,
    rows.filter(({ leads }) => leads),
  );
  const numbers = rows.map((row) =>
    describeNumber(request.schema, row, largest.get(row.table) ?? hidden('no index leads with the column')),
  );
  return known([...numbers, ...(await readMysqlSequences(session, request.schema))]);
}

interface NumberColumn {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly declared: string;
  readonly next: string | null;
  readonly step: string;
  /** Whether an index begins with it; in some of MyISAM's none does, and numbers begin anew in each group. */
  readonly leads: boolean;
}

async function readColumns(session: SqlSession, request: GateRequest): Promise<NumberColumn[]> {
  const schema = textLiteral(request.schema);
  const columns = await session.query(
    `SELECT TABLE_NAME AS table_name, COLUMN_NAME AS column_name, DATA_TYPE AS data_type, COLUMN_TYPE AS column_type,
       @@GLOBAL.auto_increment_increment AS step
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ${schema} AND EXTRA LIKE '%auto_increment%' ORDER BY TABLE_NAME`,
  );
  const tables = await session.query(
    `SELECT TABLE_NAME AS table_name, AUTO_INCREMENT AS next_number FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${schema}`,
  );
  const leading = await session.query(
    `SELECT TABLE_NAME AS table_name, COLUMN_NAME AS column_name FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = ${schema} AND SEQ_IN_INDEX = 1`,
  );
  const next = new Map(tables.map((row) => [row.table_name, row.next_number ?? null]));
  const leads = new Set(leading.map((row) => JSON.stringify([row.table_name, row.column_name])));
  const wanted = new Set(request.tables.map(({ name }) => name));
  return columns.flatMap((row) => {
    const [table, column] = [row.table_name ?? '', row.column_name ?? ''];
    if (!wanted.has(table)) return [];
    const number = { next: next.get(table) ?? null, step: row.step ?? '1' };
    const isLeading = leads.has(JSON.stringify([table, column]));
    return [
      {
        table,
        column,
        type: row.data_type ?? '',
        declared: row.column_type ?? '',
        ...number,
        leads: isLeading,
      },
    ];
  });
}

function describeNumber(schema: string, row: NumberColumn, largest: Fact<bigint | null>): NumberFacts {
  const { table, column, next, step } = row;
  const columnLast = findLast(row);
  return {
    name: `${schema}.${table}.${column}`,
    ...{ table, column, schema, largest, columnLast },
    sequence: null,
    next:
      next !== null && /^\d+$/.test(next)
        ? known(BigInt(next))
        : hidden('the server does not say which number comes next'),
    step: BigInt(step),
    last: columnLast,
    cycles: false,
  };
}

function findLast({ type, declared }: NumberColumn): bigint {
  const bits = BITS[type];
  if (bits === undefined) return MOST_OF[type] ?? 2n ** 63n - 1n;
  return /\bunsigned\b/.test(declared) ? 2n ** bits - 1n : 2n ** (bits - 1n) - 1n;
}

/** The largest value of each table's column, by the table's name; many tables are asked in one statement. */
async function readLargest(
  session: SqlSession,
  schema: string,
  columns: readonly NumberColumn[],
): Promise<ReadonlyMap<string, Fact<bigint | null>>> {
  const found = new Map<string, Fact<bigint | null>>();
  for (let at = 0; at < columns.length; at += TABLES_A_STATEMENT) {
    const batch = columns.slice(at, at + TABLES_A_STATEMENT);
    const parts = batch.map(
      ({ table, column }, number) =>
        `SELECT ${number} AS at, MAX(${quoteName(column)}) AS largest FROM ${quoteName(schema)}.${quoteName(table)}`,
    );
    for (const row of await session.query(parts.join(' UNION ALL ')))
      found.set(batch[Number(row.at)]?.table ?? '', readNumber(row.largest ?? null));
  }
  return found;
}

function readNumber(text: string | null): Fact<bigint | null> {
  if (text === null) return known(null);
  return /^-?\d+$/.test(text) ? known(BigInt(text)) : hidden('its largest value is no whole number');
}

/**
 * Never lowers: a number below the largest value is taken for the next one after it.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/innodb-auto-increment-handling.html
 */
export function raiseMysqlNumber({ schema, table, sequence, next }: RaiseNumber): FixStatement {
  const [name, ask] =
    sequence === null
      ? [
          `${quoteName(schema)}.${quoteName(table)}`,
          (where: string) => `ALTER TABLE ${where} AUTO_INCREMENT = ${next}`,
        ]
      : [
          `${quoteName(schema)}.${quoteName(sequence)}`,
          (where: string) => `SELECT SETVAL(${where}, ${next}, 0)`,
        ];
  return { statements: [ask(name)], isSafe: true, lock: '', reversal: '' };
}
