import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NONE_UNFOUND } from '../../src/core/chunk.js';
import type { ComparisonFacts } from '../../src/core/comparison-facts.js';
import type { TableId } from '../../src/core/pairing.js';
import { sittingPath } from '../../src/state/journal/journal-folder.js';
import { formatLine } from '../../src/state/journal/journal-line.js';
import { readHead, readRun, type SavedRun } from '../../src/state/journal/read-sitting.js';
import { type JournalRequest, RunJournal } from '../../src/state/journal/run-journal.js';
import type { TableRecord } from '../../src/state/table-record.js';

const TABLE = 'shop.orders' as TableId;
const FACTS = { seed: '7', tables: [] } as unknown as ComparisonFacts;
/** Larger than the buffer that a journal is read by, with characters of several bytes at its edges. */
const LONG_TEXT = '€'.repeat(500_000);

let folder: string;
const failures: unknown[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-journal-'));
  failures.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** That the rows up to a key are equal, behind those up to the key before. */
function equalUpTo(key: number): TableRecord {
  const bound = (value: number) => (value === 0 ? null : [{ kind: 'int', value: BigInt(value) } as const]);
  return {
    kind: 'compared',
    part: 0,
    range: { after: bound(key - 1), upTo: bound(key) },
    hasher: 'client',
    rows: {
      sourceRows: 1,
      targetRows: 1,
      counts: { missing: 0, extra: 0, changed: 0, inFlight: 0 },
      changedColumns: {},
      undecidedColumns: {},
    },
    unfound: NONE_UNFOUND,
    stored: { part: 3, start: 0, end: 5 },
    keys: null,
  };
}

function openJournal(earlier: SavedRun | null = null, request: Partial<JournalRequest> = {}): RunJournal {
  const journal = new RunJournal({
    folder,
    earlier,
    asked: { words: 'any' },
    flushMs: 0,
    lastingName: null,
    keepsDifferences: false,
    now: () => new Date('2026-11-29T02:14:09Z'),
    onFailure: (error) => failures.push(error),
    ...request,
  });
  journal.begin(FACTS, earlier?.progress ?? new Map());
  return journal;
}

/** A run that was stopped after it had read the rows up to a key. */
function stopAfter(key: number): RunJournal {
  const journal = openJournal();
  for (let at = 1; at <= key; at++) journal.record(TABLE, equalUpTo(at));
  journal.abandon();
  return journal;
}

/** Up to which key a run needs no reading. */
function readUpTo(run: string): number | null {
  const progress = readRun(folder, run)?.progress.get(TABLE);
  return progress === undefined ? null : Number(progress.coverage[0]?.upTo?.[0]?.value ?? 0);
}

describe('a journal', () => {
  it('says what was learned, and nothing of where rows lie in files that are gone', () => {
    const { run } = stopAfter(3);
    const saved = readRun(folder, run);
    expect(saved?.head).toMatchObject({ run, sitting: 1, takesOver: null, pid: process.pid, facts: FACTS });
    expect(saved?.bytes).toBe(statSync(sittingPath(folder, run, 1)).size);
    expect(saved?.progress.get(TABLE)?.clean).toMatchObject([{ chunks: 3, sitting: 1 }]);
    expect(readFileSync(sittingPath(folder, run, 1), 'utf8')).not.toMatch(/"part":3,"start"/);
    expect(statSync(sittingPath(folder, run, 1)).mode & 0o777).toBe(0o600);
  });

  it('is not there before it is written for the first time', () => {
    const journal = openJournal(null, { flushMs: 60_000 });
    journal.record(TABLE, equalUpTo(1));
    expect(readdirSync(folder)).toEqual([]);
    expect(journal.isKept).toBe(false);
    journal.flush();
    expect(readUpTo(journal.run)).toBe(1);
    journal.end({ verdict: 'verified', open: 0, differs: false });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['stays where something is open, with its result', { open: 1, differs: false }, true],
    ['stays where rows differ, which can be read again', { open: 0, differs: true }, true],
    ['goes where nothing is open and nothing differs', { open: 0, differs: false }, false],
  ])('%s', (_, end, stays) => {
    const journal = openJournal();
    journal.record(TABLE, equalUpTo(1));
    journal.end({ verdict: 'unverified', ...end });
    expect(readdirSync(folder)).toEqual(stays ? [journal.run] : []);
    if (stays) expect(readRun(folder, journal.run)?.result).toMatchObject({ open: end.open });
  });

  it('with records that are longer than what is read at once is read whole', () => {
    const journal = openJournal(null, { asked: { words: LONG_TEXT } });
    for (let at = 1; at <= 3; at++) journal.record(`${LONG_TEXT}${at}` as TableId, equalUpTo(1));
    journal.abandon();
    const saved = readRun(folder, journal.run);
    expect(saved?.head.asked).toEqual({ words: LONG_TEXT });
    expect([...(saved?.progress.keys() ?? [])]).toEqual([1, 2, 3].map((at) => `${LONG_TEXT}${at}`));
    expect(saved?.bytes).toBe(statSync(sittingPath(folder, journal.run, 1)).size);
  });
});

describe('a journal that is damaged', () => {
  it('counts up to its last whole record, wherever it is cut', () => {
    const { run } = stopAfter(4);
    const path = sittingPath(folder, run, 1);
    const bytes = readFileSync(path);
    const ends = [...bytes.entries()].flatMap(([at, byte]) => (byte === 10 ? [at + 1] : []));
    const [third = 0, fourth = 0] = ends.slice(-2);
    const second = ends.at(-3) ?? 0;
    for (let cut = bytes.length; cut >= second; cut--) {
      truncateSync(path, cut);
      expect(readUpTo(run)).toBe(cut >= fourth ? 4 : cut >= third ? 3 : 2);
      expect(readRun(folder, run)?.bytes).toBe(cut >= fourth ? fourth : cut >= third ? third : second);
    }
  });

  it('counts up to the record in which a byte is another one', () => {
    const { run } = stopAfter(4);
    const path = sittingPath(folder, run, 1);
    const bytes = readFileSync(path);
    const ends = [...bytes.entries()].flatMap(([at, byte]) => (byte === 10 ? [at + 1] : []));
    const [begin = 0, end = 0] = ends.slice(-3, -1);
    for (let at = begin; at < end; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(path, damaged);
      expect(readUpTo(run)).toBe(2);
    }
  });

  it.each([
    ['is empty', ''],
    ['holds something else', 'something else\n'],
    ['ends in its head', formatLine({ kind: 'head', format: 'rowproof/journal@1' }).slice(0, -2)],
    ['took over nothing yet', formatLine({ kind: 'head', format: 'rowproof/journal@1', run: 'any' })],
  ])('in a sitting that %s is that of the sitting before', (_, text) => {
    const { run } = stopAfter(2);
    writeFileSync(sittingPath(folder, run, 2), text);
    expect(readUpTo(run)).toBe(2);
    expect(readRun(folder, run)?.head.sitting).toBe(1);
  });

  it('of another version is refused by a sentence, and passed over in a list', () => {
    const { run } = stopAfter(1);
    const head = formatLine({ kind: 'head', format: 'rowproof/journal@9', run });
    writeFileSync(sittingPath(folder, run, 1), head);
    expect(() => readRun(folder, run)).toThrow(
      'The journal has the format rowproof/journal@9, and this version reads rowproof/journal@1.',
    );
    expect(readHead(folder, run)).toBeNull();
  });
});

/** What of a run another sitting goes on with. */
function goOn(run: string): RunJournal {
  const saved = readRun(folder, run);
  if (saved === null) throw new Error('There is nothing to go on with.');
  return openJournal(saved);
}

describe('a sitting that goes on with a run', () => {
  it('takes all of it into a file of its own, and then deletes the one before', () => {
    const { run } = stopAfter(2);
    const { bytes } = readRun(folder, run) ?? {};
    const next = goOn(run);
    expect(next.run).toBe(run);
    next.record(TABLE, equalUpTo(3));
    expect(readdirSync(join(folder, run))).toEqual(['sitting-0002.journal']);
    expect(readRun(folder, run)?.head).toMatchObject({ sitting: 2, takesOver: { sitting: 1, bytes } });
    expect(readUpTo(run)).toBe(3);
    expect(
      readRun(folder, run)
        ?.progress.get(TABLE)
        ?.clean.map(({ sitting }) => sitting),
    ).toEqual([1, 2]);
  });

  it('leaves what there was where it could not take over all of it', () => {
    const { run } = stopAfter(2);
    const saved = readRun(folder, run);
    const broken = {
      carried: () => [
        {
          sitting: 1,
          atMs: 1,
          get record(): never {
            throw new Error('no room');
          },
        },
      ],
    };
    if (saved === null) throw new Error('There is nothing to go on with.');
    const journal = openJournal({ ...saved, progress: new Map([[TABLE, broken as never]]) });
    journal.record(TABLE, equalUpTo(3));
    expect(failures).toMatchObject([
      { code: 'output', message: `Cannot keep a journal in ${folder}: no room.` },
    ]);
    expect(readdirSync(join(folder, run))).toEqual(['sitting-0001.journal']);
    expect(readUpTo(run)).toBe(2);
  });

  it('is not spoiled by a process that wakes up late, which does not delete it either', () => {
    const late = openJournal();
    late.record(TABLE, equalUpTo(1));
    const next = goOn(late.run);
    next.record(TABLE, equalUpTo(2));
    late.record(TABLE, equalUpTo(2));
    late.record(TABLE, equalUpTo(3));
    expect(readUpTo(late.run)).toBe(2);
    late.end({ verdict: 'verified', open: 0, differs: false });
    expect(readUpTo(late.run)).toBe(2);
    next.end({ verdict: 'verified', open: 0, differs: false });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('beside another one has a file of its own; neither deletes that of the other, and the last takes both along', () => {
    const { run } = stopAfter(1);
    const saved = readRun(folder, run);
    const [one, other] = [openJournal(saved), openJournal(saved)];
    one.record(TABLE, equalUpTo(2));
    other.record(TABLE, equalUpTo(2));
    one.record(TABLE, equalUpTo(3));
    expect(readdirSync(join(folder, run))).toEqual(['sitting-0002.journal', 'sitting-0003.journal']);
    expect(readUpTo(run)).toBe(2);
    one.end({ verdict: 'verified', open: 0, differs: false });
    expect(readUpTo(run)).toBe(2);
    other.end({ verdict: 'verified', open: 0, differs: false });
    expect(readdirSync(folder)).toEqual([]);
    expect(failures).toEqual([]);
  });

  it('of a run that another one ended meanwhile still has a higher number than those before', () => {
    const { run } = stopAfter(1);
    const saved = readRun(folder, run);
    openJournal(saved).end({ verdict: 'verified', open: 0, differs: false });
    expect(readdirSync(folder)).toEqual([]);
    const late = openJournal(saved);
    expect(readdirSync(join(folder, run))).toEqual(['sitting-0002.journal']);
    late.end({ verdict: 'verified', open: 0, differs: false });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a journal that cannot be written', () => {
  it('is said once, and at once, where its folder is none', () => {
    writeFileSync(join(folder, 'file'), '');
    const journal = openJournal(null, { folder: join(folder, 'file', 'journals') });
    journal.record(TABLE, equalUpTo(1));
    expect(failures).toMatchObject([
      { code: 'output', message: expect.stringMatching(/^Cannot keep a journal in .*ENOTDIR/) },
    ]);
    journal.record(TABLE, equalUpTo(2));
    journal.flush();
    expect(journal.isKept).toBe(false);
    journal.end({ verdict: 'verified', open: 0, differs: false });
    expect(failures).toHaveLength(1);
  });

  it('is said once where its folder went while the run had nothing to write', () => {
    const journal = beginJournal();
    rmSync(join(folder, journal.run), { recursive: true });
    journal.flush();
    journal.flush();
    expect(failures).toMatchObject([{ code: 'output', message: expect.stringContaining(': ENOENT') }]);
    expect(journal.isKept).toBe(false);
    journal.end({ verdict: 'unverified', open: 1, differs: false });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('any more is deleted all the same once nothing is open', () => {
    const journal = beginJournal();
    const path = sittingPath(folder, journal.run, 1);
    rmSync(path);
    journal.flush();
    appendFileSync(path, '');
    expect(failures).toHaveLength(1);
    journal.end({ verdict: 'different', open: 0, differs: true });
    expect(existsSync(path)).toBe(false);
  });
});

/** A journal that is being written. */
function beginJournal(): RunJournal {
  const journal = openJournal();
  journal.record(TABLE, equalUpTo(1));
  return journal;
}
