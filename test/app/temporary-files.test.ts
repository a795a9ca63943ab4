import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { startCli } from '../support/run-cli.js';
import { slowCondition, waitForSlowRead } from '../traps/slow-reads.js';

const PROGRAM = fileURLToPath(new URL('../../bin/rowproof.js', import.meta.url));
const ROWS = 1000;

interface ShellRun {
  readonly exitCode: number | null;
  readonly stdout: string;
}

describe.runIf(process.platform !== 'win32')('temporary files', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rowproof-test-'));
    const create = (word: string) =>
      `CREATE TABLE t (id int PRIMARY KEY, word text);
       INSERT INTO t SELECT n, repeat('${word}', 100) FROM generate_series(1, ${ROWS}) n`;
    await source.run(create('one'));
    await target.run(create('two'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Runs the program in a shell that may limit it first, or send its output elsewhere. */
  function runInShell(script: string): Promise<ShellRun> {
    const args = ['verify', '--source', source.url, '--target', target.url, '--no-color'];
    const shell = spawn('bash', ['-c', script, process.execPath, PROGRAM, ...args], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    shell.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    return new Promise((resolve, reject) => {
      shell.on('error', reject);
      shell.on('close', (exitCode) => resolve({ exitCode, stdout }));
    });
  }

  it('without room for the rows that differ leave no doubt that rows differ', async () => {
    const outputs = await mkdtemp(join(tmpdir(), 'rowproof-outputs-'));
    const differences = join(outputs, 'rows.ndjson');
    const limited = `ulimit -f 64; exec "$0" "$@" --differences ${differences}`;
    const { exitCode, stdout } = await runInShell(limited);
    await rm(outputs, { recursive: true, force: true });
    expect(exitCode).toBe(4);
    expect(stdout).toContain('[differences-lost]');
    expect(stdout).toContain('[chunk-unverified] Cannot keep the differences of public.t: EFBIG');
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^DIFFERENT: .*different: public\.t; unverified: public\.t/,
    );
  });

  it('are next to nothing where no output lists rows, so that they need no room', async () => {
    const { exitCode, stdout } = await runInShell('ulimit -f 64; exec "$0" "$@"');
    expect(exitCode).toBe(1);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^DIFFERENT: .*different: public\.t; nothing unverified/,
    );
  });

  it.runIf(mayMount())('without room on their disk leave no file of rows that looks whole', async () => {
    const disk = await mkdtemp(join(tmpdir(), 'rowproof-disk-'));
    const outputs = await mkdtemp(join(tmpdir(), 'rowproof-outputs-'));
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    try {
      const at = (name: string): string => join(outputs, name);
      const args = ['verify', '--source', source.url, '--target', target.url, '--no-journal'];
      const files = [
        '--differences',
        at('rows.ndjson'),
        '--repair',
        at('fix.sql'),
        '--report',
        `json=${at('run.json')}`,
      ];
      const run = await startCli([...args, ...files], { env: { TMPDIR: disk } }).result;
      expect(run.exitCode).toBe(4);
      expect(run.stderr).toContain(
        'Cannot write --differences: rows of public.t differ that could not be kept.',
      );
      expect(await readdir(outputs)).toEqual(['run.json']);
      const { verdict, tables } = JSON.parse(await readFile(at('run.json'), 'utf8'));
      expect([verdict, tables[0].findings.map(({ code }: { code: string }) => code).sort()]).toEqual([
        'different',
        ['chunk-unverified', 'differences-lost'],
      ]);
      expect(await readdir(disk)).toEqual([]);
    } finally {
      spawnSync('umount', [disk]);
      for (const each of [disk, outputs]) await rm(each, { recursive: true, force: true });
    }
  });

  it.each(['SIGHUP', 'SIGQUIT', 'SIGTERM'] as const)(
    'are gone after %s, and so is what lay beside the outputs',
    async (signal) => {
      const outputs = await mkdtemp(join(tmpdir(), 'rowproof-outputs-'));
      const where = `id <= ${ROWS - 20} OR ${slowCondition('postgresql', 0.5)}`;
      const args = ['verify', '--source', source.url, '--target', target.url, '--where', `t:${where}`];
      const files = ['--no-journal', '--differences', join(outputs, 'rows.ndjson')];
      const { child, result } = startCli([...args, ...files, '--workers', '1'], { env: { TMPDIR: folder } });
      await waitForSlowRead(source);
      const startedMs = performance.now();
      child.kill(signal);
      expect((await result).exitCode).toBe(130);
      expect(performance.now() - startedMs).toBeLessThan(5000);
      expect(await readdir(folder)).toEqual([]);
      expect(await readdir(outputs)).toEqual(['rows.ndjson']);
      const asleep = await source.query(
        "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
      );
      expect(asleep).toEqual([]);
      await rm(outputs, { recursive: true });
    },
  );

  it('are gone after a second interruption', async () => {
    const where = `id <= ${ROWS - 20} OR ${slowCondition('postgresql', 0.05)}`;
    const args = ['verify', '--source', source.url, '--target', target.url, '--where', `t:${where}`];
    const { child, result } = startCli([...args, '--workers', '1'], { env: { TMPDIR: folder } });
    await waitForSlowRead(source);
    expect(await readdir(folder)).toHaveLength(1);
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect((await result).exitCode).toBe(130);
    expect(await readdir(folder)).toEqual([]);
  });

  it.runIf(existsSync('/dev/full'))('are gone where stdout takes nothing', async () => {
    const { exitCode } = await runInShell('exec "$0" "$@" > /dev/full');
    expect(exitCode).toBe(4);
    expect(await readdir(folder)).toEqual([]);
  });
});

/** Only an administrator of Linux may mount a disk, and only where the container lets them. */
function mayMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  if (mounted.status === 0) spawnSync('umount', [folder]);
  rmdirSync(folder);
  return mounted.status === 0;
}
