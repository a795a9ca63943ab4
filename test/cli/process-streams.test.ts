import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isSameFile } from '../../src/config/file-place.js';
import { streamOf } from '../../src/config/process-stream.js';
import { mixedResult } from '../report/sample-result.js';
import { useDatabase } from '../support/database.js';
import { fillTable } from '../traps/type-words.js';
import { fakeVerify, runVerifyCli } from './fake-io.js';

const PROGRAM = fileURLToPath(new URL('../../bin/rowproof.js', import.meta.url));
/** More than a pipe holds. */
const ROWS = 3000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-streams-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the open file that a path names', () => {
  it.each([
    ['/dev/stdout', 1],
    ['/dev/stderr', 2],
    ['/dev/fd/1', 1],
    ['/proc/self/fd/2', 2],
    [`/proc/${process.pid}/fd/7`, 7],
    [`/proc/${process.ppid}/fd/1`, null],
    ['/dev/null', null],
    ['/dev/fd/rows', null],
    ['/nonexistent/stdout', null],
  ])('%s is %s', (path, stream) => {
    expect(streamOf(path)).toBe(stream);
  });

  it('is found behind links, and two names of it mean one file', () => {
    const link = join(folder, 'rows');
    symlinkSync('/dev/stdout', link);
    symlinkSync('circle', join(folder, 'circle'));
    expect(streamOf(link)).toBe(1);
    expect(streamOf(join(folder, 'circle'))).toBeNull();
    expect(isSameFile(link, '/dev/fd/1')).toBe(true);
    expect(isSameFile('/dev/stderr', '/dev/stdout')).toBe(false);
  });
});

describe('what cannot be written to a stream', () => {
  it.each([
    [['--repair', '/dev/stdout'], 'a second file is written beside it, which takes the repair back'],
    [['--report', 'json', '--differences', '/dev/stdout'], '--differences /dev/stdout and --report json'],
    [['--report', 'json=/dev/stdout', '--differences', '/dev/fd/1'], 'a file of its own for each output'],
  ])('is refused: %j', async (flags, reason) => {
    const { exitCode, stderr } = await runVerifyCli(flags, fakeVerify(mixedResult()));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(reason);
  });
});

describe('differing rows that are written to a stream of the process', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    for (const database of [source, target])
      await database.run('CREATE TABLE wide (id int PRIMARY KEY, word varchar(40))');
    await fillTable(source, { table: 'wide', count: ROWS, select: "n, 'a word that is on one side only'" });
  });

  /** Runs a line of the shell in which `$V` is the command. */
  function runInShell(line: string) {
    const words = [process.execPath, PROGRAM, 'verify', '--source', source.url, '--target', target.url];
    const command = [...words, '--no-journal'].map((word) => `'${word}'`).join(' ');
    return spawnSync('bash', ['-c', line.replaceAll('$V', command)], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
  }

  const linesOf = (name: string): string[] => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');

  function expectRows(lines: readonly string[]): void {
    const keys = lines.slice(1).map((line) => Number(JSON.parse(line).key.id));
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ format: 'rowproof/differences@1' });
    expect(keys).toEqual(Array.from({ length: ROWS }, (_, at) => at + 1));
  }

  it.each(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])(
    'are whole in the file that %s is, and the report is on stderr',
    (path) => {
      const { status } = runInShell(`$V --differences ${path} > rows 2> said`);
      expect(status).toBe(1);
      expectRows(linesOf('rows'));
      expect(linesOf('said').join('\n')).toMatch(/^DIFFERENT: 1 of 1 table differs/m);
    },
  );

  it('come behind what others wrote to that file, and before what they write later', () => {
    runInShell('(echo first; $V --differences /dev/stdout 2> said; echo last) > rows');
    const lines = linesOf('rows');
    expect([lines.shift(), lines.pop()]).toEqual(['first', 'last']);
    expectRows(lines);
  });

  it('come in order with progress and report where they go to stderr', () => {
    runInShell('(echo first >&2; $V --differences /dev/stderr --report json=run.json) 2> said > out');
    const said = linesOf('said');
    const from = said.findIndex((line) => line.startsWith('{"format"'));
    expect(said[0]).toBe('first');
    expectRows(said.slice(from, from + ROWS + 1));
    expect(linesOf('out')).toEqual([expect.stringMatching(/^DIFFERENT: /)]);
  });

  it('are written where the shell is in a file that it opened under another number', () => {
    runInShell('exec 5> rows; echo first >&5; $V --differences /dev/fd/5 > out 2>&1; echo last >&5');
    const lines = linesOf('rows');
    expect([lines.shift(), lines.pop()]).toEqual(['first', 'last']);
    expectRows(lines);
  });

  it('go through a pipe whole, and to a reader that wants only some of them', () => {
    expect(runInShell('$V --differences /dev/stdout 2> said | cat > rows').status).toBe(0);
    expectRows(linesOf('rows'));
    const some = runInShell('$V --differences /dev/stdout 2> said | head -n 1 > rows; echo ${PIPESTATUS[0]}');
    expect(some.stdout.trim()).toBe('1');
    expect(linesOf('rows')).toHaveLength(1);
    expect(readFileSync(join(folder, 'said'), 'utf8')).not.toContain('Cannot write');
  });

  it.skipIf(spawnSync('script', ['--version']).status !== 0)('are shown whole in a terminal', () => {
    const shown = runInShell('script -qec "$V --differences /dev/stdout 2> said" /dev/null');
    const lines = shown.stdout.split('\r\n').filter((line) => line.startsWith('{'));
    expectRows(lines);
    expect(linesOf('said').join('\n')).toContain('DIFFERENT: 1 table');
  });

  it('say that the reader of a pipe with a name went away', () => {
    const { status, stderr } = runInShell(
      'mkfifo pipe; (head -c 10 pipe > head) & $V --differences pipe > out',
    );
    expect(status).toBe(4);
    expect(stderr).toContain('Cannot write pipe: the reader of the pipe went away.');
    expect(stderr).toContain('Have the pipe read to its end, or name a file, and run again.');
  });
});
