import { RowproofError } from '../../core/errors.js';
import type { ApplierOrder, ApplierPlan, ApplierState } from '../applier.js';
import type { ReplicationFacts } from '../positions.js';
import type { ControlRow } from '../session.js';
import type { SqlApplier } from '../sql-engine.js';
import type { SqlSession } from '../sql-session.js';
import { readMysqlCapabilities } from './capabilities.js';
import { readMysqlReplication } from './replication.js';
import { type MysqlReplication, mysqlReplicationOf, type ReplicaChannel } from './replication-facts.js';

/** How a replica of MySQL or MariaDB is told to stop at a place of its source's binary log. */
export const mysqlApplier: SqlApplier = { readPlan, readState, order };

/** A place as servers spell it: a file and a position in it. */
const PLACE = /^([\w./-]+) (\d+)(?: |$)/;
/** What needs no escaping: these statements take neither a character set nor hexadecimal digits in the place of a text. */
const PLAIN = /^[\w .:+-]*$/;

async function readPlan(session: SqlSession, source: ReplicationFacts): Promise<ApplierPlan> {
  const own = await readOwn(session);
  const channel = onlyChannel(own);
  const words = wordsOf(own, channel);
  const obstacle = findObstacle(own, mysqlReplicationOf(source));
  return { obstacle, stop: words.stop, start: words.start };
}

async function readOwn(session: SqlSession): Promise<MysqlReplication> {
  const facts = mysqlReplicationOf(await readMysqlReplication(session));
  if (facts !== null) return facts;
  throw new RowproofError({ code: 'internal', message: 'The server does not say what it replicates.' });
}

function onlyChannel({ channels }: MysqlReplication): ReplicaChannel | null {
  return 'said' in channels && channels.said.length === 1 ? (channels.said[0] ?? null) : null;
}

function findObstacle(own: MysqlReplication, source: MysqlReplication | null): string | null {
  const { channels } = own;
  if (!('said' in channels))
    return `${channels.refused}${channels.grant === null ? '' : ` (${channels.grant})`}`;
  const [channel, ...others] = channels.said;
  if (channel === undefined) return 'it follows no server';
  if (!PLAIN.test(channel.name)) return 'its channel has a name that cannot be spelled in every client';
  if (others.length > 0) return `it follows several servers, by ${channels.said.length} channels`;
  if (source === null) return 'the source is a server of another kind';
  const isSame =
    channel.sourceUuid === null || source.serverUuid === null
      ? channel.sourceId === source.serverId
      : channel.sourceUuid === source.serverUuid;
  if (!isSame) return 'it follows another server than the source';
  const isBroken = ![channel.applyError, channel.receiveError].every(
    (error) => error === '' || error === '0',
  );
  if (isBroken) return 'its replication has stopped with an error';
  if (!channel.isApplying || !channel.isReceiving) return 'it applies nothing at the moment';
  return null;
}

interface Words {
  readonly stop: string;
  readonly start: string;
  readonly until: (file: string, position: string) => string;
}

/** MySQL has renamed both words; the new ones came together with the columns of that name. MariaDB names a connection first. */
function wordsOf({ engine, waitFunction }: MysqlReplication, channel: ReplicaChannel | null): Words {
  const { name } = channel !== null && PLAIN.test(channel.name) ? channel : { name: '' };
  const isNew = engine === 'mysql' && waitFunction === 'SOURCE_POS_WAIT';
  const [replica, source] = isNew ? ['REPLICA', 'SOURCE'] : ['SLAVE', 'MASTER'];
  const connection = engine === 'mariadb' && name !== '' ? ` '${name}'` : '';
  const ofChannel = engine === 'mysql' && name !== '' ? ` FOR CHANNEL '${name}'` : '';
  const start = `START ${replica}${connection} SQL_THREAD`;
  return {
    stop: `STOP ${replica}${connection} SQL_THREAD${ofChannel}`,
    start: `${start}${ofChannel}`,
    until: (file, position) =>
      `${start} UNTIL ${source}_LOG_FILE = '${file}', ${source}_LOG_POS = ${BigInt(position)}${ofChannel}`,
  };
}

/**
 * Runs in no transaction, which would keep the server from it.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/start-replica.html
 * @see https://mariadb.com/kb/en/start-replica/
 */
async function order(session: SqlSession, told: ApplierOrder): Promise<void> {
  const own = await readOwn(session);
  const words = wordsOf(own, onlyChannel(own));
  if (told.kind !== 'start-until') {
    await session.runOutside(words[told.kind]);
    return;
  }
  const [, file, position] = PLACE.exec(told.place) ?? [];
  if (file === undefined || position === undefined)
    throw new RowproofError({ code: 'internal', message: `${told.place} is no place in a binary log.` });
  await session.runOutside(words.until(file, position));
}

async function readState(session: SqlSession): Promise<ApplierState> {
  const { engine } = await readMysqlCapabilities(session);
  const [row = {}] = await readStatus(session, engine);
  const find = (name: string): string =>
    row[name] ?? row[name.replace('Source', 'Master').replace('Replica_', 'Slave_')] ?? '';
  const error = find('Last_SQL_Error');
  return {
    isApplying: find('Replica_SQL_Running') === 'Yes',
    place: `${find('Relay_Source_Log_File')} ${find('Exec_Source_Log_Pos')}`,
    error: error === '' ? null : error,
  };
}

async function readStatus(session: SqlSession, engine: 'mysql' | 'mariadb'): Promise<readonly ControlRow[]> {
  if (engine === 'mariadb') return session.query('SHOW ALL SLAVES STATUS');
  // MySQL before 8.0.22 knows the old word alone.
  return session.query('SHOW REPLICA STATUS').catch(() => session.query('SHOW SLAVE STATUS'));
}
