import type { ForeignKeyFacts, ReferenceRule } from '../../../core/gate/constraint-facts.js';
import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { readPostgresqlCapabilities } from '../capabilities.js';
import { textLiteral } from '../dialect.js';
import { ofTables } from './schema-rows.js';

const RULES: Readonly<Record<string, ReferenceRule>> = { c: 'cascade', n: 'set-null', d: 'set-default' };

/**
 * Foreign keys, which every account may see. They are triggers of the server: `DISABLE TRIGGER ALL`, as loads use it, switches
 * them off as well. Those that partitions have from their parent are left out.
 *
 * @see https://www.postgresql.org/docs/current/catalog-pg-constraint.html
 */
export async function readPostgresqlForeignKeys(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly ForeignKeyFacts[]>> {
  const { column, hasColumn } = await readPostgresqlCapabilities(session);
  const isOwn = hasColumn('pg_constraint', 'conparentid') ? 'k.conparentid = 0' : 'true';
  const rows = await session.query(
    `SELECT c.relname AS table_name, k.conname AS name, rn.nspname AS referenced_schema, rc.relname AS referenced_table,
       k.confdeltype AS on_delete, k.confupdtype AS on_update, k.convalidated AS validated,
       k.condeferrable AS is_deferrable, k.condeferred AS is_deferred,
       ${column('pg_constraint', 'k.conenforced', 'true')} AS enforced,
       EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled IN ('D', 'R')) AS disabled,
       (SELECT json_agg(json_build_object('own', a.attname, 'referenced', ra.attname) ORDER BY u.n)::text
        FROM unnest(k.conkey, k.confkey) WITH ORDINALITY AS u(own, referenced, n)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own
        JOIN pg_attribute ra ON ra.attrelid = k.confrelid AND ra.attnum = u.referenced) AS columns
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     JOIN pg_class rc ON rc.oid = k.confrelid JOIN pg_namespace rn ON rn.oid = rc.relnamespace
     WHERE k.contype = 'f' AND ${isOwn}
       AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(request.schema)})
     ORDER BY c.relname::text COLLATE "C", k.conname::text COLLATE "C"`,
  );
  return known(ofTables(rows, request).map(describeKey));
}

function describeKey(row: ControlRow): ForeignKeyFacts {
  return {
    table: row.table_name ?? '',
    name: row.name ?? '',
    columns: JSON.parse(row.columns ?? '[]') as ForeignKeyFacts['columns'],
    referencedSchema: row.referenced_schema ?? '',
    referencedTable: row.referenced_table ?? '',
    onDelete: RULES[row.on_delete ?? ''] ?? 'refuse',
    onUpdate: RULES[row.on_update ?? ''] ?? 'refuse',
    unenforced: unenforcedReason(row),
    isValidated: row.validated === 't',
    isDeferrable: row.is_deferrable === 't',
    isDeferred: row.is_deferred === 't',
  };
}

function unenforcedReason({ enforced, disabled }: ControlRow): ForeignKeyFacts['unenforced'] {
  if (enforced === 'f') return 'declared';
  return disabled === 't' ? 'triggers' : null;
}
