import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import type { RunResult } from '../../src/core/result.js';
import { sampleResult, sampleTable } from '../report/sample-result.js';
import { fakeIo, fakeVerify, URLS } from './fake-io.js';

const SECRET = 'sixteen bytes of a planted secret';
const DAY = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
const WHO = ['--owner', 'o', '--reason', 'r', '--expires', DAY];
const row = (id: string) => ({ kind: 'changed' as const, key: { id }, columns: ['name'] });
const values = { source: { name: 'a' }, target: { name: 'A' } };
const table = sampleTable({
  target: 'public.users',
  verdict: 'different',
  changed: 2,
  changedColumns: { name: 2 },
  sample: ['1', '2'].map((id) => ({ ...row(id), ...values })),
  diagnoses: (['letter-case', 'edge-spaces'] as const).map((cause, at) => ({
    cause,
    confidence: at === 0 ? ('proved' as const) : ('likely' as const),
    columns: ['name'],
    rows: 2,
    evidence: { detail: '', of: 2, examples: [] },
  })),
});
const result: RunResult = sampleResult([table], { verdict: 'different' });
let folder = '';
const place = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-past-'));
  writeFileSync(place('run.json'), JSON.stringify(result));
  const header = { format: 'rowproof/differences@1', source: result.source.url, target: result.target.url };
  const lines = ['1', '2'].map((id) => ({ table: 'public.users', ...row(id), ...values }));
  writeFileSync(place('rows.ndjson'), [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));
  writeFileSync(place('broken.yaml'), 'format: rowproof/waivers@1\nwaivers:\n  - {}\n');
  writeFileSync(place('empty.yaml'), 'format: rowproof/waivers@1\nwaivers: 5\n');
  writeFileSync(place('baseline.json'), '{}');
  writeFileSync(place('secret'), SECRET, { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(argv: readonly string[], env: Record<string, string> = {}) {
  const io = fakeIo({ env });
  const words = argv.map((word) => (word.startsWith('@') ? place(word.slice(1)) : word));
  const never = () => Promise.reject(new Error('nothing is connected to'));
  const exitCode = await runCli(words, io, { verify: fakeVerify(result), plan: never, apply: never });
  return { exitCode, ...io.written };
}

const WAIVE = ['waive', '@run.json', '--waivers', '@w.yaml'];
const ROWS = [...WAIVE, '--rows', 'all', '--differences', '@rows.ndjson', ...WHO];
const ACCEPT = ['baseline', 'accept', '@run.json', '--differences', '@rows.ndjson', '--because', 'b'];
const VERIFY = ['verify', '--no-config', ...URLS];

describe('a mistake about waivers, a baseline or a history is told in one sentence with what to do, and writes nothing', () => {
  it.each<[readonly string[], string]>([
    [['waive'], 'Expected the file of a saved result, got none.'],
    [[...WAIVE, '--rows', 'all'], 'Expected --owner, got none.'],
    [[...WAIVE, '--rows', 'all', '--owner', 'o', '--expires', DAY], 'Expected --reason, got none.'],
    [[...WAIVE, ...WHO.slice(0, 4)], 'Expected --expires, got none.'],
    [
      [...WAIVE, ...WHO.slice(0, 5), '2020-01-01'],
      'Expected --expires to be a day from today to a year from now',
    ],
    [
      [...WAIVE, ...WHO.slice(0, 5), '2999-01-01'],
      'Expected --expires to be a day from today to a year from now',
    ],
    [[...WAIVE, ...WHO.slice(0, 5), 'soon'], 'Expected --expires to be a day'],
    [[...WAIVE, ...WHO], 'Expected --rows all or --cause CODE, got none.'],
    [[...ROWS, '--cause', 'letter-case'], 'Expected --rows all or --cause CODE, got both.'],
    [[...WAIVE, '--rows', 'some', ...WHO], 'Expected --rows to be one of all, got some.'],
    [[...ROWS, '--column', 'name'], 'Expected --column only with --cause'],
    [[...ROWS, '--max-rows', '5'], 'Expected --max-rows only with --cause'],
    [[...WAIVE, '--rows', 'all', ...WHO], 'Expected --differences PATH with --rows, got none.'],
    [[...ROWS, '--table', 'users'], 'The run has no table users on the target.'],
    [[...WAIVE, '--cause', 'upper', ...WHO], 'There is no cause upper.'],
    [[...WAIVE, '--cause', 'missing-tail', ...WHO], 'The cause missing-tail is one of whole rows'],
    [[...WAIVE, '--cause', 'edge-spaces', ...WHO], 'The cause edge-spaces is only likely in this run'],
    [[...WAIVE, '--cause', 'truncated', ...WHO], 'The run found no truncated there.'],
    [[...WAIVE, '--cause', 'letter-case', '--column', 'x', ...WHO], 'The run found no letter-case there.'],
    [[...ROWS, '--waivers', '@broken.yaml'], 'Expected --waivers once'],
    [
      ['waive', '@run.json', '--waivers', '@broken.yaml', '--rows', 'all', ...WHO],
      'broken.yaml:3: waivers.0',
    ],
    [
      ['waive', '@run.json', '--waivers', '@empty.yaml', '--rows', 'all', ...WHO],
      'expected a list of entries',
    ],
    [['baseline', 'move', '@run.json'], 'Expected accept, got move.'],
    [['baseline', 'accept'], 'Expected accept and the file of a saved result, got none.'],
    [ACCEPT, 'Expected --baseline, got none.'],
    [['baseline', 'accept', '@run.json', '--baseline', '@b.json'], 'Expected --because, got none.'],
    [[...ACCEPT, '--baseline', '@baseline.json'], 'it is not what rowproof baseline accept writes'],
    [['history', '@nowhere'], 'Cannot use the history in '],
    [
      ['report', '@run.json', '--history', '@h'],
      'Expected --report html with --history, got no report that shows a trend.',
    ],
    [['history'], 'Expected the folder of a history, got none.'],
    [[...VERIFY, '--waivers', '@nowhere'], 'Cannot read the waivers '],
    [[...VERIFY, '--waivers', '@broken.yaml'], 'broken.yaml:3: waivers.0.reason: expected a reason.'],
    [[...VERIFY, '--fail-on', 'new'], 'Expected --baseline PATH with --fail-on new, got none.'],
    [[...VERIFY, '--fail-on', 'some'], 'Expected --fail-on to be one of any, new, got some.'],
    [[...VERIFY, '--history', '@run.json'], 'Cannot use the history in '],
    [
      [...VERIFY, '--history', '@h', '--history-keep', '1s'],
      'Expected --history-keep to be a time from 1d to 3650d',
    ],
    [
      [...VERIFY, '--history', '@h', '--hide-values'],
      'Expected a secret for --history where values are hidden',
    ],
    [[...VERIFY, '--history', '@.', '--key-file', '@secret'], 'whose hashes it is to protect'],
    [[...VERIFY, '--waivers', '@empty.yaml', '--report', 'json=@empty.yaml'], 'expected a list of entries'],
  ])('%j', async (argv, sentence) => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect(stdout).toBe('');
    expect(stderr).toContain(sentence);
    expect(stderr).toMatch(/^rowproof: .*\n {2}\S/);
    expect([2, 4]).toContain(exitCode);
    expect(() => readFileSync(place('w.yaml'))).toThrow();
  });

  it('such as an output that is the waivers that are read', async () => {
    const waivers = place('same.yaml');
    writeFileSync(waivers, '');
    const { exitCode, stderr } = await run([...VERIFY, '--waivers', waivers, '--report', `json=${waivers}`]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining('the command reads it'),
    });
  });
});

describe('a secret', () => {
  it('is in nothing that is said or written, and without it that is said', async () => {
    const env = { ROWPROOF_KEY: SECRET };
    const outcomes = [
      await run(['waive', '@run.json', '--waivers', '@k.yaml', ...ROWS.slice(4)], env),
      await run([...ACCEPT, '--baseline', '@k.json'], env),
    ];
    expect(outcomes.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const written = [
      ...outcomes.map(({ stdout }) => stdout),
      ...['k.yaml', 'k.json'].map((name) => readFileSync(place(name), 'utf8')),
    ];
    for (const text of written) expect(text).not.toMatch(/planted|"id"|'a'/);
    const plain = await run([...ACCEPT, '--baseline', '@p.json']);
    expect(plain.stderr).toContain('No secret is given');
  });
});

describe('entries for rows', () => {
  it('are not written twice, and one that is waived is left alone', async () => {
    const path = place('twice.yaml');
    const argv = [
      'waive',
      '@run.json',
      '--waivers',
      path,
      '--rows',
      'all',
      '--differences',
      '@rows.ndjson',
      ...WHO,
    ];
    expect((await run(argv)).stdout).toBe(`Wrote 2 waivers of a row to ${path}, good until ${DAY}.\n`);
    const again = await run(argv);
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('No row is left to waive') });
    expect(readFileSync(path, 'utf8').match(/hash:/g)).toHaveLength(2);
  });
});

describe('a baseline of a run that did not compare everything', () => {
  const because = ['--because', 'b', '--baseline', '@partial.json'];
  const acceptAs = (
    name: string,
    tables: Parameters<typeof sampleResult>[0],
    changes: Partial<RunResult> = {},
  ) => {
    writeFileSync(place(name), JSON.stringify(sampleResult(tables, { verdict: 'different', ...changes })));
    return run(['baseline', 'accept', `@${name}`, '--differences', '@rows.ndjson', ...because]);
  };
  const told = (names: string): string =>
    `The run did not compare everything: ${names}. What differs there is not in the baseline, and is new once it is found.\n`;
  const left = {
    code: 'table-left' as const,
    message: 'At least 2 rows of public.users differ.',
    hint: '',
  };

  it('is written, and names what is not in it', async () => {
    const partly = { ...table, findings: [left] };
    const other = sampleTable({ target: 'public.orders', mode: 'count', verdict: 'counted' });
    const { exitCode, stderr } = await acceptAs('partial-run.json', [partly, other]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(told('public.users (table-left), public.orders (counted)'));
  });

  it('names a part and a run that was stopped, and of many tables the first', async () => {
    const part = { plan: 'p', part: 1, of: 3 };
    expect((await acceptAs('part-run.json', [table], { part })).stderr).toContain(
      told('all but part 1 of 3'),
    );
    const stopped = await acceptAs('stopped-run.json', [table], { interrupted: true });
    expect(stopped.stderr).toContain(told('part of the run'));
    const spots = Array.from({ length: 7 }, (_, at) =>
      sampleTable({ target: `public.t${at}`, mode: 'spot', verdict: 'sampled' }),
    );
    const { stderr } = await acceptAs('spot-run.json', [table, ...spots]);
    const named = spots.slice(0, 5).map(({ target }) => `${target} (sampled)`);
    expect(stderr).toContain(told(`${named.join(', ')} and 2 more`));
  });

  it('is written without a word where everything was compared', async () => {
    const { exitCode, stderr } = await acceptAs('whole-run.json', [table]);
    expect({ exitCode, tells: stderr.includes('did not compare') }).toEqual({ exitCode: 0, tells: false });
  });
});
