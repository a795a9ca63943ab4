import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import { findMariadb, MARIADB_MISSING, type ServerBinaries } from './find-binaries.mjs';
import {
  findFreePort,
  findServerAccount,
  giveAway,
  type KeptServer,
  makeServerFolder,
  type ServerAccount,
  startKeptServer,
} from './kept-server.js';
import { keepInCache } from './servers/cache.js';

/** The data folder, in the folder of its server; and the folder in the cache that has a fresh one. */
const DATA = 'data';
const INSTALLED = 'installed';

/** The account of the tests, which may do anything; each statement on a line of its own, as `--init-file` wants it. */
export const CREATE_ACCOUNTS = ['127.0.0.1', 'localhost']
  .flatMap((host) => [
    `CREATE USER 'verify'@'${host}' IDENTIFIED BY 'verify';`,
    `GRANT ALL PRIVILEGES ON *.* TO 'verify'@'${host}' WITH GRANT OPTION;`,
  ])
  .join('\n');

/** A private server and the address that tests reach it by. */
export interface PrivateServer extends KeptServer {
  readonly url: string;
  readonly socket: string;
}

/**
 * Starts a MariaDB of its own in a new folder. Its default zone is not UTC, so that a session that forgets to set its
 * zone shows up as a false difference.
 */
export async function startPrivateMariadb(
  parent: string,
  furtherArguments: readonly string[] = [],
): Promise<PrivateServer> {
  const binaries = findMariadb();
  if (binaries === null) throw new Error(MARIADB_MISSING);
  const account = findServerAccount('mysql');
  const folder = makeServerFolder(parent, 'mariadb', account);
  const port = await findFreePort();
  const socket = join(folder, 'socket');
  const dataFolder = join(folder, DATA);
  await cp(join(await installOnce(binaries, account), DATA), dataFolder, { recursive: true });
  await giveAway(dataFolder, account);
  const accountsFile = join(folder, 'accounts.sql');
  writeFileSync(accountsFile, CREATE_ACCOUNTS, { mode: 0o644 });

  const server = await startKeptServer({
    command: binaries.server,
    args: [
      '--no-defaults',
      `--datadir=${dataFolder}`,
      `--socket=${socket}`,
      `--port=${port}`,
      `--tmpdir=${folder}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--init-file=${accountsFile}`,
      '--bind-address=127.0.0.1',
      '--default-time-zone=-05:00',
      '--character-set-server=utf8mb4',
      '--max-allowed-packet=256M',
      '--innodb-buffer-pool-size=256M',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-flush-method=nosync',
      '--skip-log-bin',
      ...furtherArguments,
    ],
    folder,
    account,
    stopSignal: 'SIGKILL',
    ping: () => pingMysql(`mysql://verify:verify@127.0.0.1:${port}/`),
  });
  return { ...server, url: `mariadb://verify:verify@127.0.0.1:${port}/`, socket };
}

/**
 * A folder with the data folder of a fresh installation, of which each server gets a copy: to install takes longer than to start.
 * Nothing in it tells one server from another; what does is made of its address and port.
 */
async function installOnce({ server, installer }: ServerBinaries, account: ServerAccount): Promise<string> {
  const { stdout } = await promisify(execFile)(server, ['--version']);
  const version = /Ver ([\w.+~-]+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${server} does not say its version: ${stdout}`);
  const kept = await keepInCache(`mariadb-data-${version}`, async (parent) => {
    const folder = makeServerFolder(parent, INSTALLED, account);
    const args = [
      '--no-defaults',
      `--datadir=${join(folder, DATA)}`,
      // Servers of other containers on the same /tmp may have the same process id, of which names of files there are made.
      `--tmpdir=${folder}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ];
    await promisify(execFile)(installer, args, { cwd: folder, ...account });
  });
  return join(kept, INSTALLED);
}

/** Rejects unless a MySQL or MariaDB server lets the account of the URL in. */
export async function pingMysql(url: string): Promise<void> {
  const { hostname, port, username, password } = new URL(url);
  const connection = await mysql.createConnection({
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  });
  await connection.end();
}
