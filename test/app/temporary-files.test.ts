import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
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
    const { exitCode, stdout } = await runInShell('ulimit -f 64; exec "$0" "$@"');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('[differences-lost]');
    expect(stdout).toContain('[chunk-unverified] Cannot keep the differences of public.t: EFBIG');
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^DIFFERENT: .*different: public\.t; unverified: public\.t/,
    );
  });

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
