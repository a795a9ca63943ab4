import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Coverage, overlaps } from '../../src/core/coverage.js';
import type { TableId } from '../../src/core/pairing.js';
import type { SittingRecord } from '../../src/state/journal/journal-format.js';
import { readRun } from '../../src/state/journal/read-sitting.js';
import { type TestEngine, useDatabase } from '../support/database.js';
import { runKilledSitting } from './killed-sitting.js';
import { MARK, makeTables, makeUndecided } from './resume-tables.js';
import {
  makeRunFolder,
  plantRun,
  type RunFolder,
  readOnlyRun,
  readOutputs,
  readRecord,
  sideFlags,
  waitingRuns,
} from './run-folder.js';
import { runSitting, type SittingRun } from './run-sitting.js';

/** Every stop, where somebody wants to wait for it; else each pair of sides and each mode has some of them. */
const TRIES_ALL = process.env.ROWPROOF_RESUME_STOPS === 'all';

let stops = 0;
afterAll(() => console.log(`${stops} runs were stopped and gone on with.`));

interface Whole {
  readonly folder: RunFolder;
  readonly run: string;
  readonly lines: readonly string[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly sitting: SittingRun;
}

/** A run that nobody stopped, with its journal. */
async function runWhole(words: readonly string[]): Promise<Whole> {
  const folder = makeRunFolder({ listsRows: !words.includes('count') });
  const sitting = await runSitting(['verify', ...words, ...folder.flags], { keepsJournal: true });
  expect(sitting).toMatchObject({ exitCode: 1, stderr: '' });
  return { folder, ...readOnlyRun(folder), outputs: readOutputs(folder), sitting };
}

type Learned = Extract<SittingRecord, { kind: 'learned' }>;

/** Which ranges these lines say need no reading, said once more. */
function readRanges(lines: readonly string[]) {
  const learned = lines.slice(1).map((line) => readRecord<Learned>(line));
  const ranges = learned.flatMap(({ table, record }) =>
    record?.kind === 'compared' && record.range !== null ? [{ table, ...record, range: record.range }] : [],
  );
  const differs = ({ rows }: (typeof ranges)[number]): boolean =>
    rows.counts.missing + rows.counts.extra + rows.counts.changed > 0 ||
    Object.keys(rows.undecidedColumns).length > 0;
  return { ranges, again: ranges.filter(differs) };
}

const count = ({ tasks }: SittingRun, kind: string): number =>
  tasks.filter((task) => task.kind === kind).length;

/** Nothing is asked for that an earlier sitting has compared. */
function expectNothingTwice(sitting: SittingRun, covered: ReadonlyMap<TableId, Coverage>): void {
  for (const task of sitting.tasks) {
    if (task.kind === 'chunk' || task.kind === 'checksum')
      expect(overlaps(covered.get(task.pairId) ?? [], task)).toBe(false);
  }
}

/** Goes on with a run of which only so many lines of the journal are there. */
async function goOn(whole: Whole, kept: number, sides: readonly string[]): Promise<SittingRun> {
  stops++;
  const folder = makeRunFolder({ listsRows: whole.outputs.repair !== '' });
  try {
    plantRun(folder, { run: whole.run, lines: whole.lines.slice(0, kept) });
    const saved = readRun(folder.journal, whole.run);
    const covered = new Map([...(saved?.progress ?? [])].map(([table, each]) => [table, each.coverage]));
    const sitting = await runSitting(['resume', ...sides, ...folder.flags]);
    expect(sitting.exitCode).toBe(1);
    expect(readOutputs(folder)).toEqual(whole.outputs);
    expect(waitingRuns(folder)).toEqual([]);
    expectNothingTwice(sitting, covered);
    return sitting;
  } finally {
    folder.remove();
  }
}

/** The lines after which to stop: behind the head and what was taken over, each or some of the others. */
function stopsOf({ lines }: Whole, stride: number): number[] {
  const all = Array.from({ length: lines.length - 1 }, (_, at) => at + 2);
  return TRIES_ALL ? all : all.filter((at) => (at - 2) % stride === 0 || at === lines.length);
}

function useSides(engines: { readonly source: TestEngine; readonly target: TestEngine }) {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);
  beforeAll(() => makeTables(source, target));
  return { source, target, sides: () => sideFlags(source, target) };
}

/**
 * Kills a process after so many records of what it learns, and others that go on with it after some more each, until one gets
 * to its end.
 */
async function killAgainAndAgain(words: readonly string[], sides: readonly string[], moreRecords: number) {
  const folder = makeRunFolder();
  let sittings = 1;
  let ended = await runKilledSitting(moreRecords, ['verify', ...words, ...folder.flags]);
  while (ended === null) {
    stops++;
    expectNoValues(folder);
    sittings++;
    ended = await runKilledSitting(sittings * moreRecords, ['resume', ...sides, ...folder.flags]);
  }
  return { folder, sittings };
}

/** Of rows that differ the journal has keys, and of no row anything else. */
function expectNoValues(folder: RunFolder): void {
  const text = readOnlyRun(folder).lines.join('\n');
  const bytes = [...text.matchAll(/"\$bytes":"([^"]*)"/g)].map(([, coded = '']) =>
    Buffer.from(coded, 'base64').toString('latin1'),
  );
  expect([text, ...bytes].filter((each) => each.includes(MARK))).toEqual([]);
}

describe('a run between two engines', () => {
  const { sides } = useSides({ source: 'mariadb', target: 'postgresql' });
  const how = ['--workers', '1', '--chunk-rows', '5', '--seed', '7'];

  it('that ends after any record is gone on with as if nobody had stopped it, and reads only what is open', async () => {
    const whole = await runWhole([...sides(), ...how]);
    expect(whole.lines.join('\n')).toContain('"$bytes"');
    expectNoValues(whole.folder);
    const { ranges } = readRanges(whole.lines);
    expect(ranges.length).toBe(count(whole.sitting, 'chunk'));
    for (const kept of stopsOf(whole, 9)) {
      const known = readRanges(whole.lines.slice(0, kept));
      const sitting = await goOn(whole, kept, sides());
      expect(count(sitting, 'chunk')).toBe(ranges.length - known.ranges.length);
      expect(count(sitting, 'look-again')).toBe(known.again.length);
    }
    whole.folder.remove();
  });

  it('ends the same where its process is killed, and each that goes on with it, again and again', async () => {
    const whole = await runWhole([...sides(), ...how]);
    for (const moreRecords of TRIES_ALL ? [1, 2, 3, 9] : [13]) {
      const { folder, sittings } = await killAgainAndAgain([...sides(), ...how], sides(), moreRecords);
      expect(sittings).toBeGreaterThan(2);
      expect(readOutputs(folder)).toEqual(whole.outputs);
      expect(waitingRuns(folder)).toEqual([]);
      folder.remove();
    }
    whole.folder.remove();
  });

  it('that two processes go on with at once ends the same in both', async () => {
    const whole = await runWhole([...sides(), ...how]);
    const [folder, other] = [makeRunFolder(), makeRunFolder()];
    plantRun(folder, { run: whole.run, lines: whole.lines.slice(0, whole.lines.length >> 1) });
    const place = other.flags.indexOf('--journal') + 1;
    const flags = other.flags.with(place, folder.journal);
    const both = await Promise.all([
      runSitting(['resume', ...sides(), ...folder.flags]),
      runSitting(['resume', ...sides(), ...flags]),
    ]);
    expect(both).toMatchObject([{ exitCode: 1 }, { exitCode: 1 }]);
    for (const each of [folder, other]) expect(readOutputs(each)).toEqual(whole.outputs);
    expect(waitingRuns(folder)).toEqual([]);
    for (const each of [folder, other, whole.folder]) each.remove();
  });

  it.each([
    ['with two workers', ['--workers', '2', '--chunk-rows', '5'], 19],
    ['that only draws a sample', ['--workers', '1', '--mode', 'spot', '--ratio', '0.5'], 21],
    ['that only counts', ['--workers', '1', '--mode', 'count'], 7],
    ['that asks the servers for checksums in vain', ['--workers', '1', '--checksum-on', 'server'], 27],
    ['with conditions', ['--workers', '1', '--chunk-rows', '5', '--where', 'walked:id > 55'], 27],
  ])('%s is gone on with', async (_, words, stride) => {
    const whole = await runWhole([...sides(), ...words]);
    for (const kept of stopsOf(whole, stride)) await goOn(whole, kept, sides());
    whole.folder.remove();
  });
});

describe('rows that differed before a stop', () => {
  const { source, target, sides } = useSides({ source: 'mariadb', target: 'postgresql' });

  it('are looked at again: what became equal, or is gone, is in flight, and the others are as they are now', async () => {
    const whole = await runWhole([...sides(), '--workers', '1', '--chunk-rows', '5', '--tables', 'walked']);
    await target.run(`UPDATE walked SET word = '${MARK} 5' WHERE id = 50;
      UPDATE walked SET word = '${MARK} again' WHERE id = 60; DELETE FROM walked WHERE id = 240`);
    await source.run('DELETE FROM walked WHERE id = 120');
    const folder = makeRunFolder();
    plantRun(folder, whole);
    const sitting = await runSitting(['resume', ...sides(), ...folder.flags]);
    expect(sitting).toMatchObject({ exitCode: 1 });
    expect(new Set(sitting.tasks.map(({ kind }) => kind))).toEqual(new Set(['look-again']));
    const { result, rows } = readOutputs(folder);
    expect(result).toMatchObject({ totals: { missing: 1, extra: 1, changed: 2, inFlight: 2 } });
    const [, ...found] = (rows as string[]).filter((line) => line !== '').map((line) => JSON.parse(line));
    expect(found.map(({ kind, key }) => `${kind} ${key.id}`)).toEqual([
      'changed 10',
      'changed 60',
      'extra 125',
      'missing 240',
    ]);
    expect(found[1].target).toEqual({ word: `${MARK} again` });
    for (const each of [folder, whole.folder]) each.remove();
  });
});

describe('a run within one engine', () => {
  const { sides } = useSides({ source: 'mariadb', target: 'mariadb' });

  it.each([
    ['that hashes rows itself', ['--checksum-on', 'client'], 27],
    ['that has the servers hash rows', ['--checksum-on', 'server'], 19],
  ])('%s is gone on with', async (_, words, stride) => {
    const whole = await runWhole([...sides(), '--workers', '1', '--chunk-rows', '5', ...words]);
    for (const kept of stopsOf(whole, stride)) await goOn(whole, kept, sides());
    whole.folder.remove();
  });
});

describe('a run with columns that nothing can decide on', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');
  beforeAll(async () => {
    await makeUndecided(source, target);
    for (const side of [source, target]) await side.run('CREATE TABLE whole (id int PRIMARY KEY)');
    await target.run('INSERT INTO whole VALUES (1)');
  });

  it('is gone on with', async () => {
    const sides = sideFlags(source, target);
    const whole = await runWhole([...sides, '--workers', '1', '--chunk-rows', '5']);
    expect(readRanges(whole.lines).again.length).toBeGreaterThan(1);
    for (const kept of stopsOf(whole, 3)) await goOn(whole, kept, sides);
    whole.folder.remove();
  });
});
