import type { CheckFacts } from '../../../core/gate/constraint-facts.js';
import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { readPostgresqlCapabilities } from '../capabilities.js';
import { textLiteral } from '../dialect.js';
import { ofTables } from './schema-rows.js';

/**
 * Check constraints of tables, and of the domains that columns have as their types.
 *
 * @see https://www.postgresql.org/docs/current/catalog-pg-constraint.html
 */
export async function readPostgresqlChecks(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly CheckFacts[]>> {
  const { column } = await readPostgresqlCapabilities(session);
  const told = `k.conname::text AS name, k.convalidated AS validated, pg_get_constraintdef(k.oid) AS definition,
    ${column('pg_constraint', 'k.conenforced', 'true')} AS enforced`;
  const inSchema = `c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(request.schema)})`;
  const rows = await session.query(
    `SELECT c.relname::text AS table_name, ${told},
       (SELECT json_agg(a.attname)::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey)) AS columns
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'c' AND ${inSchema}
     UNION ALL
     SELECT c.relname::text, ${told}, json_build_array(a.attname)::text
     FROM pg_constraint k JOIN pg_attribute a ON a.atttypid = k.contypid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_class c ON c.oid = a.attrelid WHERE k.contype = 'c' AND k.contypid <> 0 AND ${inSchema}
     ORDER BY 1, 2`,
  );
  return known(ofTables(rows, request).map(describeCheck));
}

function describeCheck(row: ControlRow): CheckFacts {
  return {
    table: row.table_name ?? '',
    name: row.name ?? '',
    columns: (JSON.parse(row.columns ?? '[]') as string[]).sort(),
    clause: (row.definition ?? '').replace(
      /^CHECK \(([\s\S]*)\)(?: NO INHERIT| NOT VALID| NOT ENFORCED)*$/,
      '$1',
    ),
    unenforced: row.enforced === 'f' ? 'it is NOT ENFORCED' : null,
    isValidated: row.validated === 't',
  };
}
