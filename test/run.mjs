// Runs the tests from a bare clone: installs what is missing, builds, and hands its arguments on to vitest. With --all the
// core runs on every server that can be had, and the command line under every Node.js, one after the other.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  findBuildah,
  findChromium,
  findEmbeddedPostgres,
  findMariadb,
  findPgbouncer,
  findPgpool,
  findPromtool,
  findSystemPostgres,
  MARIADB_MISSING,
  POSTGRES_MISSING,
} from './support/find-binaries.mjs';

const NODE_VERSIONS = ['20.19.6', '22.23.5', '24.22.3', '26.12.1'];
const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const POLICY_FILE = '/usr/sbin/policy-rc.d';

const isLong = process.argv.includes('--all');
const passedOn = process.argv.slice(2).filter((argument) => argument !== '--all');
if (isLong) {
  process.env.ROWPROOF_TEST_SERVERS ??= 'all';
  process.env.ROWPROOF_TEST_FENCE_ROWS ??= '1000';
  process.env.ROWPROOF_TEST_NODES ??= NODE_VERSIONS.join(' ');
  process.env.ROWPROOF_TEST_PAIRS ??= 'all';
  process.env.ROWPROOF_TEST_WORKERS ??= '2';
  process.env.ROWPROOF_PROPERTY_CASES ??= '50';
  process.env.ROWPROOF_REPAIR_RUNS ??= '12';
  process.env.ROWPROOF_RESUME_STOPS ??= 'all';
  process.env.ROWPROOF_RESUME_MOMENTS ??= '12';
}

installNodePackages();
installServers();
run('npm', ['run', 'build']);
run(process.execPath, [join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...passedOn]);

function installNodePackages() {
  const [lock, installed] = ['package-lock.json', join('node_modules', '.package-lock.json')].map((name) =>
    join(checkout, name),
  );
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  run('npm', ['ci']);
}

function installServers() {
  const needsMariadb = !process.env.ROWPROOF_TEST_MARIADB_URL && findMariadb() === null;
  const needsPostgres = !process.env.ROWPROOF_TEST_POSTGRES_URL && findSystemPostgres() === null;
  const needsUnpacking =
    /mariadb|mysql-9|all/.test(process.env.ROWPROOF_TEST_SERVERS ?? '') && !hasUnpacking();
  const isDebianRoot = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  const packages = [
    ...(hasUnpacking() ? [] : ['mmdebstrap']),
    ...(needsMariadb ? ['mariadb-server'] : []),
    ...(needsPostgres ? ['postgresql'] : []),
    ...(findPgbouncer() === null ? ['pgbouncer'] : []),
    ...(findPgpool() === null ? ['pgpool2'] : []),
    ...(findPromtool() === null ? ['prometheus'] : []),
    ...(findChromium() === null ? ['chromium'] : []),
    ...(findBuildah() === null ? ['buildah'] : []),
  ];
  if (isDebianRoot && packages.length > 0) installDebianPackages(packages);
  if (needsMariadb && findMariadb() === null) fail(MARIADB_MISSING);
  if (needsPostgres && findSystemPostgres() === null && findEmbeddedPostgres() === null)
    fail(POSTGRES_MISSING);
  if (needsUnpacking && !hasUnpacking())
    fail('ROWPROOF_TEST_SERVERS names servers that come from packages of Debian: install mmdebstrap.');
}

function hasUnpacking() {
  return spawnSync('mmdebstrap', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Only the programs are wanted, so the packages are kept from starting services of their own. */
function installDebianPackages(packages) {
  const ownsPolicy = !existsSync(POLICY_FILE);
  if (ownsPolicy) writeFileSync(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  try {
    // One unreachable archive fails the update, yet the others may hold the packages: the install decides.
    spawnSync('apt-get', [...lock, 'update'], { stdio: 'inherit', env });
    spawnSync('apt-get', [...lock, 'install', '-y', '--no-install-recommends', ...packages], {
      stdio: 'inherit',
      env,
    });
  } finally {
    if (ownsPolicy) rmSync(POLICY_FILE);
  }
}

function run(command, args) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: checkout,
    stdio: 'inherit',
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (error) fail(`Cannot run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
