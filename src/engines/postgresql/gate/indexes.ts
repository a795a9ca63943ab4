import type { IndexFacts, IndexPart } from '../../../core/gate/constraint-facts.js';
import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { readPostgresqlCapabilities } from '../capabilities.js';
import { textLiteral } from '../dialect.js';
import { ofTables } from './schema-rows.js';

/**
 * Indexes and keys. One whose concurrent building failed stays as invalid: it costs writes, serves no query, and rows that it
 * does not know may be twice.
 *
 * @see https://www.postgresql.org/docs/current/catalog-pg-index.html
 */
export async function readPostgresqlIndexes(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly IndexFacts[]>> {
  const { column } = await readPostgresqlCapabilities(session);
  const keyColumns = column('pg_index', 'i.indnkeyatts', 'i.indnatts');
  const rows = await session.query(
    `SELECT c.relname AS table_name, ic.relname AS name, i.indisprimary AS is_primary, i.indisunique AS is_unique,
       i.indisexclusion AS is_exclusion, i.indisvalid AS valid, am.amname AS method,
       pg_get_expr(i.indpred, i.indrelid) AS condition,
       ${column('pg_index', 'i.indnullsnotdistinct', 'false')} AS refuses_nulls,
       k.condeferrable AS is_deferrable, k.condeferred AS is_deferred,
       (SELECT json_agg(json_build_object('column', a.attname, 'prefix', NULL, 'expression',
          CASE WHEN a.attname IS NULL THEN pg_get_indexdef(i.indexrelid, u.n, true) END) ORDER BY u.n)::text
        FROM generate_series(1, ${keyColumns}) AS u(n)
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[u.n - 1] AND a.attnum > 0) AS parts
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class ic ON ic.oid = i.indexrelid
     JOIN pg_am am ON am.oid = ic.relam
     LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(request.schema)})
     ORDER BY c.relname::text COLLATE "C", ic.relname::text COLLATE "C"`,
  );
  return known(ofTables(rows, request).map(describeIndex));
}

function describeIndex(row: ControlRow): IndexFacts {
  const isValid = row.valid === 't';
  return {
    table: row.table_name ?? '',
    name: row.name ?? '',
    kind: kindOf(row),
    parts: JSON.parse(row.parts ?? '[]') as IndexPart[],
    method: row.method === 'btree' ? 'ordered' : (row.method ?? ''),
    condition: row.condition ?? null,
    unused: isValid ? null : 'it is invalid',
    isValid,
    refusesNulls: row.refuses_nulls === 't',
    isDeferrable: row.is_deferrable === 't',
    isDeferred: row.is_deferred === 't',
  };
}

function kindOf(row: ControlRow): IndexFacts['kind'] {
  if (row.is_primary === 't') return 'primary';
  if (row.is_exclusion === 't') return 'exclusion';
  return row.is_unique === 't' ? 'unique' : 'plain';
}
