import type { CheckFacts } from '../../../core/gate/constraint-facts.js';
import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { type MysqlCapabilities, readMysqlCapabilities } from '../capabilities.js';
import { quoteName, textLiteral } from '../dialect.js';
import { readMysqlRights } from './rights.js';
import { coversSchema, needsGrant, ofTables } from './schema-rights.js';

/**
 * Check constraints. Servers before MySQL 8.0.16 read them and forget them.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html
 * @see https://mariadb.com/docs/server/reference/system-tables/information-schema/information-schema-tables/information-schema-check_constraints-table
 */
export async function readMysqlChecks(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly CheckFacts[]>> {
  const rights = await readMysqlRights(session);
  if (!coversSchema(rights, request, ['SELECT'])) return needsGrant(rights, request, 'SELECT');
  const capabilities = await readMysqlCapabilities(session);
  if (!capabilities.hasColumn('CHECK_CONSTRAINTS', 'CHECK_CLAUSE')) return known([]);
  const rows = await readChecks(session, request.schema, capabilities);
  const columns = new Map(request.tables.map((table) => [table.name, table.columns.map(({ name }) => name)]));
  return known(
    ofTables(rows, request)
      .filter((row) => !isOfJson(row, request))
      .map((row) => describeCheck(row, columns.get(row.table_name ?? '') ?? [])),
  );
}

/** The check that makes a text a document of JSON is a part of the column's type. */
function isOfJson({ table_name: table, clause }: ControlRow, { tables }: GateRequest): boolean {
  const columns = tables.find(({ name }) => name === table)?.columns ?? [];
  return columns.some(
    ({ name, type }) =>
      type.kind === 'json' && clause?.toLowerCase() === `json_valid(${quoteName(name)})`.toLowerCase(),
  );
}

/** MySQL says of which table a constraint is in another view than what it reads; it takes minutes to join the two. */
async function readChecks(
  session: SqlSession,
  schema: string,
  { hasColumn }: MysqlCapabilities,
): Promise<readonly ControlRow[]> {
  const name = textLiteral(schema);
  if (hasColumn('CHECK_CONSTRAINTS', 'TABLE_NAME'))
    return session.query(
      `SELECT TABLE_NAME AS table_name, CONSTRAINT_NAME AS name, CHECK_CLAUSE AS clause, 'YES' AS enforced
       FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ${name} ORDER BY TABLE_NAME, CONSTRAINT_NAME`,
    );
  const clauses = await session.query(
    `SELECT CONSTRAINT_NAME AS name, CHECK_CLAUSE AS clause FROM information_schema.CHECK_CONSTRAINTS
     WHERE CONSTRAINT_SCHEMA = ${name}`,
  );
  const clauseOf = new Map(clauses.map((row) => [row.name, row.clause ?? '']));
  const rows = await session.query(
    `SELECT TABLE_NAME AS table_name, CONSTRAINT_NAME AS name, ENFORCED AS enforced
     FROM information_schema.TABLE_CONSTRAINTS
     WHERE CONSTRAINT_SCHEMA = ${name} AND CONSTRAINT_TYPE = 'CHECK' ORDER BY TABLE_NAME, CONSTRAINT_NAME`,
  );
  return rows.map((row) => ({ ...row, clause: clauseOf.get(row.name) ?? '' }));
}

function describeCheck(row: ControlRow, columns: readonly string[]): CheckFacts {
  const clause = (row.clause ?? '').replaceAll("\\'", "'");
  const isEnforced = row.enforced !== 'NO';
  return {
    table: row.table_name ?? '',
    name: row.name ?? '',
    columns: readColumns(clause, columns),
    clause,
    unenforced: isEnforced ? null : 'it is NOT ENFORCED',
    isValidated: isEnforced,
  };
}

/** The server writes names of columns in backticks, whatever was typed; what stands in quotes is no name. */
function readColumns(clause: string, columns: readonly string[]): readonly string[] {
  const names = clause.replace(/'(?:[^']|'')*'/g, "''").match(/`(?:[^`]|``)*`/g) ?? [];
  const read = new Set(names.map((name) => name.slice(1, -1).replaceAll('``', '`').toLowerCase()));
  return columns.filter((column) => read.has(column.toLowerCase())).sort();
}
