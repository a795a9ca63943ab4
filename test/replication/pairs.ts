import {
  startMariadbOfMysql,
  startMariadbReplica,
  startMysql56Replica,
  startMysqlReplica,
} from '../support/replication/mysql-replica.js';
import type { PairOptions, ReplicationPair } from '../support/replication/pair.js';
import {
  startPostgresqlStandby,
  startPostgresqlSubscriber,
} from '../support/replication/postgresql-replica.js';
import { HOT_TABLE } from '../support/replication/writers.js';

/** A way to replicate, with the fence that it must get. */
export interface PairKind {
  readonly name: string;
  readonly way: string;
  readonly start: (options?: PairOptions) => Promise<ReplicationPair>;
  /** Why it stands still while it is paused. */
  readonly halt: RegExp;
  /** Whether it can have a delay. */
  readonly canLag: boolean;
  /** The server of the list of servers that it needs; null for those that run for all tests. */
  readonly needs: string | null;
}

const STOPPED = /applier is stopped/;

/** Tables that every pair has: `hot` for writers, `calm` for rows that come one by one. */
const CALM_TABLE = 'CREATE TABLE calm (id INTEGER NOT NULL PRIMARY KEY, value VARCHAR(40) NOT NULL)';

const KINDS: readonly PairKind[] = [
  mysqlKind('MariaDB by GTIDs', { way: 'gtid', needs: null, start: startMariadbReplica }),
  mysqlKind('MariaDB by places in the log', {
    way: 'gtid',
    needs: null,
    start: (options) => startMariadbReplica({ ...options, by: 'place' }),
  }),
  mysqlKind('MySQL 9 with GTIDs', { way: 'gtid', needs: 'mysql-9', start: startMysqlReplica }),
  mysqlKind('MySQL 9 without GTIDs', {
    way: 'binlog',
    needs: 'mysql-9',
    start: (options) => startMysqlReplica({ ...options, gtids: false }),
  }),
  mysqlKind('MySQL 5.6 with GTIDs', { way: 'gtid', needs: 'mysql-5.6', start: startMysql56Replica }),
  mysqlKind('MySQL 5.6 without GTIDs', {
    way: 'binlog',
    needs: 'mysql-5.6',
    start: (options) => startMysql56Replica({ ...options, gtids: false }),
  }),
  mysqlKind('a MariaDB that follows a MySQL 5.6', {
    way: 'binlog',
    needs: 'mysql-5.6',
    start: startMariadbOfMysql,
  }),
  {
    name: 'a PostgreSQL standby',
    way: 'standby',
    canLag: true,
    needs: null,
    halt: /replay is paused/,
    start: (options) => withTables(startPostgresqlStandby(options)),
  },
  {
    name: 'a PostgreSQL subscriber',
    way: 'subscription',
    canLag: false,
    needs: null,
    halt: /is disabled/,
    start: (options) => startPostgresqlSubscriber({ ...options, tables: `${HOT_TABLE}; ${CALM_TABLE}` }),
  },
];

/** The kinds of pairs that this run can have: MySQL only where ROWPROOF_TEST_SERVERS names its server. */
export function pairKinds(): readonly PairKind[] {
  const named = (process.env.ROWPROOF_TEST_SERVERS ?? '').split(/[\s,]+/);
  const isThere = ({ needs }: PairKind): boolean =>
    needs === null || named.includes(needs) || named.includes('all');
  return KINDS.filter(isThere);
}

function mysqlKind(name: string, { way, needs, start }: Pick<PairKind, 'way' | 'needs' | 'start'>): PairKind {
  return {
    name,
    way,
    needs,
    canLag: true,
    halt: STOPPED,
    start: (options) => withTables(start(options)),
  };
}

async function withTables(starting: Promise<ReplicationPair>): Promise<ReplicationPair> {
  const pair = await starting;
  await pair.onSource.run(HOT_TABLE);
  await pair.onSource.run(CALM_TABLE);
  return pair;
}

/** Waits until both tables are on the target. */
export async function hasTables({ onTarget }: ReplicationPair): Promise<boolean> {
  return onTarget.query('SELECT (SELECT count(*) FROM hot), (SELECT count(*) FROM calm)').then(
    () => true,
    () => false,
  );
}
