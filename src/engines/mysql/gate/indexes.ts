import type { IndexFacts } from '../../../core/gate/constraint-facts.js';
import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { type MysqlCapabilities, readMysqlCapabilities } from '../capabilities.js';
import { textLiteral } from '../dialect.js';
import { readMysqlRights } from './rights.js';
import { coversSchema, groupRows, needsGrant, ofTables } from './schema-rights.js';

/**
 * Indexes and keys. Those of an invisible key that the server made itself are no part of the schema.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-statistics-table.html
 * @see https://mariadb.com/docs/server/ha-and-performance/optimization-and-tuning/optimization-and-indexes/ignored-indexes
 */
export async function readMysqlIndexes(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly IndexFacts[]>> {
  const rights = await readMysqlRights(session);
  if (!coversSchema(rights, request, ['SELECT'])) return needsGrant(rights, request, 'SELECT');
  const rows = await session.query(buildStatistics(request.schema, await readMysqlCapabilities(session)));
  const columns = new Set(
    request.tables.flatMap(({ name, columns }) =>
      columns.map((column) => JSON.stringify([name, column.name])),
    ),
  );
  const isShown = ({ table_name, column_name: column }: ControlRow): boolean =>
    column == null || columns.has(JSON.stringify([table_name, column]));
  const groups = groupRows(ofTables(rows, request), (row) => JSON.stringify([row.table_name, row.name]));
  return known([...groups.values()].filter((group) => group.every(isShown)).map(describeIndex));
}

function buildStatistics(schema: string, { hasColumn }: MysqlCapabilities): string {
  const expression = hasColumn('STATISTICS', 'EXPRESSION') ? 'EXPRESSION' : 'NULL';
  const visible = hasColumn('STATISTICS', 'IS_VISIBLE') ? 'IS_VISIBLE' : "'YES'";
  const ignored = hasColumn('STATISTICS', 'IGNORED') ? 'IGNORED' : "'NO'";
  return `SELECT TABLE_NAME AS table_name, INDEX_NAME AS name, NON_UNIQUE AS is_plain, COLUMN_NAME AS column_name,
      SUB_PART AS prefix, INDEX_TYPE AS method, COMMENT AS remark, ${expression} AS expression, ${visible} AS visible,
      ${ignored} AS ignored
    FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ${textLiteral(schema)}
    ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`;
}

function describeIndex(rows: readonly ControlRow[]): IndexFacts {
  const [first = {}] = rows;
  const name = first.name ?? '';
  const isOrdered = /^(btree|hash)$/i.test(first.method ?? '');
  return {
    table: first.table_name ?? '',
    name,
    kind: name === 'PRIMARY' ? 'primary' : first.is_plain === '0' ? 'unique' : 'plain',
    parts: rows.map(({ column_name: column, prefix, expression }) => ({
      column: column ?? null,
      // A spatial index says so of the box that it keeps of each value.
      prefix: prefix == null || !isOrdered ? null : Number(prefix),
      expression: expression ?? null,
    })),
    method: isOrdered ? 'ordered' : (first.method ?? '').toLowerCase(),
    condition: null,
    unused: unusedReason(first),
    isValid: true,
    refusesNulls: false,
    isDeferrable: false,
    isDeferred: false,
  };
}

function unusedReason({ visible, ignored, remark }: ControlRow): string | null {
  if (visible === 'NO') return 'it is invisible';
  if (ignored === 'YES') return 'it is ignored';
  return remark === 'disabled' ? 'its keys are disabled' : null;
}
