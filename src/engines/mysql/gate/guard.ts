import { type Fact, known } from '../../../core/gate/fact.js';
import type { SqlSession } from '../../sql-session.js';
import { readVariables } from '../capabilities.js';
import { textLiteral } from '../dialect.js';
import { SERVER_VARIABLES } from '../server-question.js';

/**
 * A statement that fails on every server but this one, by what a server says of itself. Outside of a routine there is no other
 * way to fail than a subquery of two rows.
 *
 * @see https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html#error_er_subquery_no_1_row
 */
export async function readMysqlGuard(session: SqlSession): Promise<Fact<readonly string[]>> {
  const variables = await readVariables(session, SERVER_VARIABLES);
  const conditions = [...variables].map(([name, value]) => `@@${name} = ${textLiteral(value ?? '')}`);
  return known([
    `SELECT IF(${conditions.join(' AND ')}, 'the server of this file', (SELECT 'this file is for another server' UNION ALL SELECT '')) AS checked`,
  ]);
}
