import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPgpool, PGPOOL_MISSING } from './find-binaries.mjs';
import { findFreePort, findServerAccount, makeServerFolder, startKeptServer } from './kept-server.js';
import type { Pool } from './pgbouncer.js';
import { pingPostgres } from './private-postgres.js';

const ACCOUNT = 'verify';

/**
 * Starts pgpool before a primary and its standbys, the last of which it gives every read that it may give away. Clients
 * get each other's connections as they were left, and it keeps the results of queries.
 */
export async function startPgpool(
  parent: string,
  serverUrls: readonly string[],
  further: Readonly<Record<string, string>> = {},
): Promise<Pool> {
  const command = findPgpool();
  if (command === null) throw new Error(PGPOOL_MISSING);
  const account = findServerAccount('postgres');
  const folder = makeServerFolder(parent, 'pgpool', account);
  const [port, adminPort] = [await findFreePort(), await findFreePort()];
  const cacheFolder = join(folder, 'cache');
  mkdirSync(cacheFolder);
  chmodSync(cacheFolder, 0o777);
  const settings = {
    backend_clustering_mode: 'streaming_replication',
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    socket_dir: folder,
    pcp_listen_addresses: '127.0.0.1',
    pcp_port: adminPort,
    pcp_socket_dir: folder,
    pid_file_name: join(folder, 'pid'),
    logdir: folder,
    work_dir: folder,
    enable_pool_hba: 'on',
    pool_passwd: join(folder, 'passwords'),
    sr_check_user: ACCOUNT,
    sr_check_password: ACCOUNT,
    sr_check_database: 'postgres',
    sr_check_period: 1,
    num_init_children: 10,
    max_pool: 2,
    reset_query_list: 'ABORT',
    load_balance_mode: 'on',
    statement_level_load_balance: 'on',
    memory_cache_enabled: 'on',
    memqcache_oiddir: cacheFolder,
    ...further,
    ...Object.fromEntries(serverUrls.flatMap((url, i) => describeBackend(url, i, serverUrls.length))),
  };
  const files = {
    'pgpool.conf': Object.entries(settings)
      .map(([name, value]) => `${name} = '${value}'\n`)
      .join(''),
    'pool_hba.conf': 'host all all 127.0.0.1/32 scram-sha-256\n',
    'pcp.conf': '',
    passwords: `${ACCOUNT}:TEXT${ACCOUNT}\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o644 });
  const urlFor = (url: string): string => {
    const address = new URL(url);
    address.host = `127.0.0.1:${port}`;
    return address.href;
  };
  const server = await startKeptServer({
    command,
    args: [
      '-n',
      '-f',
      join(folder, 'pgpool.conf'),
      '-a',
      join(folder, 'pool_hba.conf'),
      '-F',
      join(folder, 'pcp.conf'),
    ],
    folder,
    account,
    stopSignal: 'SIGQUIT',
    ping: () => pingPostgres(urlFor(serverUrls[0] ?? '')),
  });
  return { ...server, urlFor };
}

/** All reads are for the last of the servers. */
function describeBackend(url: string, i: number, count: number): [string, string | number][] {
  const { hostname, port } = new URL(url);
  return [
    [`backend_hostname${i}`, hostname],
    [`backend_port${i}`, port],
    [`backend_weight${i}`, i === count - 1 ? 1 : 0],
    [`backend_flag${i}`, 'DISALLOW_TO_FAILOVER'],
  ];
}
