import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { readPostgresqlCapabilities } from './capabilities.js';
import { parseLsn } from './lsn.js';
import type { SubscriptionFacts } from './replication-facts.js';

/**
 * The subscriptions of the database, each by its worker's place and the states of its tables. How they connect only superusers
 * may read. Before PostgreSQL 14 their numbers are readable in the view of their workers alone.
 *
 * @see https://www.postgresql.org/docs/current/catalog-pg-subscription.html
 * @see https://www.postgresql.org/docs/current/catalog-pg-subscription-rel.html
 */
export async function readSubscriptions(session: SqlSession): Promise<readonly SubscriptionFacts[]> {
  const { hasColumn } = await readPostgresqlCapabilities(session);
  const origin = hasColumn('pg_subscription', 'suborigin') ? 's.suborigin' : "'any'";
  const rows = await session.query(
    `SELECT s.subname, s.subenabled, s.subslotname, to_json(s.subpublications)::text AS publications,
       ${origin} AS origin, w.subid, w.received_lsn::text AS received, w.latest_end_lsn::text AS confirmed
     FROM pg_subscription s JOIN pg_stat_subscription w ON w.subname = s.subname AND w.relid IS NULL
     WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND s.subname NOT IN (SELECT subname FROM pg_subscription GROUP BY subname HAVING count(*) > 1)`,
  );
  const states = await readStates(session);
  const names = [...new Set(rows.map(({ subname }) => subname ?? ''))];
  return names.map((name) => {
    const workers = rows.filter(({ subname }) => subname === name);
    const [first = {}] = workers;
    return {
      name,
      isEnabled: first.subenabled === 't',
      slot: first.subslotname ?? null,
      publications: JSON.parse(first.publications ?? '[]') as string[],
      origin: first.origin ?? 'any',
      received: findFarthest(workers),
      states: states.get(first.subid ?? '') ?? {},
    };
  });
}

async function readStates(session: SqlSession): Promise<ReadonlyMap<string, Record<string, string>>> {
  const rows = await session.query(
    `SELECT r.srsubid, n.nspname || '.' || c.relname AS name, r.srsubstate
     FROM pg_subscription_rel r JOIN pg_class c ON c.oid = r.srrelid JOIN pg_namespace n ON n.oid = c.relnamespace`,
  );
  const states = new Map<string, Record<string, string>>();
  for (const { srsubid, name, srsubstate } of rows) {
    const own = states.get(srsubid ?? '') ?? {};
    own[name ?? ''] = srsubstate ?? '';
    states.set(srsubid ?? '', own);
  }
  return states;
}

/** The place of the worker that leads; those that help it have none. */
function findFarthest(workers: readonly ControlRow[]): string | null {
  const places = workers.flatMap(({ received, confirmed }) => [received, confirmed]);
  return places.reduce<string | null>((far, place) => {
    const lsn = parseLsn(place);
    return lsn !== null && lsn > (parseLsn(far) ?? -1n) ? (place ?? far) : far;
  }, null);
}
