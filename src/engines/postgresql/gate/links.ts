import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { IncomingFacts, LinkFacts, ReaderFacts } from '../../../core/gate/link-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { readPostgresqlReplication } from '../replication.js';
import {
  type PostgresqlReplication,
  postgresqlReplicationOf,
  type SubscriptionFacts,
} from '../replication-facts.js';

/**
 * The subscriptions of the database, and the slots and senders of the server. A subscription is known on the other server by its slot, a standby
 * by the identifier that it shares with its primary.
 *
 * @see https://www.postgresql.org/docs/current/view-pg-replication-slots.html
 */
export async function readPostgresqlLinks(
  session: SqlSession,
  { side }: GateRequest,
): Promise<Fact<LinkFacts>> {
  const facts = postgresqlReplicationOf(await readPostgresqlReplication(session, { side, tables: [] }));
  if (facts === null) return hidden('the server does not tell of replication');
  const system = facts.system === null ? [] : [`system ${facts.system}`];
  return known({
    identities: [...system, ...facts.slots.map(({ name }) => `slot ${name}`)],
    incoming: [
      ...facts.subscriptions.map(describeSubscription),
      ...(facts.isStandby ? [await describeStandby(session, facts)] : []),
    ],
    readers: known(await readReaders(session)),
  });
}

function describeSubscription({ name, isEnabled, slot, received, states }: SubscriptionFacts): IncomingFacts {
  return {
    name,
    what: `the subscription ${name}`,
    isRunning: isEnabled && received !== null,
    error: isEnabled ? null : 'it is disabled',
    peers: slot === null ? [] : [`slot ${slot}`],
    unready: Object.entries(states)
      .filter(([, state]) => state !== 'r')
      .map(([table]) => table),
  };
}

/** Its slot, if it has one, only some accounts may read. */
async function describeStandby(session: SqlSession, facts: PostgresqlReplication): Promise<IncomingFacts> {
  const [receiver] = await session.query('SELECT slot_name FROM pg_stat_wal_receiver');
  const slot = receiver?.slot_name ? [`slot ${receiver.slot_name}`] : [];
  return {
    name: '',
    what: 'the log, as a standby',
    isRunning: !facts.isPaused,
    error: facts.isPaused ? 'replay is paused' : null,
    peers: [...(facts.system === null ? [] : [`system ${facts.system}`]), ...slot],
    unready: [],
  };
}

/** Slots, of which those for the first copy of tables come and go with their subscription, and senders without a slot. */
async function readReaders(session: SqlSession): Promise<readonly ReaderFacts[]> {
  const rows = await session.query(
    `SELECT 'slot ' || slot_name::text AS peer, 'slot ' || slot_name::text AS name, active::text AS active
       FROM pg_replication_slots WHERE (database IS NULL OR database = current_database()) AND slot_name !~ '^pg_[0-9]+_sync_'
     UNION ALL
     SELECT NULL, 'sender ' || s.pid || coalesce(' of ' || nullif(s.usename::text, ''), '') || coalesce(', from ' || host(s.client_addr), ''), 'true'
       FROM pg_stat_replication s WHERE NOT EXISTS (SELECT FROM pg_replication_slots o WHERE o.active_pid = s.pid)
     ORDER BY 2`,
  );
  return rows.map(({ peer, name, active }) => ({
    name: name ?? '',
    isActive: active === 'true',
    peer: peer ?? null,
  }));
}
