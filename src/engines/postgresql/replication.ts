import { RowproofError } from '../../core/errors.js';
import type { ReplicationFacts } from '../positions.js';
import type { Questions } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { readPostgresqlPosition } from './fence-positions.js';
import { readPublications, readPublished, readRelations, readSlots } from './publications.js';
import type { PostgresqlReplication } from './replication-facts.js';
import { KNOWS_SYSTEM } from './server-question.js';
import { readSubscriptions } from './subscriptions.js';

/**
 * Reads what a server says of its place in its log, and of what it publishes and subscribes to. Every account may read all of
 * it but the identifier of the cluster, where an administrator has taken that away.
 *
 * @see https://www.postgresql.org/docs/current/logical-replication.html
 */
export async function readPostgresqlReplication(
  session: SqlSession,
  { tables }: Questions['replication']['about'],
): Promise<ReplicationFacts> {
  const beganMs = Date.now();
  const standing = await readStanding(session);
  const subscriptions = await readSubscriptions(session);
  const schemas = [...new Set(tables.map(({ schema }) => schema))];
  const relations = await readRelations(session, schemas);
  const facts: PostgresqlReplication = {
    family: 'postgresql',
    beganMs,
    ...standing,
    subscriptions,
    ...relations,
    slots: await readSlots(session),
    publications: await readPublications(session),
    published: await readPublished(session),
    position: await readPostgresqlPosition(session),
    endedMs: Date.now(),
  };
  return { facts: { ...facts } };
}

type Standing = Pick<
  PostgresqlReplication,
  'account' | 'database' | 'isStandby' | 'isPaused' | 'isSynchronous' | 'system' | 'timeline'
>;

async function readStanding(session: SqlSession): Promise<Standing> {
  const [row] = await session.query(
    `SELECT quote_ident(current_user) AS account, current_database() AS database,
       pg_is_in_recovery() AS standby, ${KNOWS_SYSTEM} AS knows_system,
       (CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() END) AS paused,
       current_setting('synchronous_standby_names') <> '' AS synchronous`,
  );
  return {
    account: row?.account ?? '',
    database: row?.database ?? '',
    isStandby: row?.standby === 't',
    isPaused: row?.paused === 't',
    isSynchronous: row?.synchronous === 't',
    system: row?.knows_system === 't' ? await readSystem(session) : null,
    timeline: await readTimeline(session),
  };
}

async function readSystem(session: SqlSession): Promise<string | null> {
  const [row] = await session.query('SELECT system_identifier::text AS system FROM pg_control_system()');
  return row?.system ?? null;
}

/**
 * The history that the server is on: a copy that was promoted goes on with another one. What a standby receives is the newest
 * that it knows; without the right to see that, it is that of its last restart point.
 */
async function readTimeline(session: SqlSession): Promise<string | null> {
  try {
    const [row] = await session.query(
      `SELECT coalesce(
         (CASE WHEN NOT pg_is_in_recovery() THEN ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END),
         (SELECT received_tli FROM pg_stat_wal_receiver),
         (SELECT timeline_id FROM pg_control_checkpoint()))::text AS timeline`,
    );
    return row?.timeline ?? null;
  } catch (error) {
    if (session.broken || error instanceof RowproofError) throw error;
    return null;
  }
}
