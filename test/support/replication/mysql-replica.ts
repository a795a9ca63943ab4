import type { TestSession } from '../database.js';
import { mysqlAdmin } from '../mysql-admin.js';
import { type PrivateServer, startPrivateMariadb } from '../private-mariadb.js';
import { startDebianMysql, startMysql56 } from '../servers/mysql-family.js';
import {
  DATABASE,
  type PairControls,
  type PairOptions,
  type ReplicationPair,
  startPairOn,
  startServers,
  waitUntil,
} from './pair.js';

/** The words in which a server is told to replicate. */
interface Dialect {
  readonly reset: string;
  readonly startFollowing: (port: string, place: readonly [string, string]) => string;
  readonly end: string;
  readonly stopApplier: string;
  readonly startApplier: string;
  readonly delay: (seconds: number) => string;
}

type Start = (parent: string, args: readonly string[]) => Promise<PrivateServer>;

const OLD = {
  reset: 'RESET MASTER',
  end: 'SHOW MASTER STATUS',
  stopApplier: 'STOP SLAVE SQL_THREAD',
  startApplier: 'START SLAVE SQL_THREAD',
  // MariaDB and MySQL 5.6 take the delay only while nothing is received either.
  delay: (seconds: number) => `STOP SLAVE; CHANGE MASTER TO MASTER_DELAY = ${seconds}; START SLAVE`,
};

function follow(port: string, how: string): string {
  return `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${port}, MASTER_USER = 'verify',
    MASTER_PASSWORD = 'verify', MASTER_CONNECT_RETRY = 1, ${how}; START SLAVE`;
}

function byPlace([file, position]: readonly [string, string]): string {
  return `MASTER_LOG_FILE = '${file}', MASTER_LOG_POS = ${position}`;
}

/** A MariaDB that follows another one, by GTIDs or by places in the binary log. */
export function startMariadbReplica(
  options: PairOptions & { readonly by?: 'gtid' | 'place' } = {},
): Promise<ReplicationPair> {
  const how = (place: readonly [string, string]): string =>
    options.by === 'place' ? `${byPlace(place)}, MASTER_USE_GTID = no` : 'MASTER_USE_GTID = slave_pos';
  const startFollowing = (port: string, place: readonly [string, string]): string => follow(port, how(place));
  return startPair(startPrivateMariadb, { ...OLD, startFollowing }, options);
}

/** A MySQL 9 that follows another one, with GTIDs on both or without. */
export function startMysqlReplica(
  options: PairOptions & { readonly gtids?: boolean } = {},
): Promise<ReplicationPair> {
  const { gtids = true } = options;
  const how = ([file, position]: readonly [string, string]): string =>
    gtids ? 'SOURCE_AUTO_POSITION = 1' : `SOURCE_LOG_FILE = '${file}', SOURCE_LOG_POS = ${position}`;
  const dialect: Dialect = {
    reset: 'RESET BINARY LOGS AND GTIDS',
    end: 'SHOW BINARY LOG STATUS',
    startFollowing: (port, place) =>
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${port}, SOURCE_USER = 'verify',
         SOURCE_PASSWORD = 'verify', GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1, ${how(place)};
       START REPLICA`,
    stopApplier: 'STOP REPLICA SQL_THREAD',
    startApplier: 'START REPLICA SQL_THREAD',
    delay: (seconds) => `STOP REPLICA; CHANGE REPLICATION SOURCE TO SOURCE_DELAY = ${seconds}; START REPLICA`,
  };
  const mode = gtids ? 'ON' : 'OFF';
  const gtid = [`--gtid-mode=${mode}`, `--enforce-gtid-consistency=${mode}`];
  return startPair((parent, args) => startDebianMysql({ parent, args }), dialect, options, gtid);
}

/** A MySQL 5.6 that follows another one. */
export function startMysql56Replica(
  options: PairOptions & { readonly gtids?: boolean } = {},
): Promise<ReplicationPair> {
  const { gtids = true } = options;
  const startFollowing = (port: string, place: readonly [string, string]): string =>
    follow(port, gtids ? 'MASTER_AUTO_POSITION = 1' : byPlace(place));
  const gtid = gtids ? ['--gtid-mode=ON', '--enforce-gtid-consistency=ON'] : [];
  return startPair((parent, args) => startMysql56({ parent, args }), { ...OLD, startFollowing }, options, [
    '--log-slave-updates',
    ...gtid,
  ]);
}

/** A MariaDB that follows a MySQL 5.6. */
export function startMariadbOfMysql(options: PairOptions = {}): Promise<ReplicationPair> {
  const startFollowing = (port: string, place: readonly [string, string]): string =>
    follow(port, byPlace(place));
  const start = {
    source: (parent: string, args: readonly string[]) => startMysql56({ parent, args }),
    target: startPrivateMariadb,
  };
  return startPair(start, { ...OLD, startFollowing }, options);
}

async function startPair(
  start: Start | { readonly source: Start; readonly target: Start },
  dialect: Dialect,
  { delayMs = 0, sourceArgs = [], targetArgs = [] }: PairOptions,
  both: readonly string[] = [],
): Promise<ReplicationPair> {
  const args = ['--log-bin=binlog', '--sync-binlog=0', ...both];
  const sides = typeof start === 'function' ? { source: start, target: start } : start;
  const servers = await startServers(
    (parent) => sides.source(parent, [...args, '--server-id=101', ...sourceArgs]),
    (parent) => sides.target(parent, [...args, '--server-id=102', ...targetArgs]),
  );
  return startPairOn(servers, async ({ source, target }) => {
    const onSource = await mysqlAdmin(source.url).openSession(source.url);
    const onTarget = await mysqlAdmin(target.url).openSession(target.url);
    // The accounts that each has made for itself must not come again.
    await Promise.all([onSource.run(dialect.reset), onTarget.run(dialect.reset)]);
    const [[file, position] = []] = await onSource.query(dialect.end);
    await onTarget.run(dialect.startFollowing(new URL(source.url).port, [file ?? '', position ?? '']));
    await onSource.run(`CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4; USE ${DATABASE}`);
    await waitUntil('the target has the database', () => hasDatabase(onTarget));
    await onTarget.run(`USE ${DATABASE}`);
    const pair = describePair({ onSource, onTarget, dialect });
    if (delayMs > 0) await pair.delay(delayMs);
    return pair;
  });
}

async function hasDatabase(session: TestSession): Promise<boolean> {
  return (await session.query(`SHOW DATABASES LIKE '${DATABASE}'`)).length > 0;
}

function describePair({
  onSource,
  onTarget,
  dialect,
}: {
  onSource: TestSession;
  onTarget: TestSession;
  dialect: Dialect;
}): PairControls {
  return {
    onSource,
    onTarget,
    pause: () => onTarget.run(dialect.stopApplier),
    go: () => onTarget.run(dialect.startApplier),
    delay: (ms) => onTarget.run(dialect.delay(Math.ceil(ms / 1000))),
  };
}
