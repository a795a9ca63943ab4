import { hidden, known } from '../../../core/gate/fact.js';
import type { NumberFacts } from '../../../core/gate/number-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { quoteName, textLiteral } from '../dialect.js';

/**
 * MariaDB's sequences, which are tables of one row. The number after those that were handed to a cache is taken for the next
 * one: who reads it alone gets it after a restart at the latest.
 *
 * @see https://mariadb.com/docs/server/reference/sql-structure/sequences/create-sequence
 */
export async function readMysqlSequences(session: SqlSession, schema: string): Promise<NumberFacts[]> {
  const rows = await session.query(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = ${textLiteral(schema)} AND TABLE_TYPE = 'SEQUENCE' ORDER BY TABLE_NAME`,
  );
  const found: NumberFacts[] = [];
  for (const { name } of rows) found.push(await describeSequence(session, schema, name ?? ''));
  return found;
}

async function describeSequence(session: SqlSession, schema: string, sequence: string): Promise<NumberFacts> {
  const [row] = await session
    .query(
      `SELECT next_not_cached_value AS next_number, increment AS step, minimum_value AS least, maximum_value AS most,
         cycle_option AS cycles FROM ${quoteName(schema)}.${quoteName(sequence)}`,
    )
    // What fails on the server is in the log; then the number is not known.
    .catch(() => []);
  const step = BigInt(row?.step ?? 1);
  const name = `${schema}.${sequence}`;
  return {
    ...{ name, table: null, column: null, schema, sequence, step },
    next:
      row?.next_number == null
        ? hidden(
            'the account may not read the sequence',
            `GRANT SELECT ON ${quoteName(schema)}.${quoteName(sequence)} TO …`,
          )
        : known(BigInt(row.next_number)),
    largest: known(null),
    last: BigInt((step < 0n ? row?.least : row?.most) ?? 2n ** 63n - 2n),
    cycles: row?.cycles === '1',
    columnLast: null,
  };
}
