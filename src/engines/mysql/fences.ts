import type { Fence, FenceChoice } from '../../core/fence.js';
import type { Table } from '../../core/schema.js';
import type { FenceRequest, ReplicationFacts } from '../positions.js';
import { chooseWay, type Follower } from './choose-way.js';
import { findBinlogFilter, findReplicaFilter, rewriteSchema } from './replica-filters.js';
import { type MysqlReplication, mysqlReplicationOf, type ReplicaChannel } from './replication-facts.js';

/**
 * Chooses the fence of each table pair. The position of a server that the target does not follow proves nothing, and one of a
 * server whose filters are not seen proves nothing of a table.
 */
export function chooseMysqlFences({ source, target, pairs }: FenceRequest): readonly FenceChoice[] {
  const follower = findFollower(mysqlReplicationOf(source), mysqlReplicationOf(target));
  if ('kind' in follower) return pairs.map(() => follower);
  const way = chooseWay(follower);
  return pairs.map((pair) => findObstacle(follower, pair) ?? way);
}

function findFollower(
  source: MysqlReplication | null,
  target: MysqlReplication | null,
): Follower | FenceChoice {
  if (source === null || target === null)
    return none('no position of one of these servers has a meaning on the other');
  if ('refused' in target.channels)
    return none(`what the target follows cannot be seen: ${target.channels.refused}`, target.channels.grant);
  if ('refused' in source.binlog)
    return none(
      `what the source leaves out of its binary log cannot be seen: ${source.binlog.refused}`,
      source.binlog.grant,
    );
  const found = target.channels.said.filter((channel) => isFrom(channel, source));
  const [channel] = found;
  if (channel === undefined) return none('the target is not a replica of the source');
  if (found.length > 1)
    return none('the target follows several servers that call themselves like the source');
  if (!source.writesBinlog || source.binlog.said === null) return none('the source writes no binary log');
  if (isReplica(source) && !source.logsApplied)
    return none(
      'the source is a replica itself and does not log what it applies (log_replica_updates)',
      'refused' in source.channels ? source.channels.grant : null,
    );
  return { source, target, channel, binlog: source.binlog.said, channels: target.channels.said.length };
}

/** A server whose channels are not seen may have some. */
export function mayMysqlFollow(target: ReplicationFacts): boolean {
  const channels = mysqlReplicationOf(target)?.channels;
  return channels === undefined || 'refused' in channels || channels.said.length > 0;
}

/** By the identifier that no two servers share; MariaDB has only the number that its administrator gave it. */
function isFrom({ sourceId, sourceUuid }: ReplicaChannel, source: MysqlReplication): boolean {
  if (source.serverUuid !== null && sourceUuid !== null) return sourceUuid === source.serverUuid;
  return sourceId === source.serverId && sourceId !== '' && sourceId !== '0';
}

/** Where that is not seen, one that has ever applied something may be one still. */
function isReplica({ applied, channels }: MysqlReplication): boolean {
  return 'said' in channels ? channels.said.length > 0 : applied !== '';
}

function findObstacle(
  { source, target, binlog, channel }: Follower,
  pair: { readonly source: Table; readonly target: Table },
): FenceChoice | null {
  const logged = { schema: pair.source.schema, name: pair.source.name, ignoresCase: source.ignoresCase };
  const unlogged = findBinlogFilter(binlog, logged);
  if (unlogged !== null) return { kind: 'left-out', side: 'source', filter: unlogged };
  const schema = rewriteSchema(pair.source.schema, channel.filters);
  const ignored = findIgnoredServers(source, channel);
  if (ignored !== null) return { kind: 'left-out', side: 'target', filter: ignored };
  const filter = findReplicaFilter(channel.filters, {
    schema,
    name: pair.source.name,
    ignoresCase: target.ignoresCase,
  });
  if (filter !== null) return { kind: 'left-out', side: 'target', filter };
  const full = (one: string, other: string): string => {
    const name = `${one}.${other}`;
    return source.ignoresCase || target.ignoresCase ? name.toLowerCase() : name;
  };
  if (full(schema, pair.source.name) === full(pair.target.schema, pair.target.name)) return null;
  return none(
    `replication writes ${schema}.${pair.source.name}, not ${pair.target.schema}.${pair.target.name}`,
  );
}

/** In a ring each server leaves out what comes from itself; of a source that applies what others send, nothing says more. */
function findIgnoredServers(source: MysqlReplication, { filters }: ReplicaChannel): string | null {
  const ids = filters.ignoreServers.split(',').map((id) => id.trim());
  const isMeant = ids.includes(source.serverId) || (filters.ignoreServers !== '' && isReplica(source));
  return isMeant ? `IGNORE_SERVER_IDS=(${filters.ignoreServers})` : null;
}

/** Why the target does not apply what a fence waits for. The texts of errors may hold values, so that only numbers are told. */
export function findMysqlHalt({ details }: Fence, target: ReplicationFacts): string | null {
  const channels = mysqlReplicationOf(target)?.channels;
  if (channels === undefined || 'refused' in channels) return null;
  const channel = channels.said.find(({ name }) => name === details.channel);
  if (channel === undefined) return 'the target does not follow the source any more';
  const { isApplying, isReceiving, applyError, receiveError } = channel;
  if (!isApplying) return `the target's applier is stopped${errorText(applyError)}`;
  return isReceiving ? null : `the target does not receive from the source${errorText(receiveError)}`;
}

function errorText(number: string): string {
  return /^[1-9]\d*$/.test(number) ? ` (error ${number})` : '';
}

function none(reason: string, grant: string | null = null): FenceChoice {
  return { kind: 'none', reason, grant };
}
