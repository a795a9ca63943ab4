import type { Fence, FenceChoice } from '../../core/fence.js';
import { formatBinlogPlace, isBinlogPlaceAtOrBehind, parseBinlogPlace } from './binlog-place.js';
import { gtidsOfOtherDomains, hasAllGtids } from './mariadb-gtid.js';
import type { BinlogEnd, MysqlReplication, ReplicaChannel } from './replication-facts.js';

/** A source, a target, and the channel by which the target follows it. */
export interface Follower {
  readonly source: MysqlReplication;
  readonly target: MysqlReplication;
  readonly binlog: BinlogEnd;
  readonly channel: ReplicaChannel;
  /** How many channels the target has. */
  readonly channels: number;
}

/** Chooses how positions of the source are known on the target: by GTIDs where both have the same, else by the binary log. */
export function chooseWay(follower: Follower): FenceChoice {
  const choice = chooseAnyWay(follower);
  if (choice.kind !== 'fence' || !follower.source.isSynchronous) return choice;
  return { kind: 'fence', fence: { ...choice.fence, order: 'table' } };
}

function chooseAnyWay(follower: Follower): FenceChoice {
  const { source, target } = follower;
  const isSameKind = source.engine === target.engine;
  if (isSameKind && source.engine === 'mysql' && source.gtidMode === 'ON' && target.gtidMode === 'ON')
    return byMysqlGtids(follower);
  if (isSameKind && source.engine === 'mariadb' && isInOrder(follower)) return byMariadbGtids(follower);
  return byBinlog(follower);
}

/**
 * Whether a higher sequence number of a domain always means all lower ones. It does not where several servers write a domain
 * and nothing is strict about it, nor where several connections may bring the same domain.
 *
 * @see https://mariadb.com/docs/server/ha-and-performance/standard-replication/gtid#gtid_strict_mode
 */
function isInOrder({ source, channels }: Follower): boolean {
  return channels === 1 && (source.isStrict || source.applied === '') && source.logged !== '';
}

function byMysqlGtids({ source, channel }: Follower): FenceChoice {
  if (source.executed === '') return none('the source has no position yet');
  return fenceOf({
    way: 'gtid',
    details: { by: 'set', channel: channel.name, since: source.executed },
    statements: {
      position: 'SELECT @@GLOBAL.gtid_executed',
      reached: "SELECT GTID_SUBSET('…', @@GLOBAL.gtid_executed)",
    },
  });
}

/**
 * A domain that the target does not have would be waited for in vain: it was there before the target was made. One that comes
 * later, or that goes on meanwhile, is waited for; and a target that is placed by GTIDs has been sent all of them.
 */
function byMariadbGtids({ source, target, channel }: Follower): FenceChoice {
  if (
    wasReadFirst(target, source) &&
    !hasAllGtids(knownDomains(target.applied, source.logged), source.logged)
  )
    return none(AHEAD);
  const dropped = channel.usesGtid ? '' : gtidsOfOtherDomains(source.logged, target.applied);
  return fenceOf({
    way: 'gtid',
    details: { by: 'domains', channel: channel.name, since: source.logged, dropped },
    statements: { position: 'SELECT @@GLOBAL.gtid_binlog_pos', reached: "SELECT MASTER_GTID_WAIT('…', 1)" },
  });
}

/** What the target applied from other servers, in domains that the source does not have, says nothing of this one. */
function knownDomains(applied: string, logged: string): string {
  const foreign = new Set(gtidsOfOtherDomains(applied, logged).split(','));
  return applied
    .split(',')
    .filter((gtid) => !foreign.has(gtid))
    .join(',');
}

function byBinlog({ source, target, binlog, channel, channels }: Follower): FenceChoice {
  const since = formatBinlogPlace(binlog);
  const [end, received] = [parseBinlogPlace(since), parseBinlogPlace(formatBinlogPlace(channel))];
  if (end === null) return none('the source has no position');
  if (received !== null && wasReadFirst(target, source) && !isBinlogPlaceAtOrBehind(end, received))
    return none(AHEAD);
  const named = channel.name !== '' || channels > 1;
  return fenceOf({
    way: 'binlog',
    details: {
      since,
      channel: channel.name,
      named: named ? 'yes' : 'no',
      statement: source.binlogStatement,
      function: target.waitFunction,
    },
    statements: {
      position: source.binlogStatement,
      reached: `SELECT ${target.waitFunction}('…', …, 1${named ? ', …' : ''})`,
    },
  });
}

const AHEAD =
  'the target has taken in more than the source has written, so that they are not a source and its replica any more';

function wasReadFirst(one: MysqlReplication, other: MysqlReplication): boolean {
  return one.endedMs <= other.beganMs;
}

function fenceOf(fence: Pick<Fence, 'way' | 'details' | 'statements'>): FenceChoice {
  return { kind: 'fence', fence: { ...fence, reachedOn: 'target', order: 'global' } };
}

function none(reason: string): FenceChoice {
  return { kind: 'none', reason, grant: null };
}
