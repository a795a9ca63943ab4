import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/cli/command-line.js';
import { runCli } from '../../src/cli/run-cli.js';
import { REPORT_FORMAT_NAMES } from '../../src/core/report-format.js';
import { fakeIo } from './fake-io.js';

const never = async () => {
  throw new Error('The run was started.');
};

async function run(argv: readonly string[]) {
  const io = fakeIo({ columns: 80 });
  const exitCode = await runCli(argv, io, { verify: never, plan: never, apply: never });
  return { exitCode, ...io.written };
}

const URLS = ['--source', 'mysql://old/shop', '--target', 'postgres://new/shop'];

describe('wrong usage', () => {
  it.each<[readonly string[], string]>([
    [[], 'Expected a command, got none.'],
    [['verfy'], 'There is no command verfy.\n  Did you mean verify?'],
    [['verfy', ...URLS], 'There is no command verfy.\n  Did you mean verify?'],
    [
      ['verify', '--init', ...URLS],
      'rowproof verify has no flag --init.\n  It is a command: rowproof init --help.',
    ],
    [['report', 'run.json', '--repot', 'table'], 'Unknown flag: --repot.\n  Did you mean --report?'],
    [['verify'], 'Expected --source URL, got none.'],
    [['plan', '--rotate'], 'rowproof plan has no flag --rotate, only rowproof verify has.\n  Leave it out.'],
    [['verify', '--sorce', 'x'], 'Unknown flag: --sorce.\n  Did you mean --source?'],
    [['verify', ...URLS, '--zzzzzzz'], 'Unknown flag: --zzzzzzz.\n  See rowproof verify --help.'],
    [['verify', ...URLS, 'orders'], 'rowproof verify does not take the word orders.'],
    [['verify', ...URLS, '--tables'], 'Expected --tables to have a value, got none.'],
    [['verify', '--source'], 'Expected --source to have a value, got none.'],
    [['verify', ...URLS, '--workers', '-1'], 'Expected --workers to be a whole number from 1 to 64, got -1.'],
    [['verify', ...URLS, '--hide-values=yes'], 'Expected --hide-values to have no value, got one.'],
    [
      ['verify', ...URLS, '--mode', 'count', '--repair', 'fix.sql'],
      'Expected --repair or --mode count, got both.',
    ],
    [['verify', ...URLS, '--mode', 'fast'], 'Expected --mode to be one of full, spot, count, got fast.'],
    [
      ['verify', ...URLS, '--report', 'xml'],
      `Expected --report to be one of ${REPORT_FORMAT_NAMES.join(', ')}, with =PATH for a file, got xml.`,
    ],
    [
      ['verify', ...URLS, '--report', 'json='],
      `Expected --report to be one of ${REPORT_FORMAT_NAMES.join(', ')}, with =PATH for a file, got json=.`,
    ],
    [
      ['verify', ...URLS, '--report', 'table', '--report', 'json'],
      'Expected one --report on stdout, got table and json.',
    ],
    [
      ['verify', ...URLS, '--report', 'json', '--report', 'github=summary.md'],
      'Expected one --report on stdout, got json and github.',
    ],
    [
      ['verify', ...URLS, '--report', 'github'],
      'Expected GITHUB_STEP_SUMMARY in the environment for --report github, found none.',
    ],
    [
      ['verify', ...URLS, '--report', 'json=a', '--differences', './a'],
      'Expected a file of its own for each output, got ./a for --report and --differences.',
    ],
    [['verify', ...URLS, '--seed', '1', '--seed', '2'], 'Expected --seed once, got it 2 times.'],
  ])('%j is told in one sentence with a hint, exit 2, before anything runs', async (argv, message) => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect(stderr.startsWith(`rowproof: ${message}`)).toBe(true);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it.each([
    [['verify', 'mysql://root:s3cret@old/shop']],
    [['mysql://root:s3cret@old/shop']],
    [['verify', '--mysql://root:s3cret@old/shop']],
    [['verify', '--soruce=mysql://root:s3cret@old/shop']],
    [['verify', '--source', 'mysql://root:s3cret@old:port/shop']],
    [['verify', '--source', 'mysql://root:my s3cret@old/shop', 'x']],
    [['verify', '--source', 'mysql://root:s3cret@old/shop', '--source', 'mysql://root:s3cret@old/shop']],
    [['verify', ...URLS, '--workers', 'mysql://root:s3cret@old/shop']],
    [['verify', ...URLS, '--map', 'mysql://root:s3cret@old/shop']],
    [['verify', ...URLS, '--differences', '/no/such/mysql://root:s3cret@old']],
  ])('%j does not print the password', async (argv) => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect(exitCode).toBe(2);
    expect(stdout + stderr).not.toContain('s3cret');
  });

  it('cannot send escape sequences to the terminal', async () => {
    const { stderr } = await run(['verify', ...URLS, '--match-names', '\u001b[2J']);
    expect(stderr).toContain('got \\u{1b}[2J');
  });
});

describe('the error of a command line', () => {
  it.each([
    [['verify', '--sorce', 'x'], { setting: null, flag: '--sorce', given: '--sorce' }],
    [['plan', '--chunk-time', '1s'], { setting: 'chunkTime', flag: '--chunk-time', given: '--chunk-time' }],
    [['verify', '--tables'], { setting: 'tables', flag: '--tables', given: '--tables' }],
    [['verify', 'orders'], null],
  ])('of %j carries the name of the option', async (argv, option) => {
    await expect(parseCommandLine(argv, 80)).rejects.toMatchObject({ code: 'usage', option });
  });
});

describe('help', () => {
  it('groups the flags, shows examples and the exit codes, and fits the terminal', async () => {
    const { exitCode, stdout, stderr } = await run(['verify', '--help']);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    for (const part of [
      'What to compare',
      'How to compare:',
      'Output:',
      'Examples',
      'Exit codes:',
      '130  interrupted',
    ]) {
      expect(stdout).toContain(part);
    }
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it.each([
    ['verify', true],
    ['plan', true],
    ['apply', true],
    ['report', false],
  ])('says of %s where passwords may come from: %s', async (command, isTold) => {
    expect((await run([command, '--help'])).stdout.includes('A password may stand in the URL')).toBe(isTold);
  });

  it('lists the commands', async () => {
    expect((await run(['--help'])).stdout).toContain('rowproof verify');
  });

  it('tells the version', async () => {
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+/);
  });
});
