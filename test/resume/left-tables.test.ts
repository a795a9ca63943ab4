import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunResult, TableResult } from '../../src/core/result.js';
import { compare, tableResult } from '../app/compare.js';
import { type TestDatabase, useDatabase } from '../support/database.js';
import { runHere } from '../support/run-here.js';
import { fillTable } from '../traps/type-words.js';
import {
  keptRuns,
  makeRunFolder,
  type RunFolder,
  readOutputs,
  sideFlags,
  waitingRuns,
} from './run-folder.js';
import { runSitting, type SittingRun } from './run-sitting.js';

const ROWS = 120_000;
const CHUNK = 1000;
const MOST = 40;
/** Every fiftieth row holds another value, every thousandth is missing, and some are there in vain. */
const CHANGED_EVERY = 50;
const MISSING = Array.from({ length: ROWS / 1000 }, (_, at) => at * 1000 + 7);
const EXTRA = [ROWS + 1, ROWS + 2];
const CHANGED = Array.from({ length: ROWS / CHANGED_EVERY }, (_, at) => (at + 1) * CHANGED_EVERY);
const ALL = { missing: MISSING.length, extra: EXTRA.length, changed: CHANGED.length };
/** Rows of `heap` that hold another value on the target: each is a missing and an extra one. */
const HEAP_CHANGED = 200;

async function makeTables(source: TestDatabase, target: TestDatabase): Promise<void> {
  for (const side of [source, target]) {
    await side.run(`CREATE TABLE many (id int PRIMARY KEY, word varchar(20));
      CREATE TABLE few (id int PRIMARY KEY, word varchar(20)); CREATE TABLE same (id int PRIMARY KEY);
      CREATE TABLE heap (n int, word varchar(20))`);
    await fillTable(side, { table: 'many', count: ROWS, select: `n, concat('Word ', n)` });
    await fillTable(side, { table: 'few', count: 100, select: `n, concat('word ', n)` });
    await fillTable(side, { table: 'same', count: 100, select: 'n' });
    await fillTable(side, { table: 'heap', count: 1000, select: `n, concat('word ', n)` });
  }
  await target.run(`UPDATE many SET word = upper(word) WHERE id % ${CHANGED_EVERY} = 0;
    DELETE FROM many WHERE id IN (${MISSING.join(', ')});
    INSERT INTO many VALUES ${EXTRA.map((id) => `(${id}, 'extra')`).join(', ')};
    UPDATE few SET word = 'other' WHERE id IN (3, 50); DELETE FROM few WHERE id = 70;
    UPDATE heap SET word = 'other' WHERE n <= ${HEAP_CHANGED}`);
}

const countOf = ({ missing, extra, changed }: Pick<TableResult, 'missing' | 'extra' | 'changed'>): number =>
  missing + extra + changed;

const nextMonth = (): string => new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

/** What leaves a table knows no engine; `npm run test:long` tries the other way too. */
const WAYS = [
  { from: 'mariadb', to: 'postgresql' },
  { from: 'postgresql', to: 'mariadb' },
] as const;
const TRIED = process.env.ROWPROOF_TEST_PAIRS === 'all' ? WAYS : WAYS.slice(0, 1);

describe.each(TRIED)('a table that is left, $from to $to', ({ from, to }) => {
  const source = useDatabase(from);
  const target = useDatabase(to);
  let folder: RunFolder;

  beforeAll(() => makeTables(source, target));
  beforeEach(() => {
    folder = makeRunFolder();
  });
  afterEach(() => folder.remove());

  const verify = (
    flags: readonly string[],
    { outputs = folder.flags, chunkRows = CHUNK, recheckFor = '0s' } = {},
  ): Promise<SittingRun> =>
    runSitting([
      ...['verify', ...sideFlags(source, target), ...outputs, '--no-config', '--seed', '7'],
      ...['--chunk-rows', String(chunkRows), '--recheck-for', recheckFor, ...flags],
    ]);
  const resume = (flags: readonly string[] = []): Promise<SittingRun> =>
    runSitting(['resume', '--journal', folder.journal, ...sideFlags(source, target), ...flags]);
  const read = (name: string): string => readFileSync(join(folder.path, name), 'utf8');
  const result = (): RunResult => JSON.parse(read('run.json'));
  const table = (name: string): TableResult => {
    const found = result().tables.find((each) => each.source?.endsWith(`.${name}`));
    if (found === undefined) throw new Error(`No result of ${name}.`);
    return found;
  };
  const listRows = (): { readonly table: string; readonly kind: string; readonly key: { id: string } }[] =>
    read('rows.ndjson')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line));

  it.each([1, 4])(
    'differs at least in what was found, and leaves others alone, with %i lanes',
    async (workers) => {
      const run = await verify(['--max-differences', String(MOST), '--workers', String(workers)]);
      expect(run.exitCode).toBe(1);
      const many = table('many');
      expect(many).toMatchObject({ verdict: 'different', left: { mostDifferences: MOST } });
      expect(countOf(many)).toBeGreaterThanOrEqual(MOST);
      // A few chunks more than the one in which it was reached.
      expect(many.coverage.rows).toBeLessThanOrEqual(CHUNK * (2 + 2 * workers));
      expect(table('few')).toMatchObject({ verdict: 'different', missing: 1, extra: 0, changed: 2 });
      expect(table('few').left).toBeUndefined();
      expect(table('heap')).toMatchObject({ missing: HEAP_CHANGED, extra: HEAP_CHANGED });
      expect(table('same')).toMatchObject({ verdict: 'verified', sourceRows: 100 });
      expect(result().totals).toMatchObject({ left: 1, changed: many.changed + 2 });
      const known = { missing: new Set(MISSING), extra: new Set(EXTRA), changed: new Set(CHANGED) };
      const rows = listRows().filter((row) => row.table.endsWith('.many'));
      expect(rows).toHaveLength(countOf(many));
      for (const { kind, key } of rows)
        expect(known[kind as keyof typeof known].has(Number(key.id))).toBe(true);
    },
  );

  it('is told by each output not to be all that differs, and nothing of it is proved or repaired', async () => {
    const { path } = folder;
    const reports = ['markdown', 'html', 'junit', 'prometheus'].flatMap((format) => [
      ...['--report', `${format}=${join(path, format)}`],
    ]);
    const outputs = folder.flags.filter((flag) => flag !== '--quiet');
    const history = ['--history', join(path, 'history')];
    const left = ['--max-differences', String(MOST), '--workers', '1'];
    const run = await verify([...left, '--report', 'table', ...reports, ...history], { outputs });
    const many = table('many');
    const name = many.target ?? '';
    const counts = `${many.missing} missing, ${many.changed} changed`;
    const words = run.stdout.replaceAll(/\s+/g, ' ');
    expect(words).toContain(`DIFFERENT: 3 of 4 tables differ, and 1 of 4 tables was not fully checked.`);
    expect(words).toContain(`${name}: at least ${counts}`);
    expect(words).toMatch(
      new RegExp(
        `\\[table-left\\] At least ${countOf(many)} rows of ${name} differ: it was left at --max-differences ${MOST}, after 2,000 of about 1[\\d,]+ rows; rows with id > 2000 were not compared\\.`,
      ),
    );
    expect(words).toMatch(/DIFFERENT: 4 tables, 3,200 source .* rows read; at least 203 missing, 200 extra,/);
    expect(run.stderr).toContain(
      `${name}: left after ${countOf(many)} differing rows (--max-differences ${MOST})`,
    );
    expect(run.stderr).toContain(`Repair SQL has nothing for ${name}: the rest was not read`);
    expect(run.stderr).toMatch(/To go on: rowproof resume /);
    expect(many.diagnoses.map(({ cause, confidence }) => `${confidence} ${cause}`)).toEqual([
      'likely letter-case',
    ]);

    expect(JSON.parse(read('rows.ndjson').split('\n')[0] ?? '')).toMatchObject({
      format: 'rowproof/differences@1',
      partial: { left: [name] },
    });
    expect(read('repair.sql')).toContain(
      `WARNING: This file repairs no row of tables that were left at --max-differences, of which more rows may differ: ${name}.`,
    );
    expect(read('repair.sql')).not.toMatch(/(UPDATE|INSERT INTO|DELETE FROM) \S*many/);
    expect(read('repair.sql')).toMatch(/DELETE FROM \S*heap/);
    expect(read('markdown')).toMatch(
      /many`.*\*\*different\*\* \+ unverified, left early .*≥ 2,000 .*≥ 40 \|/,
    );
    expect(read('html')).toContain(`at least ${counts}`);
    expect(read('junit')).toContain(`<failure message="at least ${counts}."`);
    expect(read('prometheus')).toMatch(/^rowproof_left_tables\{.*\} 1$/m);
    expect(read('prometheus')).toMatch(/^rowproof_table_left\{.*many.*\} 1$/m);
    const trend = await runHere(['history', join(path, 'history')]);
    expect(trend.stdout).toMatch(new RegExp(`different +≥ ${countOf(many)} +0 +– +– +–`));
    const again = await runHere(['report', join(path, 'run.json'), '--report', 'table']);
    expect(again.stdout).toContain(`at least ${counts}`);
  });

  it('is read on by resume from where it was left, up to the next limit or to its end', async () => {
    const whole = makeRunFolder();
    await verify(['--workers', '2'], { outputs: whole.flags });
    const expected = readOutputs(whole);
    whole.remove();

    await verify(['--max-differences', String(MOST), '--workers', '2']);
    const before = table('many');
    // As far as it was read, and no further.
    expect((await resume(['--max-differences', String(MOST)])).exitCode).toBe(1);
    expect(table('many')).toMatchObject({ left: { mostDifferences: MOST }, verdict: 'different' });
    expect(countOf(table('many'))).toBeGreaterThanOrEqual(MOST);
    expect(table('many').coverage.rows).toBeLessThanOrEqual(before.coverage.rows + CHUNK * 4);
    expect(waitingRuns(folder)).toHaveLength(1);

    await resume(['--max-differences', '1000']);
    expect(table('many').left).toEqual({ ...before.left, mostDifferences: 1000 });
    expect(countOf(table('many'))).toBeGreaterThanOrEqual(1000);

    const last = await resume();
    expect(last.exitCode).toBe(1);
    expect(table('many')).toMatchObject({ ...ALL, sourceRows: ROWS });
    expect(readOutputs(folder)).toEqual(expected);
    expect(waitingRuns(folder)).toEqual([]);
  }, 120_000);

  it.each(['resume', 'verify --only'])(
    'is none that was read to its end: %s leaves no row of it',
    async (how) => {
      // So many ranges that not all of them are looked at again at once.
      await verify(['--workers', '1'], { chunkRows: 100 });
      const { rows, repair } = readOutputs(folder);
      const [run = ''] = keptRuns(folder);
      const again = await runSitting([
        ...[...how.split(' '), run, '--max-differences', '1'],
        ...[...sideFlags(source, target), ...folder.flags],
      ]);
      expect(again.exitCode).toBe(1);
      expect(again.stderr).not.toContain('To go on');
      expect(result().totals).not.toHaveProperty('left');
      expect(table('many')).toMatchObject({ ...ALL, sourceRows: ROWS });
      expect(table('heap')).toMatchObject({ missing: HEAP_CHANGED, extra: HEAP_CHANGED });
      expect(readOutputs(folder)).toMatchObject({ rows, repair });
      expect(waitingRuns(folder)).toEqual([]);
      expect(keptRuns(folder)).toEqual([run]);
    },
  );

  it('is left too where rows are looked at again before they count, long before all are read', async () => {
    await verify(['--max-differences', String(MOST), '--tables', 'many'], { recheckFor: '5s' });
    expect(table('many')).toMatchObject({ left: { mostDifferences: MOST }, verdict: 'different' });
    expect(table('many').coverage.rows).toBeLessThan(ROWS / 4);
  });

  it('is not left for rows that are known, where the job asks for new ones', async () => {
    const file = (name: string): string => join(folder.path, name);
    const flags = ['--tables', 'few', '--workers', '1', '--max-differences', '1'];
    const small = { chunkRows: 10 };
    await verify(['--tables', 'few']);
    const known = ['--baseline', file('known.json'), '--because', 'they are known'];
    const accepting = [
      'baseline',
      'accept',
      file('run.json'),
      '--differences',
      file('rows.ndjson'),
      ...known,
    ];
    expect((await runHere(accepting)).exitCode).toBe(0);
    expect((await verify([...flags, '--baseline', file('known.json')], small)).exitCode).toBe(1);
    expect(table('few').left).toBeDefined();
    const onNew = [...flags, '--baseline', file('known.json'), '--fail-on', 'new'];
    expect((await verify(onNew, small)).exitCode).toBe(0);
    expect(table('few')).toMatchObject({ new: 0, missing: 1, changed: 2 });
    expect(table('few').left).toBeUndefined();
  });

  it('is not left for rows that were accepted', async () => {
    const file = (name: string): string => join(folder.path, name);
    await verify(['--tables', 'few']);
    const why = ['--owner', 'ops@example.com', '--reason', 'a pilot', '--expires', nextMonth()];
    const rows = ['--differences', file('rows.ndjson'), '--rows', 'all', '--waivers', file('waivers.yaml')];
    const waived = await runHere(['waive', file('run.json'), ...rows, ...why]);
    expect(waived.exitCode).toBe(0);
    const flags = ['--tables', 'few', '--workers', '1', '--max-differences', '1'];
    const small = { chunkRows: 10 };
    expect((await verify([...flags, '--waivers', file('waivers.yaml')], small)).exitCode).toBe(0);
    expect(table('few')).toMatchObject({ verdict: 'waived', waived: 3 });
  });

  it('shuts the gate, with how much of it was not read', async () => {
    const sides = sideFlags(source, target);
    const asked = [
      ...sides,
      '--no-config',
      '--tables',
      'many',
      '--recheck-for',
      '0s',
      '--chunk-rows',
      '1000',
    ];
    await runHere(['verify', ...asked, ...folder.flags, '--max-differences', String(MOST)]);
    const found = new RegExp(
      `at least ${countOf(table('many'))} rows differ: it was left after .* and the rest was not read`,
    );
    const earlier = await runHere(['cutover', ...asked, '--rows', join(folder.path, 'run.json')]);
    expect(earlier.exitCode).toBe(1);
    expect(earlier.stdout.replaceAll(/\s+/g, ' ')).toMatch(found);
    const now = await runHere(['cutover', ...asked, '--max-differences', String(MOST)]);
    expect(now.exitCode).toBe(1);
    expect(now.stdout.replaceAll(/\s+/g, ' ')).toMatch(/at least \d+ rows differ: it was left after/);
  });

  it('in one part of a run is left in what the parts are merged into', async () => {
    const file = (name: string): string => join(folder.path, name);
    const sides = sideFlags(source, target);
    const asked = ['--no-config', '--tables', 'many', '--chunk-rows', '1000'];
    await runHere(['plan', ...sides, ...asked, '--parts', '2', '--output', file('plan.json')]);
    const part = (number: number, flags: readonly string[]) =>
      runHere([
        ...[
          'verify',
          ...sides,
          '--plan',
          file('plan.json'),
          '--part',
          String(number),
          '--no-journal',
          '--quiet',
        ],
        ...['--output', file(`part-${number}.json`), ...flags],
      ]);
    await part(1, ['--max-differences', String(MOST)]);
    await part(2, []);
    const outputs = ['--report', `json=${file('run.json')}`, '--differences', file('rows.ndjson')];
    const merged = await runHere(['merge', file('part-1.json'), file('part-2.json'), ...sides, ...outputs]);
    expect(merged.exitCode).toBe(1);
    const many = table('many');
    expect(many).toMatchObject({ verdict: 'different', left: { mostDifferences: MOST } });
    expect(many.findings.map(({ code }) => code)).toContain('table-left');
    expect(many.coverage.rows).toBeGreaterThan(ROWS / 4);
    expect(countOf(many)).toBeLessThan(countOf({ ...ALL }));
    expect(read('rows.ndjson')).toMatch(/^.*"partial":\{"left":\["[^"]*many"\]\}/);
  });
});

describe('a table that is not walked, or whose target is late', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const MOST_HEAP_ROWS = 210_000;
  const LATE = 60;

  beforeAll(async () => {
    for (const side of [source, target]) {
      const isSource = side === source;
      await side.run('CREATE TABLE heap (n int, w int); CREATE TABLE late (id int PRIMARY KEY, w int)');
      await fillTable(side, { table: 'heap', count: MOST_HEAP_ROWS, select: `n, ${isSource ? 0 : 1}` });
      await fillTable(side, {
        table: 'late',
        count: 300,
        select: isSource ? 'n, 1' : `n, CASE WHEN n <= ${LATE} THEN 0 ELSE 1 END`,
      });
    }
  });

  it('is left after the pass over all of its rows, of which it does not list all that differ', async () => {
    const run = await compare({ source, target, flags: { tables: 'heap', 'max-differences': '10' } });
    const heap = tableResult(run, 'heap');
    expect(heap).toMatchObject({
      verdict: 'different',
      sourceRows: MOST_HEAP_ROWS,
      targetRows: MOST_HEAP_ROWS,
    });
    expect(heap.left).toMatchObject({ mostDifferences: 10 });
    expect(countOf(heap)).toBeGreaterThanOrEqual(10);
    expect(countOf(heap)).toBeLessThan(2 * MOST_HEAP_ROWS);
    expect(run.differences).toHaveLength(countOf(heap));
    expect(run.events.filter(({ type }) => type === 'table:left')).toHaveLength(1);
    expect(heap.findings.map(({ message }) => message).join()).toContain(
      'it was left at --max-differences 10, before all that differ were looked at one by one.',
    );
  }, 120_000);

  it('is not left for rows that differed once and are equal when looked at again', async () => {
    let isUpToDate = false;
    const run = await compare({
      ...{ source, target },
      flags: { tables: 'late', 'max-differences': '10', 'recheck-for': '5s', 'chunk-rows': '50' },
      onEvent: async ({ type }) => {
        if (type !== 'chunk:held' || isUpToDate) return;
        isUpToDate = true;
        await target.run('UPDATE late SET w = 1');
      },
    });
    expect(isUpToDate).toBe(true);
    expect(tableResult(run, 'late')).toMatchObject({ verdict: 'verified', sourceRows: 300 });
    // The second chunk was read when the target had come up.
    expect(tableResult(run, 'late').inFlight).toBe(50);
    expect(run.events.some(({ type }) => type === 'table:left')).toBe(false);
  });
});
