import type { TestSession } from '../database.js';
import { postgresqlAdmin } from '../postgresql-admin.js';
import { startPrivatePostgres, startPrivateStandby } from '../private-postgres.js';
import {
  DATABASE,
  type PairControls,
  type PairOptions,
  type ReplicationPair,
  type ServerPair,
  shopUrl,
  startPairOn,
  startServers,
  waitUntil,
} from './pair.js';

/** Commits that nobody waits for are written soon, so that a test need not wait for them long. */
const SOURCE_ARGS = ['-c', 'wal_writer_delay=10ms'];
/** A subscription that was enabled again begins soon. */
const SUBSCRIBER_ARGS = ['-c', 'wal_retrieve_retry_interval=100ms'];

/** A PostgreSQL and its standby. The delay is that of the standby's own setting. */
export async function startPostgresqlStandby({
  delayMs = 0,
  sourceArgs = [],
  targetArgs = [],
}: PairOptions = {}): Promise<ReplicationPair> {
  const servers = await startServers(
    (parent) => startPrivatePostgres(parent, undefined, [...SOURCE_ARGS, ...sourceArgs]),
    async (parent, source) => {
      const { url } = await source;
      await postgresqlAdmin(url).createDatabase(DATABASE);
      return startPrivateStandby(parent, url, ['-c', 'wal_receiver_status_interval=1', ...targetArgs]);
    },
  );
  return startPairOn(servers, async () => {
    const { onSource, onTarget } = await openSessions(servers);
    const pair: PairControls = {
      onSource,
      onTarget,
      delay: async (ms) => {
        await onTarget.run(`ALTER SYSTEM SET recovery_min_apply_delay = ${Math.round(ms)}`);
        await onTarget.query('SELECT pg_reload_conf()');
      },
      pause: async () => {
        await onTarget.query('SELECT pg_wal_replay_pause()');
      },
      go: async () => {
        await onTarget.query('SELECT pg_wal_replay_resume()');
      },
    };
    if (delayMs > 0) await pair.delay(delayMs);
    return pair;
  });
}

async function openSessions({
  source,
  target,
}: ServerPair): Promise<Pick<PairControls, 'onSource' | 'onTarget'>> {
  const open = (url: string): Promise<TestSession> => postgresqlAdmin(url).openSession(shopUrl(url));
  return { onSource: await open(source.url), onTarget: await open(target.url) };
}

/** A publication and its subscription on a server of its own. */
export interface SubscriberOptions extends PairOptions {
  /** Statements that make the same tables on both sides. */
  readonly tables: string;
  /** What the publication publishes. */
  readonly publishes?: string;
  /** Options of the subscription, as `WITH` takes them. */
  readonly subscribesWith?: string;
}

/** Names of what the pair makes. */
export const PUBLICATION = 'shop_publication';
export const SUBSCRIPTION = 'shop_subscription';

/** A PostgreSQL that subscribes to another one. Logical replication has no delay of its own; only PostgreSQL can pause it. */
export async function startPostgresqlSubscriber({
  tables,
  publishes = 'FOR ALL TABLES',
  subscribesWith = '',
  sourceArgs = [],
  targetArgs = [],
}: SubscriberOptions): Promise<ReplicationPair> {
  const servers = await startServers(
    (parent) =>
      startPrivatePostgres(parent, undefined, [...SOURCE_ARGS, '-c', 'wal_level=logical', ...sourceArgs]),
    (parent) => startPrivatePostgres(parent, undefined, [...SUBSCRIBER_ARGS, ...targetArgs]),
  );
  return startPairOn(servers, async ({ source, target }) => {
    await postgresqlAdmin(source.url).createDatabase(DATABASE);
    await postgresqlAdmin(target.url).createDatabase(DATABASE);
    const { onSource, onTarget } = await openSessions(servers);
    await onSource.run(tables);
    await onTarget.run(tables);
    await onSource.run(`CREATE PUBLICATION ${PUBLICATION} ${publishes}`);
    const options = subscribesWith === '' ? '' : ` WITH (${subscribesWith})`;
    await onTarget.run(
      `CREATE SUBSCRIPTION ${SUBSCRIPTION} CONNECTION '${shopUrl(source.url)}' PUBLICATION ${PUBLICATION}${options}`,
    );
    const isReady = async (): Promise<boolean> => {
      const [[open] = []] = await onTarget.query(
        "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate <> 'r'",
      );
      return open === '0';
    };
    await waitUntil('the tables are copied', isReady);
    return {
      onSource,
      onTarget,
      delay: async (ms) => {
        if (ms > 0) throw new Error('A subscription has no delay.');
      },
      pause: () => onTarget.run(`ALTER SUBSCRIPTION ${SUBSCRIPTION} DISABLE`),
      go: () => onTarget.run(`ALTER SUBSCRIPTION ${SUBSCRIPTION} ENABLE`),
    };
  });
}
