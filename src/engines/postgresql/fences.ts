import type { Fence, FenceChoice } from '../../core/fence.js';
import type { FenceRequest, ReplicationFacts } from '../positions.js';
import { POSITION_STATEMENT, STANDBY_POSITION_STATEMENT } from './fence-positions.js';
import { parseLsn } from './lsn.js';
import { type PostgresqlReplication, postgresqlReplicationOf } from './replication-facts.js';
import { chooseSubscriptions } from './subscription-fences.js';

/** Chooses the fence of each table pair: of a standby for all that its log takes in, of a subscriber for what it subscribes to. */
export function choosePostgresqlFences({
  sourceBefore,
  source,
  target,
  pairs,
}: FenceRequest): readonly FenceChoice[] {
  const [from, to] = [postgresqlReplicationOf(source), postgresqlReplicationOf(target)];
  if (from === null || to === null)
    return pairs.map(() => none('no position of one of these servers has a meaning on the other'));
  const before = sourceBefore === undefined ? null : postgresqlReplicationOf(sourceBefore);
  const both = { before: before ?? from, source: from, target: to };
  if (!to.isStandby) return pairs.map(chooseSubscriptions(both));
  const way = chooseStandby(both);
  return pairs.map(({ source: table, target: partner }) => {
    const name = `${table.schema}.${table.name}`;
    if (way.kind !== 'fence') return way;
    if (from.unlogged.includes(name)) return { kind: 'left-out', side: 'source', filter: 'UNLOGGED' };
    return name === `${partner.schema}.${partner.name}`
      ? way
      : none(`a standby has the rows of ${name} in no other table`);
  });
}

/** As a standby, or by a subscription, which every account may see. */
export function mayPostgresqlFollow(target: ReplicationFacts): boolean {
  const facts = postgresqlReplicationOf(target);
  return facts === null || facts.isStandby || facts.subscriptions.length > 0;
}

interface Sides {
  readonly source: PostgresqlReplication;
  readonly target: PostgresqlReplication;
}

/**
 * A standby has the identifier of its primary's cluster, and so has a copy of it that went its own way: it is on another
 * timeline, or has replayed what the source never wrote.
 */
function chooseStandby({ source, target }: Sides): FenceChoice {
  const blind = [source, target].find(({ system }) => system === null);
  if (blind !== undefined)
    return none(
      'whether the target is a standby of the source cannot be seen',
      `GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO ${blind.account}`,
    );
  if (source.system !== target.system || source.database !== target.database)
    return none('the target is a standby of another server');
  if (source.timeline === null || source.timeline !== target.timeline)
    return none(
      `the source is on timeline ${source.timeline ?? 'unknown'} and the target on ${target.timeline ?? 'unknown'}`,
    );
  if (isAhead(target.position, { source, target }))
    return none('the target has replayed more than the source has written, so that it is no standby of it');
  const fence: Fence = {
    way: 'standby',
    reachedOn: 'target',
    order: source.isSynchronous ? 'table' : 'global',
    details: {},
    statements: {
      position: source.isStandby ? STANDBY_POSITION_STATEMENT : POSITION_STATEMENT,
      reached: "SELECT pg_last_wal_replay_lsn() >= '…'",
    },
  };
  return { kind: 'fence', fence };
}

/** Only told where the target was read before the source; a standby of a standby may be ahead of it with its siblings. */
function isAhead(place: string | null, { source, target }: Sides): boolean {
  if (source.isStandby || target.endedMs > source.beganMs) return false;
  const [reached, written] = [parseLsn(place), parseLsn(source.position)];
  return reached !== null && written !== null && reached > written;
}

/** Why the target does not apply at the moment. */
export function findPostgresqlHalt({ way, details }: Fence, target: ReplicationFacts): string | null {
  const facts = postgresqlReplicationOf(target);
  if (facts === null) return null;
  if (way === 'standby') {
    if (!facts.isStandby) return 'the target is no standby any more';
    return facts.isPaused ? "the target's replay is paused (pg_wal_replay_resume() ends that)" : null;
  }
  const subscription = facts.subscriptions.find(({ name }) => name === details.subscription);
  if (subscription === undefined) return 'the subscription is not there any more';
  if (!subscription.isEnabled) return `subscription ${subscription.name} is disabled`;
  return subscription.received === null ? `subscription ${subscription.name} is not at work` : null;
}

function none(reason: string, grant: string | null = null): FenceChoice {
  return { kind: 'none', reason, grant };
}
