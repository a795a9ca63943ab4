import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type { FixStatement, RaiseNumber } from '../../../core/gate/fix.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { NumberFacts } from '../../../core/gate/number-facts.js';
import type { ControlRow } from '../../session.js';
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
const MOST_OF: Readonly<Record<string, bigint>> = { float: 2n ** 24n, double: 2n ** 53n };

/**
 * AUTO_INCREMENT of the tables, and MariaDB's sequences. MySQL 8 keeps the number for a day unless a session wants it fresh, as
 * ours do.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-tables-table.html AUTO_INCREMENT
 */
export async function readMysqlNumbering(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly NumberFacts[]>> {
  const schema = textLiteral(request.schema);
  const rows = await session.query(
    `SELECT c.TABLE_NAME AS table_name, c.COLUMN_NAME AS column_name, c.DATA_TYPE AS data_type,
       c.COLUMN_TYPE AS column_type, t.AUTO_INCREMENT AS next_number, @@GLOBAL.auto_increment_increment AS step,
       EXISTS (SELECT 1 FROM information_schema.STATISTICS s WHERE s.TABLE_SCHEMA = ${schema}
         AND s.TABLE_NAME = c.TABLE_NAME AND s.COLUMN_NAME = c.COLUMN_NAME AND s.SEQ_IN_INDEX = 1) AS leads
     FROM information_schema.COLUMNS c
     JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
     WHERE c.TABLE_SCHEMA = ${schema} AND t.TABLE_SCHEMA = ${schema} AND c.EXTRA LIKE '%auto_increment%'
     ORDER BY c.TABLE_NAME`,
  );
  const wanted = new Set(request.tables.map(({ name }) => name));
  const numbers: NumberFacts[] = [];
  for (const row of rows)
    if (wanted.has(row.table_name ?? '')) numbers.push(await describeNumber(session, request.schema, row));
  return known([...numbers, ...(await readMysqlSequences(session, request.schema))]);
}

async function describeNumber(session: SqlSession, schema: string, row: ControlRow): Promise<NumberFacts> {
  const [table, column] = [row.table_name ?? '', row.column_name ?? ''];
  const columnLast = findLast(row);
  return {
    name: `${schema}.${table}.${column}`,
    table,
    column,
    schema,
    sequence: null,
    next: /^\d+$/.test(row.next_number ?? '')
      ? known(BigInt(row.next_number ?? 0))
      : hidden('the server does not say which number comes next'),
    largest: await readLargest(session, { schema, table, column, leads: row.leads === '1' }),
    step: BigInt(row.step ?? 1),
    last: columnLast,
    cycles: false,
    columnLast,
  };
}

function findLast({ data_type: type, column_type: declared }: ControlRow): bigint {
  const bits = BITS[type ?? ''];
  if (bits === undefined) return MOST_OF[type ?? ''] ?? 2n ** 63n - 1n;
  return /\bunsigned\b/.test(declared ?? '') ? 2n ** bits - 1n : 2n ** (bits - 1n) - 1n;
}

interface LargestRequest {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly leads: boolean;
}

/** By the index that leads with the column, which every table has but some of MyISAM's, where numbers begin anew in each group. */
async function readLargest(
  session: SqlSession,
  { schema, table, column, leads }: LargestRequest,
): Promise<Fact<bigint | null>> {
  if (!leads) return hidden('no index leads with the column');
  const [row] = await session.query(
    `SELECT MAX(${quoteName(column)}) AS largest FROM ${quoteName(schema)}.${quoteName(table)}`,
  );
  const text = row?.largest ?? null;
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
