import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { RowproofError } from '../../src/core/errors.js';
import { mixedResult, sampleResult, sampleTable } from '../report/sample-result.js';
import { fakeIo, fakeVerify, noApply, noPlan, runVerifyCli, URLS } from './fake-io.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-outputs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const verify = fakeVerify(mixedResult());

const NEXT =
  'Next: --differences PATH writes every differing row; --repair PATH writes SQL that repairs the target.\n';

describe('stdout', () => {
  it('carries the table report and nothing else; progress is on stderr', async () => {
    const events = [{ type: 'table:end', table: 'public.orders', verdict: 'different' }] as const;
    const { stdout, stderr } = await runVerifyCli([], fakeVerify(mixedResult(), events));
    expect(stdout).toMatch(/^DIFFERENT: 3 of 6 tables differ/);
    expect(stderr).toBe(`public.orders: different\n${NEXT}`);
  });

  it('carries pure JSON when asked, and the summary goes to stderr', async () => {
    const { stdout, stderr } = await runVerifyCli(['--report', 'json'], verify);
    expect(JSON.parse(stdout)).toMatchObject({ format: 'rowproof/run@1' });
    expect(stderr).toMatch(/^DIFFERENT: 6 tables/);
  });

  it('carries the last line alone with --quiet, and stderr is empty', async () => {
    const events = [{ type: 'table:end', table: 'public.orders', verdict: 'different' }] as const;
    const { stdout, stderr } = await runVerifyCli(['--quiet'], fakeVerify(mixedResult(), events));
    expect(stdout).toMatch(/^DIFFERENT: 6 tables.*\n$/);
    expect(stderr).toBe('');
  });

  it('carries the last line where every report goes to a file', async () => {
    const { stdout } = await runVerifyCli(['--report', `json=${folder}/run.json`], verify);
    expect(stdout).toMatch(/^DIFFERENT: 6 tables.*\n$/);
  });

  it('is coloured only in a terminal, and not with --no-color or NO_COLOR', async () => {
    const colored = async (flags: string[], io: Parameters<typeof fakeIo>[0]) =>
      (await runVerifyCli(flags, verify, fakeIo(io))).stdout.includes('\u001b[');
    expect(await colored([], { isTTY: true })).toBe(true);
    expect(await colored([], { isTTY: false })).toBe(false);
    expect(await colored(['--no-color'], { isTTY: true })).toBe(false);
    expect(await colored([], { isTTY: true, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await colored([], { isTTY: true, env: { TERM: 'dumb' } })).toBe(false);
  });

  it('is as wide as the terminal, else as COLUMNS says', async () => {
    const width = async (io: Parameters<typeof fakeIo>[0]) => {
      const { stdout } = await runVerifyCli([], verify, fakeIo(io));
      return Math.max(
        ...stdout
          .split('\n')
          .slice(0, -2)
          .map((line) => line.length),
      );
    };
    const [narrow, wide] = [await width({ env: { COLUMNS: '90' } }), await width({})];
    expect(narrow).toBeLessThanOrEqual(90);
    expect(wide).toBeGreaterThan(90);
    expect(await width({ columns: 90, env: { COLUMNS: '200' } })).toBe(narrow);
    expect(await width({ env: { COLUMNS: 'wide' } })).toBe(wide);
  });

  it.each([
    [['--differences', '/dev/null'], 'Next: --repair PATH writes SQL that repairs the target.'],
    [['--quiet'], ''],
    [['--report', 'json'], ''],
  ])('is followed by what can be done next about what differs, with %j: %s', async (flags, said) => {
    const { stderr } = await runVerifyCli(flags, fakeVerify(mixedResult()));
    expect(stderr.split('\n').find((line) => line.startsWith('Next:')) ?? '').toBe(said);
  });

  it('is followed by no word about a repair where rows are hidden, which a repair would show', async () => {
    const hidden = { values: 'hidden', keys: 'shown', shownColumns: [] } as const;
    const { stderr } = await runVerifyCli(['--hide-values'], fakeVerify({ ...mixedResult(), hidden }));
    expect(stderr).toContain('Next: --differences PATH writes every differing row.\n');
  });

  it('may be closed early by its reader', async () => {
    const io = fakeIo();
    const broken = {
      ...io,
      stdout: {
        write: () => {
          throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
        },
      },
    };
    const { exitCode, stderr } = await runVerifyCli([], verify, broken);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(NEXT);
  });
});

describe('output files', () => {
  it('hold reports without colour and every difference', async () => {
    const flags = [
      '--report',
      'table',
      `json=${folder}/run.json`,
      `table=${folder}/run.txt`,
      '--differences',
      `${folder}/rows.ndjson`,
    ];
    const { exitCode, stdout } = await runVerifyCli(flags, verify, fakeIo({ isTTY: true }));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('DIFFERENT');
    expect(JSON.parse(readFileSync(`${folder}/run.json`, 'utf8'))).toEqual({
      ...mixedResult(),
      state: 'ended',
      command: ['rowproof', 'verify', ...URLS.map((word) => word.replace(/:\w+@/, ':***@')), ...flags],
    });
    expect(readFileSync(`${folder}/run.txt`, 'utf8')).not.toContain('\u001b');
    expect(readFileSync(`${folder}/rows.ndjson`, 'utf8').trimEnd().split('\n')).toHaveLength(7);
    expect(readdirSync(folder).sort()).toEqual(['rows.ndjson', 'run.json', 'run.txt']);
  });

  it.each([
    ['in a folder that does not exist', () => `${folder}/none/rows.ndjson`, 'the folder does not exist'],
    ['that is a folder', () => folder, 'it is a directory'],
    ['below a file', () => join(writtenFile(), 'rows'), 'a part of the path is not a folder'],
  ])('%s are refused before anything runs', async (_title, path, reason) => {
    let started = false;
    const { exitCode, stderr } = await runVerifyCli(
      ['--report', `json=${folder}/run.json`, '--differences', path()],
      async (config, hooks) => {
        started = true;
        return verify(config, hooks);
      },
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain(reason);
    expect(started).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.each([
    ['the config file', (path: string) => ['--config', path]],
    ['a certificate', (path: string) => ['--source', `postgres://a@old/b?sslrootcert=${path}`]],
    ['another output, by a link', (path: string) => ['--report', `json=${path}`]],
  ])('are refused where they are %s', async (_title, flags) => {
    const path = writtenFile();
    writeFileSync(path, 'workers: 2\n');
    symlinkSync(path, `${folder}/link`);
    const io = fakeIo();
    const urls = ['--target', 'mysql://a@new/b', '--source', 'postgres://a@old/b'].slice(
      0,
      flags(path)[0] === '--source' ? 2 : 4,
    );
    const argv = ['verify', ...urls, ...flags(path), '--differences', `${folder}/link`];
    const exitCode = await runCli(argv, io, { verify, plan: noPlan, apply: noApply });
    expect(exitCode).toBe(2);
    expect(io.written.stderr).toMatch(/which the command reads\.|a file of its own for each output/);
    expect(readFileSync(path, 'utf8')).toBe('workers: 2\n');
  });

  it('of a report are not the saved result itself', async () => {
    const path = writtenFile();
    const io = fakeIo();
    const argv = ['report', path, '--report', `json=${path}`];
    expect(await runCli(argv, io, { verify, plan: noPlan, apply: noApply })).toBe(2);
    expect(io.written.stderr).toContain('the command reads it.');
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('keep their old content when the run fails', async () => {
    const path = writtenFile();
    const { exitCode } = await runVerifyCli(['--differences', path], async () => {
      throw new RowproofError({ code: 'connect', message: 'No connection.' });
    });
    expect(exitCode).toBe(4);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['old']);
  });

  it('keep their old content when differences cannot be read to the end, and the report still appears', async () => {
    const path = writtenFile();
    const { exitCode, stdout, stderr } = await runVerifyCli(
      ['--differences', path],
      async (config, hooks) => ({
        ...(await verify(config, hooks)),
        differences: async function* () {
          yield* [];
          throw new RowproofError({ code: 'internal', message: 'The spool is gone.' });
        },
      }),
    );
    expect(exitCode).toBe(4);
    expect(stderr).toContain('The spool is gone.');
    expect(stdout).toContain('DIFFERENT');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['old']);
  });

  it('of a report say that there is no result until there is one, and that there is none', async () => {
    const path = writtenFile();
    const verdicts: unknown[] = [];
    const look = () => verdicts.push(JSON.parse(readFileSync(path, 'utf8')));
    const flags = ['--report', `json=${path}`, `table=${folder}/run.txt`];
    await runVerifyCli(flags, async (config, hooks) => {
      look();
      expect(readFileSync(`${folder}/run.txt`, 'utf8')).toMatch(
        /^UNVERIFIED: the run that began at \S+ has not ended\.\n$/,
      );
      return verify(config, hooks);
    });
    look();
    const { exitCode } = await runVerifyCli(flags, async () => {
      throw new RowproofError({ code: 'connect', message: 'No connection.' });
    });
    look();
    expect(exitCode).toBe(4);
    const unfinished = { format: 'rowproof/run@1', verdict: 'unverified', interrupted: false };
    expect(verdicts).toMatchObject([
      { ...unfinished, state: 'running' },
      { format: 'rowproof/run@1', verdict: 'different', state: 'ended' },
      { ...unfinished, state: 'failed' },
    ]);
    expect(readFileSync(`${folder}/run.txt`, 'utf8')).toContain('ended before it had a result');
    expect(statSync(path).mode & 0o077).toBe(0);
    const io = fakeIo();
    expect(await runCli(['report', path], io, { verify, plan: noPlan, apply: noApply })).toBe(2);
    expect(io.written.stderr).toContain(`${path} is of a run that ended before it had a result.`);
  });

  it('of a report are left as failed by a run that is ended at once', async () => {
    const path = writtenFile();
    const io = fakeIo();
    const stopped = async () => {
      io.interrupt();
      io.interrupt();
      expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
        verdict: 'unverified',
        state: 'failed',
      });
      throw new RowproofError({ code: 'interrupted', message: 'Stopped.' });
    };
    await runVerifyCli(['--report', `json=${path}`], stopped, io);
    expect(readdirSync(folder)).toEqual(['old']);
  });

  it('leave nothing behind when the run is ended at once', async () => {
    const io = fakeIo();
    await runVerifyCli(
      ['--differences', `${folder}/rows`],
      async (config, hooks) => {
        io.interrupt();
        expect(readdirSync(folder)).toHaveLength(1);
        io.interrupt();
        expect(readdirSync(folder)).toEqual([]);
        throw new RowproofError({
          code: 'interrupted',
          message: `Stopped ${config.workers} ${hooks.signal.aborted}.`,
        });
      },
      io,
    );
    expect(io.exits).toEqual([130]);
  });

  it('replace what a link points to, and keep the mode of a private file', async () => {
    const path = writtenFile(0o600);
    symlinkSync(path, `${folder}/link`);
    await runVerifyCli(['--report', `json=${folder}/link`], verify);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ verdict: 'different' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('may be devices', async () => {
    const { exitCode } = await runVerifyCli(
      ['--differences', '/dev/null'],
      fakeVerify(sampleResult([sampleTable()])),
    );
    expect(exitCode).toBe(0);
    expect(existsSync('/dev/null')).toBe(true);
    expect(statSync('/dev/null').isFile()).toBe(false);
  });

  it('tell a full disk as an output error, exit 4', async (test) => {
    if (!existsSync('/dev/full')) test.skip();
    const { exitCode, stdout, stderr } = await runVerifyCli(['--report', 'table', 'json=/dev/full'], verify);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('Cannot write /dev/full: no space is left on the disk.');
    expect(stdout).toContain('DIFFERENT');
  });

  it('do not follow a folder of the same name that appears later', async () => {
    const path = `${folder}/rows`;
    const { exitCode, stderr } = await runVerifyCli(['--differences', path], async (config, hooks) => {
      mkdirSync(path);
      writeFileSync(`${path}/precious`, '');
      return verify(config, hooks);
    });
    expect(exitCode).toBe(4);
    expect(stderr).toContain(`Cannot write ${path}`);
    expect(readdirSync(path)).toEqual(['precious']);
  });
});

function writtenFile(mode = 0o644): string {
  const path = join(folder, 'old');
  writeFileSync(path, 'old', { mode });
  return path;
}
