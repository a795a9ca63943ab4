import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { keepInCache } from './cache.js';

const run = promisify(execFile);
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const FETCH_TIMEOUT_MS = 300_000;

/** Fetches a package of npm into the cache, without its dependencies' scripts, and returns its folder. */
export async function fetchNpmPackage(name: string, version: string): Promise<string> {
  const kept = await keepInCache(`${name.replace('/', '-')}-${version}`, async (folder) => {
    const install = [
      'install',
      '--prefix',
      folder,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--no-save',
    ];
    await complain(`the npm package ${name}@${version}`, () =>
      run('npm', [...install, '--force', `${name}@${version}`], { cwd: folder, timeout: FETCH_TIMEOUT_MS }),
    );
  });
  return join(kept, 'node_modules', name);
}

/** The links between libraries, which npm packages cannot hold; the package lists them. */
export function linkLibraries(folder: string): void {
  const list = JSON.parse(readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of list as { source: string; target: string }[]) {
    const link = join(folder, target);
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(basename(source), link);
  }
}

/** Packages of a release of Debian, unpacked with what they depend on; nothing of it is installed on this machine. */
export interface DebianPackages {
  readonly release: string;
  readonly packages: readonly string[];
}

/** Fetches packages of Debian into the cache and returns the folder that holds their files as below `/`. */
export function fetchDebianPackages({ release, packages }: DebianPackages): Promise<string> {
  return keepInCache(`debian-${release}-${packages.join('-')}`, async (folder) => {
    const what = `${packages.join(', ')} of Debian ${release}`;
    const mirror = findDebianMirror();
    if (mirror === null)
      throw new Error(`Cannot fetch ${what}: the package sources of this machine name no Debian archive.`);
    const args = ['--quiet', '--variant=extract', `--include=${packages.join(',')}`];
    const options = ['Acquire::Languages "none"', 'Acquire::Check-Valid-Until "false"'];
    const source = `deb [signed-by=${KEYRING}] ${mirror} ${release} main`;
    const unpack = [...args, ...options.map((option) => `--aptopt=${option}`), release, folder, source];
    await complain(what, () => run('mmdebstrap', unpack, { timeout: FETCH_TIMEOUT_MS }));
  });
}

/** A program of unpacked packages, run by the loader and with the libraries that came with it. */
export function loadedProgram(root: string, program: string): { command: string; args: string[] } {
  const libraries = ['usr/lib', 'lib']
    .map((folder) => join(root, folder, 'x86_64-linux-gnu'))
    .filter((folder) => existsSync(folder));
  const loaders = ['lib64', 'usr/lib64', 'lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'];
  const loader = loaders
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .find((path) => /ld-linux[^/]*\.so\.\d+$/.test(path) && existsSync(path));
  if (loader === undefined) throw new Error(`There is no loader of programs below ${root}.`);
  return { command: loader, args: ['--library-path', libraries.join(':'), join(root, program)] };
}

/** The archive that this machine itself gets its packages from. */
function findDebianMirror(): string | null {
  const folders = ['/etc/apt', '/etc/apt/sources.list.d'].filter((folder) => existsSync(folder));
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(list|sources)$/.test(name))
      .map((name) => join(folder, name)),
  );
  const words = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => /^\s*(deb|URIs:)\s/.test(line))
      .flatMap((line) => line.split(/\s+/)),
  );
  return words.find((word) => /^https?:\/\/.*\/debian\/?$/.test(word)) ?? null;
}

/** Says in one sentence what could not be had; what the program printed is the cause. */
async function complain(what: string, fetch: () => Promise<unknown>): Promise<void> {
  try {
    await fetch();
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    const reason =
      code === 'ENOENT'
        ? (error as Error).message
        : (stderr?.trim().split('\n').at(-1) ?? (error as Error).message);
    throw new Error(`Cannot fetch ${what}: ${reason}`, { cause: error });
  }
}
