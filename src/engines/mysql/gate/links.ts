import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type { IncomingFacts, LinkFacts, ReaderFacts } from '../../../core/gate/link-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { readMysqlCapabilities } from '../capabilities.js';
import { readMysqlReplication } from '../replication.js';
import { mysqlReplicationOf, type ReplicaChannel } from '../replication-facts.js';
import { readMysqlRights } from './rights.js';

/**
 * The channels of a server, and the threads that send its binary log. Servers know each other by a UUID on MySQL, and by a number.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/show-replica-status.html
 */
export async function readMysqlLinks(session: SqlSession): Promise<Fact<LinkFacts>> {
  const facts = mysqlReplicationOf(await readMysqlReplication(session));
  if (facts === null) return hidden('the server does not tell of replication');
  const { channels, serverId, serverUuid } = facts;
  if (!('said' in channels)) return hidden(channels.refused, channels.grant);
  return known({
    // A replica of the other kind of this family knows it by its number alone.
    identities: [...(serverUuid === null ? [] : [`uuid ${serverUuid}`]), `server ${serverId}`],
    incoming: channels.said.map(describeChannel),
    readers: await readReaders(session),
  });
}

function peersOf({
  sourceId,
  sourceUuid,
}: Pick<ReplicaChannel, 'sourceId' | 'sourceUuid'>): readonly string[] {
  // A server that never connected knows neither.
  if (sourceUuid !== null) return [`uuid ${sourceUuid}`];
  return sourceId === '' || sourceId === '0' ? [] : [`server ${sourceId}`];
}

function describeChannel(channel: ReplicaChannel): IncomingFacts {
  const { name, isReceiving, isApplying, receiveError, applyError } = channel;
  const error = [receiveError, applyError].find((each) => each !== '' && each !== '0');
  return {
    name,
    what: name === '' ? 'a channel' : `the channel ${name}`,
    isRunning: isReceiving && isApplying,
    error: error === undefined ? null : `error ${error}`,
    peers: peersOf(channel),
    unready: [],
  };
}

/** Each replica that said who it is; where the account may not read that, each thread that sends. */
async function readReaders(session: SqlSession): Promise<Fact<readonly ReaderFacts[]>> {
  const { account, has } = await readMysqlRights(session);
  const { engine } = await readMysqlCapabilities(session);
  if (!has('PROCESS')) return hidden('other sessions are hidden', `GRANT PROCESS ON *.* TO ${account}`);
  const threads = await session.query(
    "SELECT ID AS id, USER AS user, HOST AS host FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'",
  );
  if (threads.length === 0) return known([]);
  for (const statement of engine === 'mariadb'
    ? ['SHOW REPLICA HOSTS']
    : ['SHOW REPLICAS', 'SHOW SLAVE HOSTS']) {
    // What fails on the server is in the log; the threads are there to be counted.
    const rows = await session.query(statement).catch(() => []);
    // One that hides who it is, or a tool that reads as a replica does, is a thread more.
    if (rows.length === threads.length)
      return known(
        rows.map((row) => ({
          name: `server ${row.Server_Id ?? row.Server_id}${row.Host ? ` at ${row.Host}` : ''}`,
          isActive: true,
          peer: uuidOf(row) ?? `server ${row.Server_Id ?? row.Server_id}`,
        })),
      );
  }
  return known(
    threads.map(({ id, user, host }) => ({
      name: `session ${id} of ${user}, from ${(host ?? '').replace(/:\d+$/, '')}`,
      isActive: true,
      peer: null,
    })),
  );
}

function uuidOf(row: Readonly<Record<string, string | null>>): string | null {
  const uuid = row.Replica_UUID ?? row.Slave_UUID;
  return uuid ? `uuid ${uuid}` : null;
}
