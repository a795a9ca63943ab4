import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunEvent, resolveConfig, type VerifySettings, verify } from 'rowproof';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORT_FORMAT_NAMES } from '../../src/core/report-format.js';
import { useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';

const SECRET = { ROWPROOF_KEY: 'a secret of more than sixteen bytes' };
/** What is planted into values, into keys, and into a column that may be shown; digits may be grouped for people. */
const PLANTED = { value: /planted-value/, key: /98,?765,?43\d|planted-key/, shown: /plain-status/ };
const KEY = 98_765_430;

const DEFINITIONS = `
  CREATE TABLE numbered (id int PRIMARY KEY, word varchar(60), status varchar(20));
  CREATE TABLE named (name varchar(40) PRIMARY KEY, word varchar(60));
  CREATE TABLE bag (word varchar(60));
  CREATE TABLE failing (id int PRIMARY KEY, word varchar(60))`;

describe('rows of which something is hidden', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-hidden-'));
  // The target's server quotes a value when it refuses this.
  const conditions = { where: "word <> ''", targetWhere: 'CAST(word AS integer) > 0' };

  beforeAll(async () => {
    await source.run(DEFINITIONS);
    await target.run(DEFINITIONS);
    for (let i = 0; i < 40; i++) {
      const row = `${KEY + i}, 'planted-value ${i} of a long text'`;
      await source.run(`INSERT INTO numbered VALUES (${row}, 'plain-status')`);
      if (i < 30)
        await target.run(
          `INSERT INTO numbered VALUES (${row.replace(/ of a long text/, '')}, '${i % 2 ? 'plain-status' : 'other'}')`,
        );
    }
    await source.run(`INSERT INTO named VALUES ('planted-key one', 'planted-value a'), ('planted-key two', NULL);
      INSERT INTO bag VALUES ('planted-value in a bag'), ('planted-value in a bag');
      INSERT INTO failing VALUES (${KEY}, 'planted-value')`);
    await target.run(`INSERT INTO named VALUES ('planted-key one', 'planted-value b'), ('planted-key three', NULL);
      INSERT INTO bag VALUES ('planted-value in a bag');
      INSERT INTO failing VALUES (${KEY}, 'planted-value')`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const urls = ['--source', source.url, '--target', target.url];
  const limited = [
    '--where',
    `failing:${conditions.where}`,
    '--target-where',
    `failing:${conditions.targetWhere}`,
  ];

  /** Everything that runs of the command line write, by where they write it. */
  async function outputsOf(flags: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    const env = { ...SECRET, ROWPROOF_LOG: 'debug' };
    const path = (name: string) => join(folder, name);
    const read = (name: string) => texts.set(name, readFileSync(path(name), 'utf8'));
    rmSync(path('log'), { force: true });
    rmSync(path('evidence'), { recursive: true, force: true });
    const files = REPORT_FORMAT_NAMES.flatMap((format) => ['--report', `${format}=${path(format)}`]);
    const outputs = [
      ...files,
      '--report',
      'table',
      '--differences',
      path('rows'),
      '--log',
      path('log'),
      '--evidence',
      path('evidence'),
      '--canary',
    ];
    const run = await runCli(['verify', ...urls, ...limited, ...outputs, ...flags], { env });
    expect(run.exitCode, run.stderr).toBe(1);
    for (const name of [...REPORT_FORMAT_NAMES, 'rows', 'log']) read(name);
    for (const name of readdirSync(path('evidence'))) read(join('evidence', name));
    texts.set('terminal', run.stdout).set('progress', run.stderr);
    for (const format of ['json', 'html', 'junit', 'markdown', 'prometheus']) {
      const again = await runCli(['report', path('json'), '--report', format], { env });
      texts.set(`${format} from the saved result`, again.stdout + again.stderr);
    }
    const counted = await runCli(['verify', ...urls, ...limited, '--mode', 'count', ...flags], { env });
    expect(counted.stdout).toContain('failing');
    texts.set('a count that the server refuses', counted.stdout + counted.stderr);
    return texts;
  }

  /** The outputs in which something planted is found. */
  const found = (texts: ReadonlyMap<string, string>, planted: RegExp): string[] =>
    [...texts].flatMap(([name, text]) => (planted.test(text) ? [name] : []));

  const SHOWING = [
    'evidence/result.json',
    'evidence/report.html',
    'evidence/differences.ndjson',
    'table',
    'json',
    'html',
    'junit',
    'github',
    'markdown',
    'rows',
    'log',
    'terminal',
    'evidence/log.ndjson',
  ];

  it('are shown where nothing is hidden, so that this file can fail', async () => {
    const texts = await outputsOf([]);
    expect(found(texts, PLANTED.value)).toEqual(
      expect.arrayContaining([...SHOWING, 'a count that the server refuses']),
    );
    expect(found(texts, PLANTED.key)).toEqual(expect.arrayContaining(SHOWING));
    expect(texts.get('json')).toMatch(/from key 98765460 on/);
  });

  it('show no value with --hide-values, but keys', async () => {
    const texts = await outputsOf(['--hide-values']);
    expect(found(texts, PLANTED.value)).toEqual([]);
    expect(found(texts, PLANTED.shown)).toEqual([]);
    expect(found(texts, PLANTED.key)).toEqual(expect.arrayContaining(['table', 'json', 'html', 'rows']));
    expect(texts.get('table')).toContain('SQLSTATE 22P02');
    expect(texts.get('table')).toContain('Hidden on request: values of rows');
  });

  it('show the columns that are named, and no others', async () => {
    const texts = await outputsOf(['--hide-values', '--show-columns', 'numbered.stat*']);
    expect(found(texts, PLANTED.value)).toEqual([]);
    expect(found(texts, PLANTED.shown)).toEqual(
      expect.arrayContaining(['table', 'json', 'html', 'markdown', 'junit', 'rows', 'terminal']),
    );
    expect(texts.get('rows')).toContain(
      `{"table":"public.numbered","kind":"changed","key":{"id":"${KEY}"},"columns":["word","status"],"source":{"status":"plain-status"},"target":{"status":"other"},"hashes":{`,
    );
    expect(JSON.parse(texts.get('json') ?? '').hidden).toEqual({
      values: 'hidden',
      keys: 'shown',
      shownColumns: ['public.numbered.status'],
    });
  });

  it('show no key with --hash-keys, but a pseudonym that is the same in every output and every run', async () => {
    const first = await outputsOf(['--hash-keys']);
    expect(found(first, PLANTED.key)).toEqual([]);
    expect(found(first, PLANTED.value)).toEqual(expect.arrayContaining(['table', 'json', 'rows']));
    const both = await outputsOf(['--hash-keys', '--hide-values']);
    expect(found(both, PLANTED.key)).toEqual([]);
    expect(found(both, PLANTED.value)).toEqual([]);
    const pseudonyms = (text = '') => text.match(/#[0-9a-f]{24}/g) ?? [];
    const all = new Set(pseudonyms(both.get('rows')));
    expect(all.size).toBe(40 + 3);
    expect(pseudonyms(first.get('rows')).filter((each) => !all.has(each))).toEqual([]);
    const shown = pseudonyms(both.get('json'));
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.filter((each) => !all.has(each))).toEqual([]);
    expect(both.get('table')).toContain('keys that are hidden were not compared');
    expect(both.get('html')).toContain('There is no map of where rows differ, because keys are hidden.');
  });

  it('are told to a program as they are to files', async () => {
    const settings = { source: source.url, target: target.url, workers: 1 };
    const tables = { failing: conditions };
    for (const [hiding, planted] of [
      [{ showValues: false }, [PLANTED.value]],
      [{ showValues: false, hashKeys: true }, [PLANTED.value, PLANTED.key]],
    ] as const) {
      const told = await tell({ ...settings, tableSettings: tables, ...hiding });
      for (const each of planted) expect(told).not.toMatch(each);
      expect(told).toContain('row:differs');
      expect(told).toContain('chunk:unverified');
    }
    const shown = await tell({ ...settings, tableSettings: tables });
    for (const planted of [PLANTED.value, PLANTED.key]) expect(shown).toMatch(planted);
  });

  async function tell(settings: VerifySettings): Promise<string> {
    const key = process.env.ROWPROOF_KEY;
    process.env.ROWPROOF_KEY = SECRET.ROWPROOF_KEY;
    const events: RunEvent[] = [];
    try {
      const outcome = await verify(resolveConfig(settings), { onEvent: (event) => void events.push(event) });
      const rows = [];
      for await (const row of outcome.differences()) rows.push(row);
      await outcome.close();
      return JSON.stringify([events, rows, outcome.result]);
    } finally {
      if (key === undefined) delete process.env.ROWPROOF_KEY;
      else process.env.ROWPROOF_KEY = key;
    }
  }

  it('are refused where keys would be hashed without a secret, or with one that can be guessed', async () => {
    const without = await runCli(['verify', ...urls, '--hash-keys']);
    expect(without.exitCode).toBe(2);
    expect(without.stderr).toContain('Expected a secret for --hash-keys, found none.');
    expect(without.stderr).toContain('ROWPROOF_KEY');
    const short = await runCli(['verify', ...urls, '--hash-keys'], { env: { ROWPROOF_KEY: 'short' } });
    expect(short.exitCode).toBe(2);
    expect(short.stderr).toContain('ROWPROOF_KEY holds 5 bytes, and a secret has 16 at least');
    const vain = await runCli(['verify', ...urls, '--show-columns', 'numbered.status']);
    expect(vain.stderr).toContain('Expected --show-columns with --hide-values only.');
    const unknown = await runCli(['verify', ...urls, '--hide-values', '--show-columns', 'numbered.nope']);
    expect(unknown.stderr).toContain('--show-columns says "numbered.nope"');
    const repair = await runCli(['verify', ...urls, '--hash-keys', '--repair', join(folder, 'x.sql')], {
      env: SECRET,
    });
    expect(repair.stderr).toContain('Expected --repair or --hash-keys, got both.');
  });
});
