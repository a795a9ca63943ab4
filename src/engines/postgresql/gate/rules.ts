import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { RuleFacts } from '../../../core/gate/rule-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { textLiteral } from '../dialect.js';
import { ofTables } from './schema-rows.js';
import { FIRINGS } from './triggers.js';

const EVENTS: Readonly<Record<string, string>> = { 1: 'select', 2: 'update', 3: 'insert', 4: 'delete' };

/**
 * Rules of tables, which every account may see. A subscription applies rows past them.
 *
 * @see https://www.postgresql.org/docs/current/catalog-pg-rewrite.html
 */
export async function readPostgresqlRules(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly RuleFacts[]>> {
  const rows = await session.query(
    `SELECT c.relname AS table_name, r.rulename AS name, r.ev_type AS event, r.is_instead, r.ev_enabled AS enabled,
       pg_get_ruledef(r.oid) AS definition, quote_ident(r.rulename) AS quoted,
       quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS quoted_table, quote_ident(c.relname) AS bare_table
     FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'f') AND r.rulename <> '_RETURN' AND n.nspname = ${textLiteral(request.schema)}
     ORDER BY c.relname::text COLLATE "C", r.rulename::text COLLATE "C"`,
  );
  return known(ofTables(rows, request).map(describeRule));
}

function describeRule(row: ControlRow): RuleFacts {
  return {
    table: row.table_name ?? '',
    name: row.name ?? '',
    event: EVENTS[row.event ?? ''] ?? '',
    isInstead: row.is_instead === 't',
    firing: FIRINGS[row.enabled ?? ''] ?? 'origin',
    definition: withoutHead(row),
  };
}

/** What stands behind the names of the rule and its table, which are other ones where tables are renamed. */
function withoutHead(row: ControlRow): string {
  const { definition, quoted, quoted_table: qualified, bare_table: bare } = row;
  const text = definition ?? '';
  const event = (EVENTS[row.event ?? ''] ?? '').toUpperCase();
  const heads = [qualified, bare].map(
    (table) => `CREATE RULE ${quoted ?? ''} AS\n    ON ${event} TO ${table ?? ''}`,
  );
  const head = heads.find((each) => text.startsWith(each));
  return head === undefined ? text : text.slice(head.length);
}
