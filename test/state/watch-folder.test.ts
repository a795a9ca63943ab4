import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NONE_UNFOUND } from '../../src/core/chunk.js';
import type { ComparisonFacts } from '../../src/core/comparison-facts.js';
import type { TableId } from '../../src/core/pairing.js';
import { readRun } from '../../src/state/journal/read-sitting.js';
import { RunJournal } from '../../src/state/journal/run-journal.js';
import type { TableRecord } from '../../src/state/table-record.js';
import { listTerms, seeHolder, type WatchPlace, WatchTerm } from '../../src/state/watch/watch-folder.js';
import { inheritMemory, NOTHING_KNOWN, writeMemory } from '../../src/state/watch/watch-memory.js';

const TABLE = 'shop.orders' as TableId;
const FACTS = { seed: '7', tables: [] } as unknown as ComparisonFacts;

let place: WatchPlace;
beforeEach(() => {
  place = { folder: mkdtempSync(join(tmpdir(), 'rowproof-term-')), watch: 'watch-abc' };
});
afterEach(() => rmSync(place.folder, { recursive: true, force: true }));

function take(after: number): WatchTerm {
  const term = WatchTerm.take(place, after, new Date('2026-11-29T02:14:09Z'));
  if (term === null) throw new Error(`Somebody has the term after ${after}.`);
  return term;
}

/** That the rows up to a key are equal, behind those up to the key before. */
function equalUpTo(key: number): TableRecord {
  const bound = (value: number) => (value === 0 ? null : [{ kind: 'int', value: BigInt(value) } as const]);
  const counts = { missing: 0, extra: 0, changed: 0, inFlight: 0 };
  return {
    kind: 'compared',
    part: 0,
    range: { after: bound(key - 1), upTo: bound(key) },
    hasher: 'client',
    rows: { sourceRows: 1, targetRows: 1, counts, changedColumns: {}, undecidedColumns: {} },
    unfound: NONE_UNFOUND,
    stored: null,
    keys: null,
  };
}

function openJournal({ name }: WatchTerm, onFailure: (error: unknown) => void = () => undefined): RunJournal {
  const journal = new RunJournal({
    folder: place.folder,
    earlier: null,
    asked: { watch: { kind: 'pass', pass: 1 } },
    flushMs: 0,
    lastingName: name,
    keepsDifferences: true,
    now: () => new Date(),
    onFailure,
  });
  journal.begin(FACTS, new Map());
  return journal;
}

/** Up to which key a term knows all rows. */
function readUpTo({ name }: WatchTerm): number {
  const progress = readRun(place.folder, name)?.progress.get(TABLE);
  return Number(progress?.coverage[0]?.upTo?.[0]?.value ?? 0);
}

describe('the term of a watch', () => {
  it('is taken by one process only, and its signs of life are seen', () => {
    const term = take(0);
    expect(WatchTerm.take(place, 0, new Date())).toBeNull();
    const first = seeHolder(place);
    expect(first).toMatchObject({ term: 1, who: { pid: process.pid, term: 1 }, isReleased: false });
    term.beat();
    expect(seeHolder(place)?.counter).not.toBe(first?.counter);
    term.release();
    expect(seeHolder(place)?.isReleased).toBe(true);
  });

  it('inherits what the one before knew, of which nothing counts that is written later', () => {
    const first = take(0);
    writeMemory(first.folder, { ...NOTHING_KNOWN, passes: 4 });
    const failures: unknown[] = [];
    const journal = openJournal(first, (error) => failures.push(error));
    journal.record(TABLE, equalUpTo(1));

    const second = take(1);
    expect(inheritMemory(second).passes).toBe(4);
    expect([first.isHeld, second.isHeld]).toEqual([false, true]);
    // The process before goes on, as one that was suspended does: with its pass, and with another one.
    journal.record(TABLE, equalUpTo(2));
    expect(failures).toHaveLength(1);
    const late = openJournal(first);
    for (const key of [1, 2, 3]) late.record(TABLE, equalUpTo(key));
    writeMemory(first.folder, { ...NOTHING_KNOWN, passes: 99 });
    expect(existsSync(first.folder)).toBe(true);
    expect(readUpTo(second)).toBe(1);

    const third = take(2);
    expect(inheritMemory(third).passes).toBe(4);
    expect(readUpTo(third)).toBe(1);
    expect(listTerms(place)).toEqual([3]);
  });

  it('that ended before it had inherited anything is passed over', () => {
    const first = take(0);
    writeMemory(first.folder, { ...NOTHING_KNOWN, passes: 4 });
    take(1);
    expect(inheritMemory(take(2)).passes).toBe(4);
  });

  it('is over where its folder was deleted, also once another process has made one of that name', () => {
    const term = take(0);
    rmSync(term.folder, { recursive: true });
    expect(term.isHeld).toBe(false);
    const other = take(0);
    expect([term.isHeld, other.isHeld]).toEqual([false, true]);
  });
});
