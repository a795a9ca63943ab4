import { execFile, execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import {
  findEmbeddedPostgres,
  findSystemPostgres,
  POSTGRES_MISSING,
  type ServerBinaries,
} from './find-binaries.mjs';
import {
  findFreePort,
  findServerAccount,
  makeServerFolder,
  type ServerAccount,
  startKeptServer,
} from './kept-server.js';
import type { PrivateServer } from './private-mariadb.js';

/** The data folder, in the folder of its server. */
const DATA = 'data';

/** Starts a PostgreSQL of its own in a new folder, with a default zone that is not UTC for the same reason as MariaDB's. */
export async function startPrivatePostgres(
  parent: string,
  found: ServerBinaries | null = findSystemPostgres() ?? findEmbeddedPostgres(),
  args: readonly string[] = [],
): Promise<PrivateServer> {
  if (found === null) throw new Error(POSTGRES_MISSING);
  const account = findServerAccount('postgres');
  const folder = makeServerFolder(parent, 'postgresql', account);
  const binaries = moveWithinReach(found, folder, account);
  await createDataFolder({ installer: binaries.installer, folder, account });
  return servePostgres({ server: binaries.server, folder, account, args });
}

/** Copies a running server into a new folder and lets the copy follow it as its standby. */
export async function startPrivateStandby(
  parent: string,
  primaryUrl: string,
  args: readonly string[] = [],
): Promise<PrivateServer> {
  const found = findSystemPostgres();
  if (found === null) throw new Error(POSTGRES_MISSING);
  const account = findServerAccount('postgres');
  const folder = makeServerFolder(parent, 'postgresql', account);
  const copying = ['--pgdata', join(folder, DATA), '--write-recovery-conf', '--checkpoint=fast', '--no-sync'];
  await promisify(execFile)(
    join(dirname(found.server), 'pg_basebackup'),
    ['--dbname', primaryUrl, '--no-password', ...copying],
    { cwd: folder, ...account },
  );
  return servePostgres({ server: found.server, folder, account, args });
}

async function servePostgres({
  server,
  folder,
  account,
  args,
}: {
  server: string;
  folder: string;
  account: ServerAccount;
  args: readonly string[];
}): Promise<PrivateServer> {
  const port = await findFreePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    timezone: 'America/New_York',
    log_timezone: 'UTC',
    max_connections: '200',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
  };
  const url = `postgres://verify:verify@127.0.0.1:${port}/postgres`;

  const kept = await startKeptServer({
    command: server,
    args: [
      '-D',
      join(folder, DATA),
      '-p',
      `${port}`,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ...args,
    ],
    folder,
    account,
    stopSignal: 'SIGQUIT',
    ping: () => pingPostgres(url),
  });
  return { ...kept, url, socket: folder };
}

/** The packaged PostgreSQL may lie in a home folder that the server's own user cannot enter. */
function moveWithinReach(found: ServerBinaries, folder: string, account: ServerAccount): ServerBinaries {
  try {
    execFileSync(found.server, ['--version'], { cwd: folder, stdio: 'pipe', ...account });
    return found;
  } catch {
    const installation = dirname(dirname(found.server));
    const copy = join(folder, 'installation');
    cpSync(installation, copy, { recursive: true, verbatimSymlinks: true });
    return {
      server: join(copy, 'bin', basename(found.server)),
      installer: join(copy, 'bin', basename(found.installer)),
    };
  }
}

async function createDataFolder({
  installer,
  folder,
  account,
}: {
  installer: string;
  folder: string;
  account: ServerAccount;
}): Promise<void> {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, 'verify\n', { mode: 0o644 });
  const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C';
  const args = [
    '-D',
    join(folder, DATA),
    '--username=verify',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--no-sync',
  ];
  await promisify(execFile)(installer, [...args, '--encoding=UTF8', `--locale=${locale}`], {
    cwd: folder,
    ...account,
  });
}

/** Rejects unless a PostgreSQL server lets the account of the URL in. */
export async function pingPostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.end();
}
