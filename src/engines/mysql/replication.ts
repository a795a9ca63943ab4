import type { ReplicationFacts } from '../positions.js';
import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { type MysqlCapabilities, readMysqlCapabilities } from './capabilities.js';
import { readChannel } from './replica-channel.js';
import type { BinlogEnd, MysqlReplication, Readable } from './replication-facts.js';

const VARIABLES = [
  'server_id',
  'server_uuid',
  'log_bin',
  'log_slave_updates',
  'log_replica_updates',
  'gtid_mode',
  'gtid_strict_mode',
  'gtid_executed',
  'gtid_binlog_pos',
  'gtid_slave_pos',
  'replica_parallel_workers',
  'rpl_semi_sync_master_enabled',
  'rpl_semi_sync_source_enabled',
  'rpl_semi_sync_master_wait_point',
  'rpl_semi_sync_source_wait_point',
];

const ER_PARSE_ERROR = 1064;
const ER_SPECIFIC_ACCESS_DENIED = 1227;

/**
 * Reads what a server says of its binary log and of the servers that it follows. What the account may not see is left open,
 * with the grant that is missing.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/show-binary-log-status.html
 * @see https://dev.mysql.com/doc/refman/8.4/en/show-replica-status.html
 * @see https://mariadb.com/docs/server/reference/sql-statements/administrative-sql-statements/show/show-replica-status
 */
export async function readMysqlReplication(session: SqlSession): Promise<ReplicationFacts> {
  const beganMs = Date.now();
  const { engine, ignoresCase } = await readMysqlCapabilities(session);
  const account = await readAccountName(session);
  const channels = await readFirst(session, account, channelStatements(engine));
  const binlog = await readFirst(session, account, binlogStatements(engine));
  // Read last: what was applied by the time of the statements above is part of it.
  const variables = await readGlobals(session);
  const text = (name: string): string => (variables.get(name) ?? '').replace(/\s/g, '');
  const facts: MysqlReplication = {
    family: 'mysql',
    engine,
    beganMs,
    endedMs: Date.now(),
    serverId: text('server_id'),
    serverUuid: engine === 'mysql' ? text('server_uuid') || null : null,
    ignoresCase,
    writesBinlog: text('log_bin') === 'ON',
    logsApplied: (text('log_replica_updates') || text('log_slave_updates')) === 'ON',
    gtidMode: text('gtid_mode') || null,
    isStrict: text('gtid_strict_mode') === 'ON',
    isSynchronous:
      (text('rpl_semi_sync_source_enabled') || text('rpl_semi_sync_master_enabled')) === 'ON' &&
      (text('rpl_semi_sync_source_wait_point') || text('rpl_semi_sync_master_wait_point')) === 'AFTER_SYNC',
    executed: text('gtid_executed'),
    logged: text('gtid_binlog_pos'),
    applied: text('gtid_slave_pos'),
    binlogStatement: binlog.statement,
    // The function has its new name since the same release as this variable has.
    waitFunction:
      engine === 'mysql' && variables.has('replica_parallel_workers') ? 'SOURCE_POS_WAIT' : 'MASTER_POS_WAIT',
    binlog: mapSaid(binlog.answer, ([row]) => readBinlogEnd(row)),
    channels: mapSaid(channels.answer, (rows) => rows.map(readChannel)),
  };
  return { facts: { ...facts } };
}

/** Each server knows one of them. MariaDB tells of all connections only when asked for all. */
function channelStatements(engine: MysqlCapabilities['engine']): readonly string[] {
  return engine === 'mariadb' ? ['SHOW ALL SLAVES STATUS'] : ['SHOW REPLICA STATUS', 'SHOW SLAVE STATUS'];
}

function binlogStatements(engine: MysqlCapabilities['engine']): readonly string[] {
  return engine === 'mariadb' ? ['SHOW MASTER STATUS'] : ['SHOW BINARY LOG STATUS', 'SHOW MASTER STATUS'];
}

interface FirstAnswer {
  readonly statement: string;
  readonly answer: Readable<readonly ControlRow[]>;
}

/** Runs the first of the statements that the server can parse. */
async function readFirst(
  session: SqlSession,
  account: string,
  [statement = '', ...others]: readonly string[],
): Promise<FirstAnswer> {
  try {
    return { statement, answer: { said: await session.query(statement) } };
  } catch (error) {
    const { errno = 0, message = '' } = error as { errno?: number; message?: string };
    if (errno === ER_PARSE_ERROR && others.length > 0) return readFirst(session, account, others);
    if (session.broken) throw error;
    const grant = errno === ER_SPECIFIC_ACCESS_DENIED ? missingGrant(message, account) : null;
    return { statement, answer: { refused: `${statement} is refused (error ${errno})`, grant } };
  }
}

/** MariaDB has parted the privilege in two, and its error names those that would do. */
function missingGrant(message: string, account: string): string {
  const named = ['BINLOG MONITOR', 'SLAVE MONITOR'].find((privilege) => message.includes(privilege));
  return `GRANT ${named ?? 'REPLICATION CLIENT'} ON *.* TO ${account}`;
}

async function readAccountName(session: SqlSession): Promise<string> {
  const [row] = await session.query('SELECT CURRENT_USER() AS account');
  const account = row?.account ?? '';
  const at = account.lastIndexOf('@');
  const quote = (name: string): string => `'${name.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  return `${quote(account.slice(0, at))}@${quote(account.slice(at + 1))}`;
}

async function readGlobals(session: SqlSession): Promise<ReadonlyMap<string, string>> {
  const names = VARIABLES.map((name) => `'${name}'`).join(', ');
  const rows = await session.query(`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names})`);
  return new Map(rows.map((row) => Object.values(row)).map(([name, value]) => [name ?? '', value ?? '']));
}

function readBinlogEnd(row: ControlRow | undefined): BinlogEnd | null {
  if (row === undefined) return null;
  return {
    file: row.File ?? '',
    position: row.Position ?? '',
    doDb: row.Binlog_Do_DB ?? '',
    ignoreDb: row.Binlog_Ignore_DB ?? '',
  };
}

function mapSaid<From, To>(answer: Readable<From>, map: (said: From) => To): Readable<To> {
  return 'said' in answer ? { said: map(answer.said) } : answer;
}
