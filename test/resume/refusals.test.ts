import { beforeAll, describe, expect, it } from 'vitest';
import type { SittingHead } from '../../src/state/journal/journal-format.js';
import { openTestDatabase, useDatabase } from '../support/database.js';
import { fillTable } from '../traps/type-words.js';
import {
  changeLine,
  keptRuns,
  makeRunFolder,
  plantRun,
  type RunFolder,
  readOnlyRun,
  sideFlags,
} from './run-folder.js';
import { runSitting } from './run-sitting.js';

const ROWS = 12;
const STOP_AFTER = 4;

/** A run that was stopped before its end; what it was asked is in the journal alone. */
async function stopRun(words: readonly string[]): Promise<RunFolder & { readonly run: string }> {
  const folder = makeRunFolder();
  let learned = 0;
  const { exitCode } = await runSitting(['verify', ...words, '--workers', '1', ...folder.flags], {
    onLearned: ({ interrupt }) => {
      learned++;
      if (learned === STOP_AFTER) interrupt();
    },
  });
  expect(exitCode).toBe(130);
  const { run, lines } = readOnlyRun(folder);
  plantRun(folder, { run, lines });
  return { ...folder, run };
}

describe('going on with a run', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const sides = (): readonly string[] => sideFlags(source, target);
  const pace = ['--chunk-rows', '3'];

  beforeAll(async () => {
    for (const side of [source, target]) {
      await side.run(
        'CREATE TABLE first (id int PRIMARY KEY, n int, word varchar(20)); CREATE TABLE second (id int PRIMARY KEY)',
      );
      await fillTable(side, { table: 'first', count: ROWS, select: 'n, n, NULL' });
      await fillTable(side, { table: 'second', count: ROWS, select: 'n' });
    }
  });

  it.each([
    {
      what: 'an altered column',
      change: 'ALTER TABLE first ALTER COLUMN word TYPE varchar(30)',
      back: 'ALTER TABLE first ALTER COLUMN word TYPE varchar(20)',
      says: 'public.first was altered on the target: column word is character varying(30) now, not character varying(20)',
    },
    {
      what: 'a new column',
      change: 'ALTER TABLE first ADD COLUMN more int',
      back: 'ALTER TABLE first DROP COLUMN more',
      says: 'public.first was altered on the target: it has another column now, more',
    },
    {
      what: 'a table that is gone',
      change: 'ALTER TABLE second RENAME TO third',
      back: 'ALTER TABLE third RENAME TO second',
      says: 'table public.second is no longer there, or has another partner',
    },
    {
      what: 'another key',
      change: 'ALTER TABLE first DROP CONSTRAINT first_pkey',
      back: 'ALTER TABLE first ADD PRIMARY KEY (id)',
      says: 'public.first was altered on the target: ',
    },
    {
      what: 'a table that was made anew',
      change:
        'CREATE TABLE fresh (LIKE second INCLUDING ALL); INSERT INTO fresh SELECT * FROM second; ALTER TABLE second RENAME TO old; ALTER TABLE fresh RENAME TO second',
      back: 'DROP TABLE second; ALTER TABLE old RENAME TO second',
      says: 'public.second was altered on the target: it was made anew, or its rows were moved to a new table',
    },
  ])('is refused after $what, by one sentence that names it', async ({ change, back, says }) => {
    const folder = await stopRun([...sides(), ...pace]);
    await target.run(change);
    const refused = await runSitting(['resume', ...sides(), ...folder.flags]);
    await target.run(back);
    expect(refused.exitCode).toBe(2);
    expect(refused.tasks).toEqual([]);
    expect(refused.stderr).toContain(`rowproof: Cannot go on with run ${folder.run}: ${says}`);
    expect(keptRuns(folder)).toEqual([folder.run]);
    const resumed = await runSitting(['resume', ...sides(), ...folder.flags]);
    if (change.includes('CONSTRAINT')) expect(resumed.exitCode).toBeLessThan(3);
    else expect(resumed).toMatchObject({ exitCode: 0 });
    expect(keptRuns(folder)).toEqual([]);
    folder.remove();
  });

  it('says how to give a password again, which no journal keeps, where the server asks for one', async () => {
    const folder = await stopRun([...sides(), ...pace]);
    const [, sourceUrl = ''] = sides();
    const [, , , targetUrl = ''] = sides();
    const again =
      '\n  Passwords of the URLs and of the config file that it began with are not kept: give --source URL or --target URL again, with the password.\n';
    const bare = await runSitting(['resume', ...folder.flags]);
    expect(bare.stderr).toMatch(/Cannot connect to the source .*Access denied/);
    expect(bare.stderr).toContain(again);
    const half = await runSitting(['resume', '--source', sourceUrl, ...folder.flags]);
    expect(half.stderr).toMatch(/Cannot connect to the target .*: The server asks for a password/);
    expect(half.stderr).toContain(again);
    const wrong = await runSitting([
      ...['resume', '--source', sourceUrl.replace(/:[^:@]+@/, ':wrong@'), '--target', targetUrl],
      ...folder.flags,
    ]);
    expect(wrong.stderr).toMatch(/Access denied/);
    expect(wrong.stderr).not.toContain('not kept');
    const unknown = await runSitting([
      'verify',
      '--no-config',
      '--source',
      'mysql://127.0.0.1:1/x',
      '--target',
      targetUrl,
    ]);
    expect(unknown.stderr).not.toContain('not kept');
    const resumed = await runSitting(['resume', ...sides(), ...folder.flags]);
    expect(resumed.exitCode).toBe(0);
    folder.remove();
  });

  it('is refused after another table has come', async () => {
    const folder = await stopRun([...sides(), ...pace]);
    for (const side of [source, target]) await side.run('CREATE TABLE late (id int PRIMARY KEY)');
    const { exitCode, stderr } = await runSitting(['resume', ...sides(), ...folder.flags]);
    for (const side of [source, target]) await side.run('DROP TABLE late');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(': there is another table now, public.late.');
    folder.remove();
  });

  it('is refused on another server and another schema, and with --same-data only on the latter', async () => {
    const folder = await stopRun([...sides(), ...pace]);
    const [otherTarget, otherSource] = [
      await openTestDatabase('postgresql'),
      await openTestDatabase('mariadb'),
    ];
    try {
      for (const other of [otherTarget, otherSource]) {
        await other.run(
          'CREATE TABLE first (id int PRIMARY KEY, n int, word varchar(20)); CREATE TABLE second (id int PRIMARY KEY)',
        );
        await other.run(
          Array.from(
            { length: ROWS },
            (_, at) => `INSERT INTO first VALUES (${at + 1}, ${at + 1}, NULL)`,
          ).join(';'),
        );
        await other.run(
          Array.from({ length: ROWS }, (_, at) => `INSERT INTO second VALUES (${at + 1})`).join(';'),
        );
      }
      const elsewhere = sideFlags(source, otherTarget);
      const refused = await runSitting(['resume', ...elsewhere, ...folder.flags]);
      expect(refused.exitCode).toBe(2);
      expect(refused.stderr).toMatch(
        /: another server answers as the target: it was system \d+, database \d+, primary, and is system \d+, database \d+, primary now\.\n.*--same-data/,
      );
      const schema = await runSitting([
        'resume',
        ...sideFlags(otherSource, target),
        ...folder.flags,
        '--same-data',
      ]);
      expect(schema.exitCode).toBe(2);
      expect(schema.stderr).toContain(
        `: the source was schema ${source.name}, and is ${otherSource.name} now.`,
      );
      const same = await runSitting([
        'resume',
        ...elsewhere,
        ...folder.flags,
        '--same-data',
        '--report',
        'json',
      ]);
      expect(same).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(same.stdout)).toMatchObject({
        verdict: 'verified',
        sittings: { count: 2, isSameData: true },
      });
    } finally {
      await otherTarget.drop();
      await otherSource.drop();
      folder.remove();
    }
  });

  it.each([
    ['encoding', { encoding: 0 }, 'values were compared in encoding 0, and this version uses 1'],
    ['time-zone data', { zones: '1999a' }, /time-zone data was 1999a, and is \S+ here/],
    ['rules', { askedHash: 'other' }, 'scope, mapping or rules are not those that it was asked with'],
  ])('is refused with other %s', async (_, changed, says) => {
    const folder = await stopRun([...sides(), ...pace]);
    const { run, lines } = readOnlyRun(folder);
    const [head = '', ...others] = lines;
    const told = changeLine<SittingHead>(head, (record) => ({
      ...record,
      facts: { ...record.facts, ...changed },
    }));
    plantRun(folder, { run, lines: [told, ...others] });
    const { exitCode, stderr } = await runSitting(['resume', ...sides(), ...folder.flags]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(says);
    folder.remove();
  });

  it('is not possible with a journal of another version', async () => {
    const folder = await stopRun([...sides(), ...pace]);
    const { run, lines } = readOnlyRun(folder);
    const [head = '', ...others] = lines;
    const told = changeLine<SittingHead>(head, (record) => ({ ...record, format: 'rowproof/journal@2' }));
    plantRun(folder, { run, lines: [told, ...others] });
    const { exitCode, stderr } = await runSitting(['resume', ...sides(), ...folder.flags]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'The journal has the format rowproof/journal@2, and this version reads rowproof/journal@1.',
    );
    folder.remove();
  });

  it('is not possible where several runs wait, or the only one is at work', async () => {
    const folder = await stopRun([...sides(), ...pace]);
    const { run, lines } = readOnlyRun(folder);
    plantRun(folder, { run: `${run}-2`, lines });
    const several = await runSitting(['resume', ...sides(), ...folder.flags]);
    expect(several.exitCode).toBe(2);
    expect(several.stderr).toContain(`2 runs wait to go on: ${run}, ${run}-2.`);
    folder.remove();
    const other = makeRunFolder();
    const refusals: Promise<unknown>[] = [];
    await runSitting(['verify', ...sides(), ...pace, '--workers', '1', ...other.flags], {
      onLearned: () => {
        if (refusals.length === 0) refusals.push(runSitting(['resume', ...sides(), ...other.flags]));
      },
    });
    expect(await refusals[0]).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^rowproof: Run \S+ seems to be at work still: process \d+ on /),
    });
    other.remove();
  });

  it.each(["n < 100 + 0 * date_part('day', now())", "word IS NULL OR word <> 'now'"])(
    'is said to be impossible from the beginning where a condition reads the clock: %s',
    async (condition) => {
      const folder = makeRunFolder();
      const flags = folder.flags.filter((flag) => flag !== '--quiet');
      const where = ['--where', 'first:n < 100', '--target-where', `first:${condition}`];
      const run = await runSitting(['verify', ...sides(), ...pace, ...where, ...flags]);
      expect(run.exitCode).toBe(0);
      expect(run.stderr).toContain(
        'This run cannot be resumed: the condition on first means other rows at another time.',
      );
      folder.remove();
    },
  );

  it('can be given up: a run that waits is listed without passwords, and deleted', async () => {
    const folder = await stopRun([...sides(), ...pace]);
    const { run } = folder;
    const runs = (...words: readonly string[]) => runSitting(['runs', '--journal', folder.journal, ...words]);
    const listed = await runs();
    expect(listed.exitCode).toBe(0);
    expect(listed.stdout).toMatch(
      new RegExp(
        `^${run}  waits; begun .* ago; 2 tables, 1 sitting, \\d+ kB\n  source mysql://.*\n  target postgres://.*\nKept in `,
      ),
    );
    expect(listed.stdout).not.toContain('verify:verify');
    expect(await runs('--delete', `${run}0`)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`There is no run ${run}0 in ${folder.journal}.`),
    });
    expect(await runs('--delete', run)).toMatchObject({ exitCode: 0, stdout: `Deleted ${run}.\n` });
    expect(await runs()).toMatchObject({ exitCode: 0, stdout: `No run is kept in ${folder.journal}.\n` });
    expect(await runs('--delete', 'all')).toMatchObject({
      stdout: `No run is kept in ${folder.journal} that could be deleted.\n`,
    });
    folder.remove();
  });
});
