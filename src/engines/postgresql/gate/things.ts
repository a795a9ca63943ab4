import { type Fact, known } from '../../../core/gate/fact.js';
import type { FixAction, FixStatement } from '../../../core/gate/fix.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ThingFacts, ThingKind } from '../../../core/gate/leftover-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { quoteName, textLiteral } from '../dialect.js';

/** What has a name in the schema and in the database, slots and roles; everybody may read all of it. */
export async function readPostgresqlThings(
  session: SqlSession,
  { schema }: GateRequest,
): Promise<Fact<readonly ThingFacts[]>> {
  const own = `(SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(schema)})`;
  const rows = await session.query(
    `SELECT 'table' AS kind, relname::text AS name, ${textLiteral(schema)} AS schema, NULL AS table_name, 'false' AS active
       FROM pg_class WHERE relnamespace = ${own} AND relkind IN ('r', 'p')
     UNION ALL SELECT 'function', proname::text, n.nspname::text, NULL, 'false' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE n.nspname IN (${textLiteral(schema)}, 'public') AND p.pronargs = 0
     UNION ALL SELECT 'trigger', tgname::text, ${textLiteral(schema)}, c.relname::text, (t.tgenabled <> 'D')::text
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = ${own} AND NOT t.tgisinternal
     UNION ALL SELECT 'event-trigger', evtname::text, NULL, NULL, (evtenabled <> 'D')::text FROM pg_event_trigger
     UNION ALL SELECT 'schema', nspname::text, NULL, NULL, 'false' FROM pg_namespace
     UNION ALL SELECT 'publication', pubname::text, NULL, NULL, 'false' FROM pg_publication
     UNION ALL SELECT 'subscription', subname::text, NULL, NULL, subenabled::text FROM pg_subscription
       WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
     UNION ALL SELECT 'slot', slot_name::text, NULL, NULL, active::text FROM pg_replication_slots
       WHERE database IS NULL OR database = current_database()
     UNION ALL SELECT 'account', rolname::text, NULL, NULL, 'false' FROM pg_roles`,
  );
  return known(
    rows.map((row) => ({
      // The kinds stand in the statement.
      kind: row.kind as ThingKind,
      name: row.name ?? '',
      schema: row.schema ?? null,
      table: row.table_name ?? null,
      isActive: row.active === 'true',
    })),
  );
}

type Drop = Extract<FixAction, { readonly kind: 'drop' }>;

const LOCK = 'it waits for statements that use it, and new ones wait for it';

/** What is dropped, nothing brings back. A subscription is dropped with its slot on the other server, where that can be reached. */
export function dropPostgresql(action: Drop): FixStatement | null {
  const statement = dropOf(action);
  return statement === null ? null : { statements: [statement], isSafe: false, lock: LOCK, reversal: '' };
}

function dropOf({ what, schema, table, name }: Drop): string | null {
  const own = `${quoteName(schema ?? '')}.${quoteName(name)}`;
  if (what === 'table') return `DROP TABLE ${own}`;
  if (what === 'function') return `DROP FUNCTION ${own}()`;
  if (what === 'trigger')
    return `DROP TRIGGER ${quoteName(name)} ON ${quoteName(schema ?? '')}.${quoteName(table ?? '')}`;
  if (what === 'event-trigger') return `DROP EVENT TRIGGER ${quoteName(name)}`;
  if (what === 'publication') return `DROP PUBLICATION ${quoteName(name)}`;
  if (what === 'subscription') return `DROP SUBSCRIPTION ${quoteName(name)}`;
  return what === 'slot' ? `SELECT pg_catalog.pg_drop_replication_slot(${textLiteral(name)})` : null;
}
