import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { type CliResult, runCli, startCli } from '../support/run-cli.js';
import { findSlowReads, waitForSlowRead } from '../traps/slow-reads.js';
import { fillTable } from '../traps/type-words.js';
import { PROGRAM } from './killed-sitting.js';
import { keptRuns, makeRunFolder, readOnlyRun, readOutputs, sideFlags, waitingRuns } from './run-folder.js';
import { runSitting } from './run-sitting.js';

const ROWS = 60;
/** The rows of a table beyond this are slow to read while the gate is shut. */
const FAST_ROWS = 55;
const LONG_AGO_S = 120;

const lastLine = ({ stderr }: CliResult): string => stderr.trimEnd().split('\n').at(-1) ?? '';

describe.runIf(process.platform !== 'win32')('a run that is stopped', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const sides = (): readonly string[] => sideFlags(source, target);

  /** A condition that makes some rows of a table slow to read, until the gate is opened. */
  function slowTable(table: string, seconds: number): readonly string[] {
    const condition = `n <= ${FAST_ROWS} OR (SELECT count(*) FROM ${source.name}.gate) = 0 OR SLEEP(${seconds}) = 0`;
    return [
      '--tables',
      'walked',
      table,
      '--where',
      `${table}:${condition}`,
      '--target-where',
      `${table}:n = n`,
    ];
  }

  beforeAll(async () => {
    for (const side of [source, target]) {
      await side.run(`CREATE TABLE walked (id int PRIMARY KEY, n int, word varchar(20));
        CREATE TABLE grouped (name varchar(20) PRIMARY KEY, n int)`);
      await fillTable(side, { table: 'walked', count: ROWS, select: `n, n, concat('word ', n)` });
      await fillTable(side, { table: 'grouped', count: ROWS, select: `concat('row ', n), n` });
    }
    await source.run('CREATE TABLE gate (id int PRIMARY KEY)');
    await target.run(
      `UPDATE walked SET word = 'other' WHERE id IN (3, 57); DELETE FROM walked WHERE id = 30`,
    );
  });
  beforeEach(() => source.run('REPLACE INTO gate VALUES (1)'));
  const openGate = (): Promise<void> => source.run('DELETE FROM gate');

  it('by a signal says last how to go on, and what goes on takes passwords from their usual places and writes to the same files', async () => {
    const folder = makeRunFolder();
    const [here, elsewhere] = [join(folder.path, 'here'), join(folder.path, 'elsewhere')];
    for (const path of [here, elsewhere]) mkdirSync(path);
    const outputs = [
      '--report',
      'json=run.json',
      '--report',
      'table=run.txt',
      '--differences',
      'rows.ndjson',
    ];
    const words = [
      ...sides(),
      ...slowTable('walked', 60),
      '--chunk-rows',
      '10',
      '--workers',
      '1',
      ...outputs,
    ];
    const { child, result } = startCli(
      ['verify', ...words, '--repair', 'repair.sql', '--log', 'run.log', '--journal', 'kept runs'],
      { cwd: here },
    );
    await waitForSlowRead(source);
    child.kill('SIGINT');
    const stopped = await result;
    expect(stopped.exitCode, stopped.stderr).toBe(130);
    const [run = ''] = readdirSync(join(here, 'kept runs'));
    expect(lastLine(stopped)).toBe(`To go on: rowproof resume ${run} --journal '${join(here, 'kept runs')}'`);
    const first = JSON.parse(readFileSync(join(here, 'run.json'), 'utf8'));
    expect(first).toMatchObject({ interrupted: true, totals: { changed: 1, missing: 1 } });

    await openGate();
    const env = { MYSQL_PWD: 'verify', PGPASSWORD: 'verify' };
    const resume = ['resume', run, '--journal', '../here/kept runs'];
    const resumed = await runCli([...resume, '--differences', 'again.ndjson'], { cwd: elsewhere, env });
    expect(resumed.exitCode).toBe(1);
    expect(resumed.stderr).toMatch(
      /^Going on with run \S+, begun .* ago, after 1 sitting\n {2}source (?:mysql|mariadb):\/\/\S+, schema rowproof_\w+\n {2}target postgres:\/\/\S+, schema public\n/,
    );
    const { sittings, ...second } = JSON.parse(readFileSync(join(here, 'run.json'), 'utf8'));
    expect(second).toMatchObject({
      interrupted: false,
      totals: { sourceRows: ROWS, changed: 2, missing: 1 },
    });
    expect(second.seed).toBe(first.seed);
    expect(sittings).toMatchObject({ count: 2 });
    expect(Date.parse(sittings.oldestReadAt)).toBeLessThan(Date.parse(second.startedAt));
    expect(readdirSync(elsewhere)).toEqual(['again.ndjson']);
    expect(readFileSync(join(elsewhere, 'again.ndjson'), 'utf8').trimEnd().split('\n')).toHaveLength(4);
    expect(readFileSync(join(here, 'run.txt'), 'utf8')).toContain('DIFFERENT');
    expect(readFileSync(join(here, 'repair.sql'), 'utf8')).toMatch(/"?UPDATE/);
    expect(waitingRuns({ journal: join(here, 'kept runs') })).toEqual([]);
    folder.remove();
  });

  it.each([
    ['walked, behind a difference', 'walked', 1],
    ['read as a whole', 'grouped', 3],
  ])(
    'by --max-runtime in a table that is %s says so, cancels what it reads, and is gone on with',
    async (_, table, exitCode) => {
      const folder = makeRunFolder();
      const words = [
        ...sides(),
        ...slowTable(table, 60),
        '--chunk-rows',
        '10',
        '--workers',
        '1',
        '--seed',
        '5',
      ];
      const stopped = await runCli(['verify', ...words, '--max-runtime', '4s', ...folder.flags]);
      expect(await findSlowReads(source)).toEqual([]);
      const known = JSON.parse(readFileSync(join(folder.path, 'run.json'), 'utf8'));
      expect(known).toMatchObject({ interrupted: true, stoppedBy: 'max-runtime' });
      expect(stopped.exitCode).toBe(exitCode);
      const { run } = readOnlyRun(folder);
      expect(lastLine(stopped)).toBe(`To go on: rowproof resume ${run} --journal ${folder.journal}`);
      const slow = known.tables.find(({ source: name }: { source: string }) => name.endsWith(`.${table}`));
      expect(slow.findings.map(({ code }: { code: string }) => code)).toContain('interrupted');
      expect(slow.findings[0].message).toContain('The run reached --max-runtime before');

      await openGate();
      const resumed = await runSitting(['resume', ...sides(), '--max-runtime', '1h', ...folder.flags]);
      expect(resumed).toMatchObject({ exitCode: 1 });
      const outputs = readOutputs(folder);
      const whole = await runSitting(['verify', ...words, ...folder.flags]);
      expect(whole.exitCode).toBe(1);
      const { askedHash, howHash, ...expected } = readOutputs(folder).result as Record<string, unknown>;
      expect(outputs.result).toMatchObject(expected);
      expect(outputs.rows).toEqual(readOutputs(folder).rows);
      expect(waitingRuns(folder)).toEqual([]);
      folder.remove();
    },
  );

  it('by the system for a while spoils nothing of who goes on with it meanwhile, and deletes nothing of it', async () => {
    const folder = makeRunFolder();
    const words = [...sides(), ...slowTable('walked', 0.4), '--chunk-rows', '10', '--workers', '1'];
    const late = spawn(process.execPath, [PROGRAM, '0', 'verify', ...words, ...folder.flags], {
      stdio: 'ignore',
    });
    const ended = new Promise<number | null>((resolve) => late.on('close', resolve));
    try {
      await waitForSlowRead(source);
      late.kill('SIGSTOP');
      await openGate();
      const { path } = readOnlyRun(folder);
      const before = Date.now() / 1000 - LONG_AGO_S;
      utimesSync(path, before, before);
      let learned = 0;
      const nowhere = ['--report', 'table', '--differences', join(folder.path, 'other.ndjson')];
      const next = await runSitting(['resume', ...sides(), ...nowhere, '--journal', folder.journal], {
        onLearned: ({ interrupt }) => {
          learned++;
          if (learned === 3) interrupt();
        },
      });
      expect(next.exitCode).toBe(130);
      const kept = readOnlyRun(folder);
      expect(kept.path).toMatch(/sitting-0002\.journal$/);
      late.kill('SIGCONT');
      expect(await ended).toBe(1);
      expect(readOnlyRun(folder)).toEqual(kept);
    } finally {
      late.kill('SIGKILL');
    }
    folder.remove();
  });
});

describe('a journal', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const SECRET = 'pla-nted_p4ss';
  const user = `planted_${process.pid}`;

  beforeAll(async () => {
    for (const side of [source, target]) {
      await side.run('CREATE TABLE walked (id int PRIMARY KEY, n int)');
      await fillTable(side, { table: 'walked', count: ROWS, select: 'n, n' });
    }
  });

  it('holds no password of its sides', async () => {
    await source.run(
      `CREATE USER ${user} IDENTIFIED BY '${SECRET}'; GRANT SELECT ON ${source.name}.* TO ${user}`,
    );
    await target.run(
      `CREATE ROLE ${user} LOGIN PASSWORD '${SECRET}'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${user}`,
    );
    const withUser = (url: string): string => {
      const changed = new URL(url);
      changed.username = user;
      changed.password = SECRET;
      return changed.href;
    };
    const folder = makeRunFolder();
    try {
      const urls = ['--source', withUser(source.url), '--target', withUser(target.url)];
      let texts = '';
      const onLearned = (): void => {
        texts += readOnlyRun(folder).lines.join('\n');
      };
      const run = await runSitting(['verify', ...urls, ...folder.flags], { onLearned });
      expect(run).toMatchObject({ exitCode: 0, stderr: '' });
      expect(texts).toContain(user);
      expect(texts).not.toContain(SECRET);
    } finally {
      await source.run(`DROP USER ${user}`);
      await target.run(`DROP OWNED BY ${user}; DROP ROLE ${user}`);
      folder.remove();
    }
  });

  it.runIf(process.platform !== 'win32')(
    'that has no more room is said at once, and the run goes on',
    async () => {
      const folder = makeRunFolder();
      const words = [
        'verify',
        ...sideFlags(source, target),
        '--chunk-rows',
        '2',
        '--workers',
        '1',
        '--seed',
        '5',
      ];
      await runSitting([...words, ...folder.flags], { keepsJournal: true });
      const kilobytes = Math.floor(statSync(readOnlyRun(folder).path).size / 1024 / 2);
      const expected = readOutputs(folder);
      folder.remove();
      const limited = makeRunFolder();
      const script = `ulimit -f ${kilobytes}; exec "$0" "$@"`;
      const flags = limited.flags.filter((flag) => flag !== '--quiet');
      const child = spawn('bash', ['-c', script, process.execPath, PROGRAM, '0', ...words, ...flags], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const exitCode = await new Promise((resolve) => child.on('close', resolve));
      expect(stderr).toMatch(
        /^Nothing more is kept of this run, which cannot be resumed: Cannot keep a journal in \S+: EFBIG: file too large, write\.$/m,
      );
      expect(stderr.match(/Nothing more is kept/g)).toHaveLength(1);
      expect(exitCode).toBe(0);
      expect(readOutputs(limited)).toEqual(expected);
      expect(keptRuns(limited)).toEqual([]);
      limited.remove();
    },
  );

  it('in a folder that is none is refused where somebody named it, and else the run goes on without it', async () => {
    const folder = makeRunFolder();
    const file = join(folder.path, 'file');
    const sides = sideFlags(source, target);
    await runCli(['verify', ...sides, '--no-journal', '--report', `json=${file}`]);
    const named = await runSitting(['verify', ...sides, '--journal', join(file, 'runs')]);
    expect(named).toMatchObject({ exitCode: 4, tasks: [] });
    expect(named.stderr).toMatch(/^rowproof: Cannot keep a journal in .*\/file\/runs: ENOTDIR/);
    const usual = await runSitting(['verify', ...sides], { env: { XDG_STATE_HOME: file } });
    expect(usual.exitCode).toBe(0);
    expect(usual.stderr).toMatch(
      /Nothing more is kept of this run, which cannot be resumed: Cannot keep a journal in .*\/file\/rowproof: /,
    );
    const loop = join(folder.path, 'loop');
    symlinkSync(loop, loop);
    const looping = await runSitting(['verify', ...sides], { env: { XDG_STATE_HOME: loop } });
    expect(looping).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(': ELOOP') });
    const homeless = await runSitting(['verify', ...sides]);
    expect(homeless.exitCode).toBe(0);
    expect(homeless.stderr).toContain(
      'This run cannot be resumed: no home folder is known to keep a journal in; name one with --journal DIR.',
    );
    expect(existsSync(folder.journal)).toBe(false);
    folder.remove();
  });
});
