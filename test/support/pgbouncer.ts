import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPgbouncer, PGBOUNCER_MISSING } from './find-binaries.mjs';
import {
  findFreePort,
  findServerAccount,
  type KeptServer,
  makeServerFolder,
  startKeptServer,
} from './kept-server.js';
import { pingPostgres } from './private-postgres.js';

/** A pool in transaction mode before the server of a URL. */
export interface Pool extends KeptServer {
  /** The URL of a database on that server, through the pool. */
  urlFor(url: string): string;
}

/** Starts pgbouncer in transaction mode, with few connections to the server, so that clients get each other's. */
export async function startPgbouncer(parent: string, serverUrl: string): Promise<Pool> {
  const command = findPgbouncer();
  if (command === null) throw new Error(PGBOUNCER_MISSING);
  const { hostname, port: serverPort, username, password } = new URL(serverUrl);
  const account = findServerAccount('postgres');
  const folder = makeServerFolder(parent, 'pgbouncer', account);
  const port = await findFreePort();
  const users = join(folder, 'users.txt');
  writeFileSync(users, `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`);
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]
* = host=${hostname} port=${serverPort || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${users}
pool_mode = transaction
default_pool_size = 3
`,
  );
  for (const path of [users, file]) chmodSync(path, 0o644);
  const urlFor = (url: string): string => {
    const address = new URL(url);
    address.host = `127.0.0.1:${port}`;
    return address.href;
  };
  const server = await startKeptServer({
    command,
    args: ['-q', file],
    folder,
    account,
    stopSignal: 'SIGKILL',
    ping: () => pingPostgres(urlFor(serverUrl)),
  });
  return { ...server, urlFor };
}
