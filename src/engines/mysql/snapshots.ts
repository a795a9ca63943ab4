import type { SnapshotCost, SnapshotFacts, SnapshotTables, SnapshotWatchRequest } from '../snapshots.js';
import type { SqlSnapshots } from '../sql-engine.js';
import type { SqlSession } from '../sql-session.js';
import { readMysqlCapabilities } from './capabilities.js';
import { textLiteral } from './dialect.js';
import { readWaiting } from './lock-waits.js';
import { lockWriters, unlockWriters } from './writer-lock.js';

/** Storage engines that read a transaction as of its begin. */
const WITH_SNAPSHOTS = /^(innodb|rocksdb|tokudb)$/i;

/** What a snapshot of MySQL or MariaDB is good for, and what it costs. */
export const mysqlSnapshots: SqlSnapshots = { readFacts, readPlace, readCost, lockWriters, unlockWriters };

async function readFacts(session: SqlSession, tables: SnapshotTables): Promise<SnapshotFacts> {
  const because = await findWhyAlone(session);
  return {
    way: because === null ? 'by-place' : 'alone',
    because,
    without: await readUntransactional(session, tables),
  };
}

/**
 * Why the binary log does not tell two snapshots apart; null where it does: then every commit moves the place that the server
 * keeps with each snapshot. MySQL keeps none, and its GTIDs are visible before or after the rows are.
 *
 * @see https://mariadb.com/kb/en/enhancements-for-start-transaction-with-consistent-snapshot/
 */
async function findWhyAlone(session: SqlSession): Promise<string | null> {
  const { engine } = await readMysqlCapabilities(session);
  if (engine !== 'mariadb') return 'MySQL does not say whether two sessions read as of the same instant';
  const variables = await readNamed(session, 'VARIABLES', ['log_bin', 'log_slave_updates', 'wsrep_on']);
  if (variables.get('log_bin') !== 'ON') return 'it has no binary log to compare snapshots by';
  if (variables.get('wsrep_on') === 'ON') return 'it is a node of a cluster';
  const status = await readNamed(session, 'STATUS', ['Slaves_running']);
  if (variables.get('log_slave_updates') !== 'ON' && status.get('slaves_running') !== '0')
    return 'its binary log is without what it takes over from another server';
  return findFilter(session);
}

async function findFilter(session: SqlSession): Promise<string | null> {
  // What fails on the server is in the log; whoever may not see the filters must take it that there are some.
  const [row] = await session.query('SHOW MASTER STATUS').catch(() => []);
  if (row === undefined)
    return 'the account may not see what its binary log leaves out (GRANT BINLOG MONITOR)';
  if (row.Binlog_Do_DB || row.Binlog_Ignore_DB) return 'its binary log leaves databases out';
  return null;
}

async function readNamed(
  session: SqlSession,
  what: 'VARIABLES' | 'STATUS',
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const list = names.map(textLiteral).join(', ');
  const rows = await session.query(`SHOW GLOBAL ${what} WHERE Variable_name IN (${list})`);
  return new Map(
    rows.map((row) => Object.values(row)).map(([name, value]) => [(name ?? '').toLowerCase(), value ?? '']),
  );
}

/** Tables of other storage engines are read as they are at the time, and so may be what a view reads. */
async function readUntransactional(
  session: SqlSession,
  tables: SnapshotTables,
): Promise<ReadonlyMap<string, string>> {
  const schemas = [...new Set(tables.map(({ schema }) => schema))].map(textLiteral).join(', ');
  if (schemas === '') return new Map();
  const rows = await session.query(
    `SELECT TABLE_NAME AS name, ENGINE AS engine FROM information_schema.TABLES WHERE TABLE_SCHEMA IN (${schemas})`,
  );
  const engines = new Map(rows.map(({ name, engine }) => [name ?? '', engine]));
  const found = new Map<string, string>();
  for (const { name, kind } of tables) {
    const engine = engines.get(name) ?? null;
    if (kind === 'view') found.set(name, 'is a view, which may read tables without transactions');
    else if (engine === null || !WITH_SNAPSHOTS.test(engine))
      found.set(
        name,
        `has the storage engine ${engine ?? 'of which the server says nothing'}, which has no snapshots`,
      );
  }
  return found;
}

/**
 * The server computes these into one place for all sessions, so that two which ask at once may get the same answer.
 *
 * @see https://mariadb.com/kb/en/replication-and-binary-log-status-variables/#binlog_snapshot_position
 */
async function readPlace(session: SqlSession): Promise<string | null> {
  const rows = await session.query("SHOW STATUS LIKE 'binlog_snapshot_%'");
  const said = rows.map((row) => Object.values(row).map((value) => value ?? ''));
  const file = said.find(([name]) => name?.toLowerCase() === 'binlog_snapshot_file')?.[1] ?? '';
  return file === '' ? null : said.map(([, value]) => value).join(' ');
}

async function readCost(session: SqlSession, request: SnapshotWatchRequest): Promise<SnapshotCost> {
  const waits = await readWaiting(session, request.sessionIds);
  return {
    ...waits,
    isReplayWaiting: false,
    oldTransactions: await readHistoryLength(session),
    unreplayedBytes: null,
  };
}

/** MariaDB tells everybody; MySQL those who may see processes. */
async function readHistoryLength(session: SqlSession): Promise<number | null> {
  const { engine } = await readMysqlCapabilities(session);
  if (engine === 'mariadb') {
    const status = await readNamed(session, 'STATUS', ['Innodb_history_list_length']);
    return toCount(status.get('innodb_history_list_length'));
  }
  const metric = "NAME = 'trx_rseg_history_len'";
  const question = `SELECT COUNT AS length FROM information_schema.INNODB_METRICS WHERE ${metric}`;
  // What fails on the server is in the log; then it is not known.
  const [row] = await session.query(question).catch(() => []);
  return toCount(row?.length);
}

function toCount(text: string | null | undefined): number | null {
  return text != null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
