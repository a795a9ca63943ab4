import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ApplierFacts, TriggerFacts, TriggerFiring } from '../../../core/gate/trigger-facts.js';
import { showProgram } from '../../hide-literals.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { textLiteral } from '../dialect.js';
import { POSTGRESQL_LEXICON } from '../lexicon.js';
import { readSubscriptions } from '../subscriptions.js';
import { ofTables } from './schema-rows.js';

/** When triggers and rules are followed: `tgenabled` and `ev_enabled`. */
export const FIRINGS: Readonly<Record<string, TriggerFiring>> = {
  O: 'origin',
  R: 'replica',
  A: 'always',
  D: 'never',
};
/** @see https://github.com/postgres/postgres/blob/REL_17_STABLE/src/include/catalog/pg_trigger.h */
const EVENT_BITS = [
  [4, 'insert'],
  [16, 'update'],
  [8, 'delete'],
  [32, 'truncate'],
] as const;

/**
 * Triggers, but for those of the server itself, by which it holds rows to foreign keys.
 *
 * @see https://www.postgresql.org/docs/current/catalog-pg-trigger.html
 */
export async function readPostgresqlTriggers(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly TriggerFacts[]>> {
  const rows = await session.query(
    `SELECT c.relname AS table_name, t.tgname AS name, t.tgtype::int AS type, t.tgenabled AS enabled,
       p.proname AS function_name, p.prosrc AS source, l.lanname AS language, encode(t.tgargs, 'hex') AS arguments,
       (SELECT json_agg(a.attname ORDER BY a.attname::text COLLATE "C")::text FROM unnest(t.tgattr::int2[]) AS u(number)
        JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum = u.number) AS columns,
       CASE WHEN t.tgqual IS NOT NULL THEN pg_get_triggerdef(t.oid) END AS conditioned
     FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
     JOIN pg_language l ON l.oid = p.prolang
     WHERE NOT t.tgisinternal
       AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(request.schema)})
     ORDER BY c.relname::text COLLATE "C", t.tgname::text COLLATE "C"`,
  );
  return known(ofTables(rows, request).map(describeTrigger));
}

function describeTrigger(row: ControlRow): TriggerFacts {
  const type = Number(row.type ?? 0);
  return {
    table: row.table_name ?? '',
    name: row.name ?? '',
    timing: (type & 64) !== 0 ? 'instead of' : (type & 2) !== 0 ? 'before' : 'after',
    events: EVENT_BITS.filter(([bit]) => (type & bit) !== 0).map(([, event]) => event),
    columns: JSON.parse(row.columns ?? '[]') as string[],
    isForStatements: (type & 1) === 0,
    condition: row.conditioned == null ? null : conditionIn(row.conditioned),
    firing: FIRINGS[row.enabled ?? ''] ?? 'origin',
    body: showBody(row),
    // Arguments are an unending row of bytes there; in quotes they are compared as they are.
    definition: `${row.function_name ?? ''}('${row.arguments ?? ''}'): ${row.source ?? ''}`,
  };
}

/**
 * What stands between `WHEN (` and `) EXECUTE` in a definition: no function gives a condition on two rows alone. Names and
 * literals may hold the same words, and are passed over.
 */
function conditionIn(definition: string): string {
  const parts =
    /"(?:[^"]|"")*"|'(?:[^']|'')*'|\bFOR EACH (?:ROW|STATEMENT) WHEN \(|\) EXECUTE (?:FUNCTION|PROCEDURE) /g;
  const marks = [...definition.matchAll(parts)].filter(([text]) => !/^["']/.test(text));
  const [first, last] = [marks[0], marks.at(-1)];
  if (first === undefined || last === undefined || first === last) return definition;
  return definition.slice(first.index + first[0].length, last.index);
}

/** Other languages than the server's own have other literals, which nobody looks for here. */
function showBody({ function_name: name, source, language }: ControlRow): string {
  const text = language === 'plpgsql' ? showProgram(source ?? '', POSTGRESQL_LEXICON) : null;
  return `${name ?? ''}()${text === null ? '' : `: ${text}`}`;
}

/**
 * How the server follows another one. A subscription applies rows in the role of a replica, in which triggers fire only where
 * they are enabled for it, or always.
 *
 * @see https://www.postgresql.org/docs/current/logical-replication-architecture.html
 */
export async function readPostgresqlApplier(session: SqlSession): Promise<Fact<ApplierFacts>> {
  const [row] = await session.query('SELECT pg_is_in_recovery() AS standby');
  const fires: readonly TriggerFiring[] = ['replica', 'always'];
  const common = { logsStatements: false, canSwitchTriggers: true };
  if (row?.standby === 't')
    return known({
      kind: 'blocks',
      fires: [],
      firesAlone: [],
      evidence: 'it is a standby of another server',
      ...common,
    });
  const subscriptions = await readSubscriptions(session);
  const names = subscriptions.map(({ name }) => name).join(', ');
  return known(
    subscriptions.length === 0
      ? { kind: 'none', fires: [], firesAlone: [], evidence: 'the database has no subscription', ...common }
      : {
          kind: 'rows',
          fires,
          firesAlone: fires,
          evidence: `subscription ${names} applies rows as a replica`,
          ...common,
        },
  );
}
