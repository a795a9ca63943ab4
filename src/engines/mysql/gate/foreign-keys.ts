import type { ForeignKeyFacts, ReferenceRule } from '../../../core/gate/constraint-facts.js';
import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { textLiteral } from '../dialect.js';
import { readMysqlRights } from './rights.js';
import { CONSTRAINT_RIGHTS, coversSchema, groupRows, needsGrant, ofTables } from './schema-rights.js';

const RULES: Readonly<Record<string, ReferenceRule>> = {
  CASCADE: 'cascade',
  'SET NULL': 'set-null',
  'SET DEFAULT': 'set-default',
};

/**
 * Foreign keys, with what they do. SELECT shows the columns on every server; what they do is shown with it on MySQL since 8.0
 * alone, elsewhere only with another privilege on the table.
 *
 * @see https://mariadb.com/docs/server/reference/system-tables/information-schema/information-schema-tables/information-schema-referential_constraints-table
 */
export async function readMysqlForeignKeys(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly ForeignKeyFacts[]>> {
  const rights = await readMysqlRights(session);
  if (!coversSchema(rights, request, ['SELECT'])) return needsGrant(rights, request, 'SELECT');
  const schema = textLiteral(request.schema);
  const columns = await session.query(
    `SELECT TABLE_NAME AS table_name, CONSTRAINT_NAME AS name, COLUMN_NAME AS own, REFERENCED_TABLE_SCHEMA AS referenced_schema,
       REFERENCED_TABLE_NAME AS referenced_table, REFERENCED_COLUMN_NAME AS referenced
     FROM information_schema.KEY_COLUMN_USAGE
     WHERE TABLE_SCHEMA = ${schema} AND CONSTRAINT_SCHEMA = ${schema} AND REFERENCED_TABLE_NAME IS NOT NULL
     ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
  );
  const rules = await session.query(
    `SELECT TABLE_NAME AS table_name, CONSTRAINT_NAME AS name, UPDATE_RULE AS on_update, DELETE_RULE AS on_delete
     FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ${schema}`,
  );
  const ruleOf = new Map(rules.map((row) => [keyOf(row), row]));
  const groups = [...groupRows(ofTables(columns, request), keyOf).values()];
  const isTold = groups.every(([row = {}]) => ruleOf.has(keyOf(row)));
  if (!isTold && !coversSchema(rights, request, CONSTRAINT_RIGHTS))
    return needsGrant(rights, request, 'TRIGGER');
  return known(groups.map((rows) => describeKey(rows, ruleOf.get(keyOf(rows[0] ?? {})) ?? {})));
}

const keyOf = ({ table_name: table, name }: ControlRow): string => JSON.stringify([table, name]);

function describeKey(rows: readonly ControlRow[], rule: ControlRow): ForeignKeyFacts {
  const [first = {}] = rows;
  return {
    table: first.table_name ?? '',
    name: first.name ?? '',
    columns: rows.map(({ own, referenced }) => ({ own: own ?? '', referenced: referenced ?? '' })),
    referencedSchema: first.referenced_schema ?? '',
    referencedTable: first.referenced_table ?? '',
    onDelete: RULES[rule.on_delete ?? ''] ?? 'refuse',
    onUpdate: RULES[rule.on_update ?? ''] ?? 'refuse',
    unenforced: null,
    isValidated: true,
    isDeferrable: false,
    isDeferred: false,
  };
}
