import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import type { Verify } from '../../src/cli/run-verify.js';
import { flagOf } from '../../src/config/options/option-names.js';
import { FILE_OPTIONS, flagsOf, TABLE_SETTINGS } from '../../src/config/options/options.js';
import type { RunConfig } from '../../src/config/run-config.js';
import { RowproofError } from '../../src/core/errors.js';
import { sampleResult, sampleTable } from '../report/sample-result.js';
import { fakeIo, fakeVerify, noApply, noPlan } from './fake-io.js';

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-config-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const URLS = ['--source', 'mysql://reader:s3cret@old/shop', '--target', 'postgres://new/shop'];
const FILE = 'source: mysql://reader:${PW}@old/shop\ntarget: postgres://new/shop\n';

async function run(argv: readonly string[], verify: Verify = fakeVerify(sampleResult([sampleTable()]))) {
  const io = fakeIo({ env: { PW: 's3cret/x' } });
  const configs: RunConfig[] = [];
  const exitCode = await runCli(argv, io, {
    plan: noPlan,
    apply: noApply,
    verify: (config, hooks) => {
      configs.push(config);
      return verify(config, hooks);
    },
  });
  return { exitCode, config: configs[0], ...io.written };
}

describe('rowproof verify', () => {
  it('needs no variable of a URL that a flag replaces', async () => {
    writeFileSync('rowproof.yaml', FILE.replace('PW', 'NOBODY_SET_THIS'));
    const { exitCode, config } = await run(['verify', ...URLS]);
    expect({ exitCode, url: config?.sourceUrl }).toEqual({
      exitCode: 0,
      url: 'mysql://reader:s3cret@old/shop',
    });
    const { stderr } = await run(['verify', ...URLS.slice(2)]);
    expect(stderr).toContain('the environment has no variable NOBODY_SET_THIS');
  });

  it('reads rowproof.yaml of the current folder and says so', async () => {
    writeFileSync('rowproof.yaml', `${FILE}workers: 3\n`);
    const { config, stderr } = await run(['verify', '--exclude', 'a']);
    expect(config).toMatchObject({
      sourceUrl: 'mysql://reader:s3cret%2Fx@old/shop',
      workers: 3,
      exclude: ['a'],
    });
    expect(stderr).toBe('Settings from rowproof.yaml\n');
  });

  it('reads the file that --config names, and outputs from it', async () => {
    writeFileSync('rowproof.yaml', 'nonsense: 1\n');
    writeFileSync('other.yaml', `${FILE}report: [json=run.json]\nquiet: true\n`);
    const { exitCode, stderr } = await run(['verify', '--config', 'other.yaml']);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('Settings from other.yaml\n');
    expect(JSON.parse(readFileSync('run.json', 'utf8'))).toMatchObject({ format: 'rowproof/run@1' });
  });

  it('needs no file', async () => {
    const { exitCode, stderr } = await run(['verify', ...URLS]);
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  it('ends with 2 where the file that was named does not exist', async () => {
    const { exitCode, stderr, config } = await run(['verify', ...URLS, '--config', 'none.yaml']);
    expect([exitCode, config]).toEqual([2, undefined]);
    expect(stderr).toMatch(/^rowproof: Cannot read the config file none\.yaml: there is no such file\.$/m);
  });

  it('refuses a wrong file before anything runs', async () => {
    writeFileSync('rowproof.yaml', `${FILE}wrokers: 3\n`);
    const { exitCode, stderr, config } = await run(['verify']);
    expect([exitCode, config]).toEqual([2, undefined]);
    expect(stderr).toContain('rowproof.yaml:3: wrokers: unknown key, did you mean "workers"?');
  });

  it.each([
    ['report: [xml]', 'rowproof.yaml:3: Expected report to be one of table, json'],
    ['tableSettings: {b: {ratio: 5%}}', 'rowproof: rowproof.yaml:3: tableSettings.b.ratio: expected only'],
    ['ratio: 5%', 'rowproof.yaml:3: Expected ratio only where the mode of the run is spot.'],
  ])('names the key for %s, since nobody typed a flag', async (line, message) => {
    writeFileSync('rowproof.yaml', `${FILE}${line}\n`);
    const { exitCode, stderr } = await run(['verify']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it('names the key also where the run finds the fault', async () => {
    writeFileSync('rowproof.yaml', `${FILE}tableSettings: {ordesr: {where: id > 1}}\n`);
    const fault = () =>
      Promise.reject(new RowproofError({ code: 'usage', message: '--where names "ordesr".' }));
    const { stderr } = await run(['verify'], fault);
    expect(stderr).toContain('rowproof: rowproof.yaml:3: tableSettings.ordesr.where names "ordesr".');
  });

  it('keeps the password of the file out of every message', async () => {
    writeFileSync(
      'rowproof.yaml',
      'source: "mysql://reader:my s3cret@old/shop"\ntarget: postgres://new/shop\n',
    );
    const quoting = () => Promise.reject(new Error('no way to mysql://reader:my s3cret@old/shop'));
    const { stderr } = await run(['verify'], quoting);
    expect(stderr).toContain('reader:***@old');
    expect(stderr).not.toContain('s3cret');
  });

  it('can be told every flag by the file', () => {
    const known = new Set([...FILE_OPTIONS, ...TABLE_SETTINGS].map(({ name }) => flagOf(name)));
    const untold = flagsOf('verify')
      .map(({ name }) => name)
      .filter((name) => !known.has(name));
    expect(untold.sort()).toEqual([
      ...[
        'config',
        'hide-values',
        'no-config',
        'no-journal',
        'only',
        'output',
        'part',
        'plan',
        'reverse',
        'same-data',
      ],
    ]);
  });
});

describe('rowproof init', () => {
  it('writes a file that verify reads, without the password', async () => {
    const { exitCode, stdout, config } = await run(['init', ...URLS]);
    expect([exitCode, config]).toEqual([0, undefined]);
    expect(stdout).toBe(
      'Wrote rowproof.yaml.\nIt takes ROWPROOF_SOURCE_PASSWORD from the environment: set it before rowproof verify.\n',
    );
    const text = readFileSync('rowproof.yaml', 'utf8');
    expect(text).toContain('${ROWPROOF_SOURCE_PASSWORD}');
    expect(text).not.toContain('s3cret');
    const again = await run(['verify']);
    expect(again.stderr).toContain('the environment has no variable ROWPROOF_SOURCE_PASSWORD');
  });

  it('never writes over a file', async () => {
    writeFileSync('mine.yaml', 'mine');
    const { exitCode, stderr } = await run(['init', ...URLS, '--output', 'mine.yaml']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Cannot write mine.yaml: there is such a file already.');
    expect(readFileSync('mine.yaml', 'utf8')).toBe('mine');
  });

  it.each([
    [['--source', 'mysql://old/shop'], 'Expected --target URL, got none.'],
    [
      [...URLS, '--tables', 'a'],
      'rowproof init has no flag --tables, only rowproof verify, rowproof watch, rowproof plan, rowproof preflight and rowproof cutover have.',
    ],
    [[...URLS, '--output', 'no/such.yaml'], 'Cannot write no/such.yaml: the folder does not exist.'],
  ])('refuses %j', async (flags, message) => {
    const { exitCode, stderr } = await run(['init', ...flags]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync('rowproof.yaml')).toBe(false);
    expect(flagsOf('init').map(({ name }) => name)).toContain('output');
  });
});
