import { absent, type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { EventFacts, RoutineFacts, ViewFacts } from '../../../core/gate/object-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { readPostgresqlCapabilities } from '../capabilities.js';
import { textLiteral } from '../dialect.js';
import { isOwnObject } from './schema-rows.js';

const inSchema = (column: string, schema: string): string =>
  `${column} = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(schema)})`;

/** Views and materialized views, but for those of extensions. */
export async function readPostgresqlViews(
  session: SqlSession,
  { schema }: GateRequest,
): Promise<Fact<readonly ViewFacts[]>> {
  const rows = await session.query(
    `SELECT c.relname AS name, c.relkind = 'm' AS is_materialized, pg_get_viewdef(c.oid) AS definition FROM pg_class c
     WHERE c.relkind IN ('v', 'm') AND ${inSchema('c.relnamespace', schema)} AND ${isOwnObject('pg_class', 'c.oid')}
     ORDER BY c.relname::text COLLATE "C"`,
  );
  return known(
    rows.map(({ name, is_materialized: isMaterialized, definition }) => ({
      name: name ?? '',
      isMaterialized: isMaterialized === 't',
      definition: definition ?? null,
    })),
  );
}

/** Functions, procedures and aggregates, which their arguments tell apart, but for those of extensions. */
export async function readPostgresqlRoutines(
  session: SqlSession,
  { schema }: GateRequest,
): Promise<Fact<readonly RoutineFacts[]>> {
  const { hasColumn } = await readPostgresqlCapabilities(session);
  const kind = hasColumn('pg_proc', 'prokind') ? 'p.prokind' : "CASE WHEN p.proisagg THEN 'a' ELSE 'f' END";
  const rows = await session.query(
    `SELECT p.proname AS name, ${kind} AS kind, pg_get_function_identity_arguments(p.oid) AS signature, p.prosrc AS body,
       p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype) AS for_triggers
     FROM pg_proc p WHERE ${inSchema('p.pronamespace', schema)} AND ${isOwnObject('pg_proc', 'p.oid')}
     ORDER BY p.proname::text COLLATE "C", signature`,
  );
  return known(
    rows.map((row) => ({
      name: row.name ?? '',
      kind: row.kind === 'p' ? 'procedure' : row.kind === 'a' ? 'aggregate' : 'function',
      signature: row.signature ?? '',
      body: row.body ?? null,
      isForTriggers: row.for_triggers === 't',
    })),
  );
}

/** Jobs of extensions are for those who watch who writes. */
export async function readPostgresqlEvents(): Promise<Fact<readonly EventFacts[]>> {
  return absent('servers of this kind run no events of their own');
}
