import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { BUILDAH_MISSING, findBuildah } from '../support/find-binaries.mjs';
import { fetchDebianPackages } from '../support/servers/fetch.js';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const work = mkdtempSync(join(tmpdir(), 'rowproof-container-'));
const source = useDatabase('mariadb');
const target = useDatabase('postgresql');

/** Images and containers of this test alone, without a service and without a storage driver of the kernel. */
async function buildah(...args: readonly string[]): Promise<string> {
  const command = findBuildah();
  if (command === null) throw new Error(BUILDAH_MISSING);
  const places = ['--storage-driver', 'vfs', '--root', join(work, 'store'), '--runroot', join(work, 'run')];
  const { stdout } = await run(command, [...places, ...args], { maxBuffer: 1 << 24 });
  return stdout.trim();
}

/** A base of nothing but packages of Debian: Node.js and what it needs. */
async function makeBase(): Promise<void> {
  const root = await fetchDebianPackages({ release: 'trixie', packages: ['nodejs', 'base-files'] });
  const container = await buildah('from', 'scratch');
  await buildah('copy', '--quiet', container, root, '/');
  await buildah('config', '--env', 'PATH=/usr/bin:/bin', container);
  await buildah('commit', '--quiet', container, 'rowproof-base');
  await buildah('rm', container);
}

let root: string;
let image: { readonly User: string; readonly Entrypoint: readonly string[]; readonly Env: readonly string[] };

beforeAll(async () => {
  // Without its scripts: the program is built already, and other tests run it.
  await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', work], { cwd: CHECKOUT });
  copyFileSync(join(CHECKOUT, 'deploy', 'Dockerfile'), join(work, 'Dockerfile'));
  copyFileSync(join(CHECKOUT, '.dockerignore'), join(work, '.dockerignore'));
  await makeBase();
  const base = ['--build-arg', 'BASE=localhost/rowproof-base'];
  await buildah('build', '--quiet', '--isolation', 'chroot', ...base, '--tag', 'rowproof', work);
  const container = await buildah('from', 'rowproof');
  root = await buildah('mount', container);
  image = JSON.parse(await buildah('inspect', '--type', 'image', 'rowproof')).OCIv1.config;
  const rows = "INSERT INTO orders VALUES (1, 'paid'), (2, 'new')";
  await source.run(`CREATE TABLE orders (id INT PRIMARY KEY, status VARCHAR(20)); ${rows}`);
  await target.run(`CREATE TABLE orders (id INT PRIMARY KEY, status TEXT); ${rows}`);
  await target.run("UPDATE orders SET status = 'gone' WHERE id = 2");
});
afterAll(async () => {
  await buildah('rm', '--all');
  rmSync(work, { recursive: true, force: true });
});

/** Runs the program of the image as some user on a root that is read-only, with nothing but /tmp to write to. */
async function runContainer(user: string, args: readonly string[]) {
  const script = `mount --bind "$ROOT" "$ROOT" && mount -o remount,ro,bind "$ROOT" && mount -t tmpfs tmpfs "$ROOT/tmp" &&
    exec env --ignore-environment $SETTINGS "$(command -v chroot)" --userspec="$WHO" "$ROOT" "$@"`;
  const env = { PATH: process.env.PATH ?? '', ROOT: root, WHO: user, SETTINGS: image.Env.join(' ') };
  const words = ['--mount', 'sh', '-c', script, 'sh', ...image.Entrypoint, ...args];
  try {
    return { exitCode: 0, ...(await run('unshare', words, { env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exitCode: code, stdout, stderr };
  }
}

describe('the container', () => {
  it('is no root, and holds nothing beside the base but the package', async () => {
    expect(image.User).toBe('10001:10001');
    expect(readdirSync(join(root, 'opt'))).toEqual(['rowproof']);
    expect(readdirSync(join(root, 'opt', 'rowproof'))).toEqual(['package']);
    expect(readdirSync(join(root, 'work'))).toEqual([]);
  });

  it.each(['10001:10001', '4711:4711'])(
    'finds what differs as user %s, on a root that is read-only',
    async (user) => {
      const urls = ['--source', source.url, '--target', target.url];
      const outputs = ['--report', 'html=/tmp/run.html', '--differences', '/tmp/rows.ndjson'];
      const { exitCode, stdout, stderr } = await runContainer(user, ['verify', ...urls, ...outputs]);
      expect(stderr).not.toMatch(/EROFS|EACCES|bug/);
      expect(stdout).toMatch(
        /^DIFFERENT: 1 table, 2 source and 2 target rows read; 0 missing, 0 extra, 1 changed/,
      );
      expect(exitCode).toBe(1);
    },
  );

  it('cannot write beside its volumes', async () => {
    const urls = ['--source', source.url, '--target', target.url];
    const { exitCode, stderr } = await runContainer('4711:4711', [
      'verify',
      ...urls,
      '--report',
      'json=/work/run.json',
    ]);
    expect(stderr).toContain('Cannot write --report /work/run.json: the file system is read only.');
    expect(exitCode).toBe(2);
  });
});
