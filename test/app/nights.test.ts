import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RowDifference } from '../../src/core/difference.js';
import { useDatabase } from '../support/database.js';
import { runHere } from '../support/run-here.js';

const SECRET = 'a secret of the test that is long enough';
const ROWS = 40;

/** A day so many days from now, as a waiver has it. */
const dayIn = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Two databases that hold the same rows, and a folder with a secret beside the one that it protects. */
function useNights() {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const home = mkdtempSync(join(tmpdir(), 'rowproof-nights-'));
  const place = (name: string): string => join(home, name);
  const keyFile = place('key/secret');
  const work = place('work/waivers.yaml');
  beforeAll(async () => {
    mkdirSync(place('key'));
    mkdirSync(place('work'));
    writeFileSync(keyFile, `${SECRET}\n`, { mode: 0o600 });
    const rows = Array.from({ length: ROWS }, (_, id) => `(${id}, 'Name of ${id}', ${id * 10})`).join(', ');
    const table = `CREATE TABLE users (id int PRIMARY KEY, name varchar(60), credit int);
      INSERT INTO users VALUES ${rows}; CREATE TABLE places (id int PRIMARY KEY); INSERT INTO places VALUES (1)`;
    await source.run(table);
    await target.run(table);
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const run = async (...flags: string[]) => {
    const urls = ['--source', source.url, '--target', target.url];
    const outputs = [`json=${place('run.json')}`, `html=${place('run.html')}`, 'table'];
    const { exitCode, stdout, stderr } = await runHere([
      ...['verify', '--no-config', ...urls, '--workers', '1', '--key-file', keyFile, '--quiet'],
      ...outputs.flatMap((each) => ['--report', each]),
      ...['--differences', place('rows.ndjson'), ...flags],
    ]);
    const result = JSON.parse(readFileSync(place('run.json'), 'utf8'));
    return { exitCode, result, said: stderr, last: stdout.trimEnd().split('\n').at(-1) ?? '' };
  };
  const accept = (command: readonly string[], ...flags: string[]) =>
    runHere([...command, place('run.json'), '--key-file', keyFile, ...flags]);
  return { source, target, place, keyFile, work, run, accept };
}

const codesOf = (result: { findings: { code: string }[] }): string[] =>
  result.findings.map(({ code }) => code).filter((code) => code.startsWith('waiver'));

describe('a sequence of nights', () => {
  const { target, place, work, run, accept } = useNights();
  const history = place('history');
  const night = () => run('--history', history, '--waivers', work);
  beforeAll(() => writeFileSync(work, ''));

  it('begins clean', async () => {
    const { exitCode, last } = await night();
    expect({ exitCode, verdict: last.split(':')[0] }).toEqual({ exitCode: 0, verdict: 'VERIFIED' });
  });

  it('is different once rows are damaged, and again when it is retried', async () => {
    await target.run(
      "UPDATE users SET credit = 99 WHERE id IN (3, 4); DELETE FROM users WHERE id = 7; INSERT INTO users VALUES (900, 'x', 1)",
    );
    for (const _ of [1, 2]) {
      const { exitCode, result } = await night();
      expect({ exitCode, totals: result.totals }).toMatchObject({
        exitCode: 1,
        totals: { missing: 1, extra: 1, changed: 2 },
      });
    }
  });

  it('is waived once somebody answers for the rows, and never called verified', async () => {
    const flags = ['--differences', place('rows.ndjson'), '--rows', 'all', '--waivers', work];
    const who = ['--owner', 'ops', '--reason', 'pilot rows', '--expires', dayIn(20)];
    expect(await accept(['waive'], ...flags, ...who)).toMatchObject({ exitCode: 0, stderr: '' });
    const { exitCode, result, last, said } = await night();
    expect(exitCode).toBe(0);
    expect(said).toContain('Waivers: 4 entries of ');
    expect(last).toMatch(
      /^EQUAL BUT FOR 4 WAIVED ROWS: 2 tables, .*; 1 missing, 1 extra, 2 changed, 4 of them waived, /,
    );
    expect(result).toMatchObject({
      verdict: 'waived',
      totals: { missing: 1, extra: 1, changed: 2, waived: 4 },
    });
    expect(result.waivers).toEqual([
      { table: 'public.users', owner: 'ops', reason: 'pilot rows', expires: dayIn(20), rows: 4 },
    ]);
    expect(codesOf(result)).toEqual([]);
    const [users] = result.tables.filter((table: { target: string }) => table.target === 'public.users');
    expect(users.sample.map((row: RowDifference) => row.waived?.reason)).toEqual(Array(4).fill('pilot rows'));
    const [, ...rows] = readFileSync(place('rows.ndjson'), 'utf8').trimEnd().split('\n');
    expect(rows.map((row) => JSON.parse(row).waived.owner)).toEqual(['ops', 'ops', 'ops', 'ops']);
    expect(readFileSync(place('run.html'), 'utf8')).toContain('Waived: 4 rows of public.users, by ops until');
  });

  it('has a saved result that says the same again', async () => {
    const { exitCode, stdout } = await runHere(['report', place('run.json'), '--quiet']);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^EQUAL BUT FOR 4 WAIVED ROWS: /),
    });
  });

  it('leaves waived rows out of repair SQL, and says so', async () => {
    const { exitCode } = await run('--waivers', work, '--repair', place('fix.sql'));
    const sql = readFileSync(place('fix.sql'), 'utf8');
    expect(exitCode).toBe(0);
    expect(sql).toContain('4 rows are waived and left alone');
    expect(sql).toContain(`it is waived until ${dayIn(20)} by ops: pilot rows`);
    expect(sql).not.toMatch(/^(UPDATE|INSERT|DELETE)/m);
  });

  it('is different where a waived row is damaged anew', async () => {
    await target.run('UPDATE users SET credit = 98 WHERE id = 3');
    const { exitCode, result } = await night();
    expect({ exitCode, verdict: result.verdict, totals: result.totals }).toMatchObject({
      exitCode: 1,
      verdict: 'different',
      totals: { changed: 2, waived: 3 },
    });
    expect(codesOf(result)).toEqual(['waiver-unused']);
    await target.run('UPDATE users SET credit = 99 WHERE id = 3');
  });

  it('is different once the waivers have expired, each of which is named', async () => {
    writeFileSync(work, readFileSync(work, 'utf8').replaceAll(dayIn(20), dayIn(-1)));
    const { exitCode, result, said } = await night();
    expect(said).toContain('4 of them expired');
    expect({ exitCode, waived: result.totals.waived, codes: codesOf(result) }).toEqual({
      exitCode: 1,
      waived: undefined,
      codes: Array.from({ length: 4 }, () => 'waiver-expired'),
    });
  });

  it('ends healed, and the history tells all of it', async () => {
    await target.run(
      "UPDATE users SET credit = id * 10 WHERE id < 100; INSERT INTO users VALUES (7, 'Name of 7', 70); DELETE FROM users WHERE id = 900",
    );
    writeFileSync(work, '');
    const { exitCode, result } = await night();
    expect({ exitCode, verdict: result.verdict }).toEqual({ exitCode: 0, verdict: 'verified' });
    const told = await runHere(['history', history]);
    expect(told.stdout.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'NIGHT')).toMatchInlineSnapshot(`
      "public.users
      run began (UTC)      verdict    differ  waived  new     persist  healed
      ───────────────────  ─────────  ──────  ──────  ───  ──────────  ──────
      NIGHT  verified        0       0    0           0       0
      NIGHT  different       4       0    4           0       0
      NIGHT  different       4       0    0           4       0
      NIGHT  waived          4       4    0           4       0
      NIGHT  different       4       3    0  4 (1 anew)       0
      NIGHT  different       4       0    0  4 (1 anew)       0
      NIGHT  verified        0       0    0           0       4

      1 table never differed as far as it was looked at.

      7 runs.
      "
    `);
    expect(readFileSync(place('run.html'), 'utf8')).toContain('The last runs');
    const again = ['--report', `html=${place('again.html')}`, '--history', history];
    expect((await runHere(['report', place('run.json'), ...again])).exitCode).toBe(0);
    expect(readFileSync(place('again.html'), 'utf8')).toContain('The last runs');
  });

  it('leaves nothing of the rows and the secret in any file of the history', () => {
    const texts = readdirSync(history).map((name) => readFileSync(join(history, name), 'utf8'));
    expect(texts).toHaveLength(7);
    for (const text of texts) expect(text).not.toMatch(/Name of|900|a secret/);
  });
});

describe('rows without a key', () => {
  const { source, target, place, work, run, accept } = useNights();
  beforeAll(async () => {
    await source.run(
      "CREATE TABLE visits (page text, n int); INSERT INTO visits VALUES ('a', 1), ('a', 1), ('b', 2)",
    );
    await target.run("CREATE TABLE visits (page text, n int); INSERT INTO visits VALUES ('a', 1), ('c', 3)");
  });
  const night = () => run('--waivers', work, '--history', place('history'), '--log', place('run.log'));

  it('are waived with the number of their copies, by a log that says nothing of the secret', async () => {
    writeFileSync(work, '');
    expect((await night()).result.totals).toMatchObject({ missing: 2, extra: 1 });
    const who = ['--owner', 'ops', '--reason', 'r', '--expires', dayIn(2), '--waivers', work];
    await accept(['waive'], '--differences', place('rows.ndjson'), '--rows', 'all', ...who);
    expect(await night()).toMatchObject({
      exitCode: 0,
      result: { verdict: 'waived', totals: { waived: 3 } },
    });
    await target.run("INSERT INTO visits VALUES ('c', 3)");
    expect(await night()).toMatchObject({ exitCode: 1, result: { totals: { waived: 2, extra: 2 } } });
    const { stdout } = await runHere(['history', place('history'), '--json']);
    const sums = JSON.parse(stdout).nights.map(({ tables }: { tables: readonly { table: string }[] }) =>
      tables.find(({ table }) => table === 'public.visits'),
    );
    expect(sums.at(-1)).toMatchObject({ new: 0, again: 1, healed: 0 });
    expect(readFileSync(place('run.log'), 'utf8')).not.toContain(SECRET);
    for (const name of ['run.json', 'run.html', 'rows.ndjson'])
      expect(readFileSync(place(name), 'utf8')).not.toContain(SECRET);
  });
});

describe('rows whose values are hidden', () => {
  const { source, target, place, keyFile, work, run, accept } = useNights();
  const rows = place('rows.ndjson');
  const who = ['--owner', 'ops', '--reason', 'r', '--expires', dayIn(2), '--waivers', work];
  beforeAll(() => target.run("UPDATE users SET name = 'planted value' WHERE id = 5"));

  it('are waived and known by their hashes, which show nothing of them', async () => {
    await run('--hide-values');
    expect(readFileSync(rows, 'utf8')).not.toMatch(/planted|Name of/);
    const baseline = ['--because', 'b', '--baseline', place('work/b.json')];
    expect(await accept(['waive'], '--differences', rows, '--rows', 'all', ...who)).toMatchObject({
      exitCode: 0,
    });
    expect(await accept(['baseline', 'accept'], '--differences', rows, ...baseline)).toMatchObject({
      exitCode: 0,
    });
    expect(await run('--waivers', work)).toMatchObject({ exitCode: 0, result: { verdict: 'waived' } });
    const known = await run('--fail-on', 'new', '--baseline', place('work/b.json'));
    expect(known).toMatchObject({ exitCode: 0, result: { baseline: { known: 1, new: 0 } } });
  });

  it('are not waived with another secret, nor where verify had none', async () => {
    await run('--hide-values');
    writeFileSync(keyFile, 'another secret that is long enough', { mode: 0o600 });
    const waive = () =>
      accept(['waive'], '--differences', rows, '--rows', 'all', ...who.slice(0, -1), place('w2'));
    expect(await waive()).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('another one is given'),
    });
    const urls = ['--source', source.url, '--target', target.url];
    const outputs = ['--differences', rows, '--report', `json=${place('run.json')}`];
    await runHere(['verify', '--no-config', ...urls, '--workers', '1', '--hide-values', ...outputs]);
    expect(await waive()).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('no secret was given then'),
    });
  });
});

describe('a waiver of a cause', () => {
  const { target, place, work, run, accept } = useNights();
  const night = () => run('--waivers', work);
  beforeAll(async () => {
    await target.run('UPDATE users SET name = upper(name) WHERE id < 30');
    await run();
    const what = ['--cause', 'letter-case', '--table', 'public.users', '--waivers', work];
    const who = ['--owner', 'ops', '--reason', 'upper case now', '--expires', dayIn(20)];
    expect(await accept(['waive'], ...what, ...who)).toMatchObject({ exitCode: 0 });
  });

  it('forgives the rows that show it', async () => {
    const { exitCode, result } = await night();
    expect({ exitCode, waivers: result.waivers }).toEqual({
      exitCode: 0,
      waivers: [expect.objectContaining({ cause: { column: 'name', code: 'letter-case' }, rows: 30 })],
    });
  });

  it('forgives no row that differs in another column too', async () => {
    await target.run('UPDATE users SET credit = 1 WHERE id = 5');
    const { exitCode, result } = await night();
    expect({ exitCode, totals: result.totals }).toMatchObject({
      exitCode: 1,
      totals: { changed: 30, waived: 29 },
    });
    await target.run('UPDATE users SET credit = 50 WHERE id = 5');
  });

  it('forgives none where more rows show it than were accepted', async () => {
    await target.run('UPDATE users SET name = upper(name) WHERE id < 31');
    const { exitCode, result } = await night();
    expect({ exitCode, waived: result.totals.waived, codes: codesOf(result) }).toEqual({
      exitCode: 1,
      waived: undefined,
      codes: ['waiver-exceeded'],
    });
    await target.run("UPDATE users SET name = 'Name of 30' WHERE id = 30");
  });

  it('forgives none where it is no longer proved', async () => {
    await target.run("UPDATE users SET name = 'somebody else' WHERE id = 35");
    const { exitCode, result } = await night();
    expect({ exitCode, waived: result.totals.waived, codes: codesOf(result) }).toEqual({
      exitCode: 1,
      waived: undefined,
      codes: ['waiver-unproved'],
    });
    await target.run("UPDATE users SET name = 'Name of 35' WHERE id = 35");
  });

  it.each([
    ['--tables', 'places'],
    ['--where', 'users:id > 35'],
    ['--mode', 'spot', '--ratio', '10%'],
  ])('is not called unused where the rows were not all looked at: %s %s', async (...flags) => {
    const { result } = await run('--waivers', work, ...flags);
    expect(codesOf(result)).not.toContain('waiver-unused');
  });

  it('is called unused where nothing of it is left', async () => {
    await target.run("UPDATE users SET name = 'Name of ' || id");
    expect(codesOf((await night()).result)).toEqual(['waiver-unused']);
    await target.run('UPDATE users SET name = upper(name) WHERE id < 30');
  });

  it('hides nothing that was not checked', async () => {
    await target.run('ALTER TABLE places ADD note text');
    const { exitCode, result } = await run('--waivers', work, '--min-rows', '1000');
    expect({ exitCode, verdict: result.verdict, waived: result.totals.waived }).toEqual({
      exitCode: 3,
      verdict: 'unverified',
      waived: 30,
    });
    expect(readFileSync(place('run.html'), 'utf8')).toContain(
      'no difference was found but for 30 waived rows',
    );
  });
});

describe('a baseline', () => {
  const { target, place, run, accept } = useNights();
  const baseline = place('work/baseline.json');
  const night = (...flags: string[]) => run('--fail-on', 'new', '--baseline', baseline, ...flags);
  beforeAll(() => target.run('UPDATE users SET credit = 99 WHERE id IN (3, 4)'));

  it('that is not there makes all new', async () => {
    const { exitCode, last, said } = await night();
    expect({ exitCode, last }).toEqual({
      exitCode: 1,
      last: expect.stringMatching(/^DIFFERENT: 2 rows, 2 new since there is no baseline; /),
    });
    expect(said).toContain('No baseline: cannot read ');
  });

  it('lets a run pass in which nothing is new, which stays different', async () => {
    const flags = ['--differences', place('rows.ndjson'), '--because', 'known', '--baseline', baseline];
    expect(await accept(['baseline', 'accept'], ...flags)).toMatchObject({ exitCode: 0, stderr: '' });
    const { exitCode, result, last } = await night();
    const today = new Date().toISOString().slice(0, 10);
    expect({ exitCode, verdict: result.verdict, last }).toEqual({
      exitCode: 0,
      verdict: 'different',
      last: expect.stringContaining(`DIFFERENT: 2 rows, none new against the baseline of ${today}; 2 tables`),
    });
    expect((await runHere(['report', place('run.json'), '--quiet'])).exitCode).toBe(0);
  });

  it('is not moved by the run that it lets pass', async () => {
    await target.run('UPDATE users SET credit = 98 WHERE id = 4; DELETE FROM users WHERE id = 1');
    for (const _ of [1, 2]) {
      const { exitCode, result } = await night();
      expect({ exitCode, baseline: result.baseline }).toMatchObject({
        exitCode: 1,
        baseline: { known: 1, new: 2 },
      });
      const lines = readFileSync(place('rows.ndjson'), 'utf8').trimEnd().split('\n').slice(1);
      const marks = lines.map((line) => JSON.parse(line)).map((row) => [row.key.id, row.new]);
      expect(marks).toEqual([
        ['1', true],
        ['3', undefined],
        ['4', true],
      ]);
      const [users] = result.tables.filter((table: { target: string }) => table.target === 'public.users');
      expect([users.new, users.sample.map((row: RowDifference) => row.new)]).toEqual([
        2,
        [true, undefined, true],
      ]);
    }
    await target.run(
      "UPDATE users SET credit = 99 WHERE id = 4; INSERT INTO users VALUES (1, 'Name of 1', 10)",
    );
  });

  it('lets none pass in which something was not checked', async () => {
    expect((await night('--min-rows', '1000')).exitCode).toBe(3);
  });

  it('knows a table without a partner as well', async () => {
    await target.run('DROP TABLE places');
    expect((await night()).exitCode).toBe(1);
    const flags = ['--differences', place('rows.ndjson'), '--because', 'dropped', '--baseline', baseline];
    await accept(['baseline', 'accept'], ...flags);
    expect((await night()).exitCode).toBe(0);
    const { earlier, because } = JSON.parse(readFileSync(baseline, 'utf8'));
    expect({ because, earlier }).toMatchObject({ because: 'dropped', earlier: [{ because: 'known' }] });
  });

  it('that was written with another secret makes all new', async () => {
    writeFileSync(place('key/secret'), 'another secret that is long enough', { mode: 0o600 });
    const { exitCode, said } = await night();
    expect({ exitCode, said }).toEqual({ exitCode: 1, said: expect.stringContaining('with another secret') });
  });
});
