import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NONE_UNFOUND } from '../../src/core/chunk.js';
import { type Coverage, findGaps, type KeySpan, overlaps, WHOLE_SPAN } from '../../src/core/coverage.js';
import type { TableId } from '../../src/core/pairing.js';
import { formatLine, parseLine } from '../../src/state/journal/journal-line.js';
import { findOpen } from '../../src/state/open-ranges.js';
import type { LearnedRecord } from '../../src/state/read-span.js';
import { TableProgress } from '../../src/state/table-progress.js';
import type { ComparedRows, TableRecord } from '../../src/state/table-record.js';
import { TableState } from '../../src/state/table-state.js';

/** Rows have the keys 1 to this. */
const ROWS = 30;
const bound = (value: number): KeySpan['upTo'] => [{ kind: 'int', value: BigInt(value) }];
const numberOf = (of: KeySpan['upTo'], open: number): number => (of === null ? open : Number(of[0]?.value));
const keysIn = ({ after, upTo }: KeySpan): number[] =>
  Array.from({ length: ROWS }, (_, at) => at + 1).filter(
    (key) => key > numberOf(after, 0) && key <= numberOf(upTo, ROWS),
  );

/** What is wrong with each row; one that is repaired differs when it is read first only. */
const damage = fc.array(
  fc.constantFrom('equal', 'equal', 'equal', 'changed', 'in flight', 'undecided', 'repaired'),
  { minLength: ROWS + 1, maxLength: ROWS + 1 },
);
/** A sitting: how it cuts what it reads, how much it gets done, which chunks list their keys, and what happens between. */
const sitting = fc.record({
  cuts: fc.array(fc.integer({ min: 1, max: ROWS - 1 }), { maxLength: 6 }),
  done: fc.nat(12),
  listsKeys: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  order: fc.boolean(),
});

type Damage = readonly string[];

function readRows(range: KeySpan, damaged: Damage): ComparedRows {
  const keys = keysIn(range);
  return {
    sourceRows: keys.length,
    targetRows: keys.length,
    ...countDamage(keys, damaged, ['changed', 'repaired'], 'in flight'),
  };
}

function countDamage(keys: readonly number[], damaged: Damage, changes: readonly string[], settled: string) {
  const count = (...what: readonly string[]): number =>
    keys.filter((key) => what.includes(damaged[key] ?? '')).length;
  const [changed, undecided] = [count(...changes), count('undecided')];
  return {
    counts: { missing: 0, extra: 0, changed, inFlight: count(settled) },
    changedColumns: changed > 0 ? { word: changed } : {},
    undecidedColumns: undecided > 0 ? { odd: undecided } : {},
  };
}

function compared(range: KeySpan, rows: ComparedRows, keys: Uint8Array | null): TableRecord {
  return {
    kind: 'compared',
    part: 0,
    range,
    hasher: 'client',
    rows,
    unfound: NONE_UNFOUND,
    stored: null,
    keys,
  };
}

/** What a sitting learns of what is open, as far as it gets. */
function* learn(
  progress: TableProgress,
  damaged: Damage,
  { cuts, listsKeys, order }: Sitting,
): Generator<TableRecord> {
  const { again, ranges } = findOpen(progress);
  for (const { range, rows, keys } of again) {
    const looked = [...(keys ?? [])];
    const { counts, ...now } = countDamage(looked, damaged, ['changed'], 'repaired');
    const inFlight = rows.counts.inFlight + counts.inFlight;
    const left = looked.filter((key) => damaged[key] !== 'repaired');
    yield compared(range, { ...rows, ...now, counts: { ...counts, inFlight } }, Uint8Array.from(left));
  }
  const chunks = ranges.flatMap((gap) => cutAt(gap, cuts));
  for (const [at, range] of (order ? chunks : chunks.toReversed()).entries()) {
    const differing = keysIn(range).filter((key) => /changed|undecided|repaired/.test(damaged[key] ?? ''));
    const keys = listsKeys[at % listsKeys.length] === true ? Uint8Array.from(differing) : null;
    yield compared(range, readRows(range, damaged), keys);
  }
}

function cutAt(gap: KeySpan, cuts: readonly number[]): Coverage {
  const within = [...new Set(cuts)]
    .filter((cut) => cut > numberOf(gap.after, 0) && cut < numberOf(gap.upTo, ROWS))
    .sort((one, other) => one - other);
  const bounds = [gap.after, ...within.map(bound), gap.upTo];
  return bounds.slice(1).map((upTo, at) => ({ after: bounds[at] ?? null, upTo: upTo ?? null }));
}

type Sitting = typeof sitting extends fc.Arbitrary<infer Of> ? Of : never;

/** The next process has what the journal says of the one before. */
function carryOver(progress: TableProgress): TableProgress {
  const next = new TableProgress();
  for (const learned of progress.carried())
    next.add(parseLine(formatLine(learned).trimEnd()) as LearnedRecord);
  return next;
}

const PLANNED = {
  id: 'shop.orders' as TableId,
  source: null,
  target: null,
  pair: null,
  columns: [],
  findings: [],
} as unknown as ConstructorParameters<typeof TableState>[0];

describe('what is known of a table after any number of sittings', () => {
  it('is what one sitting would know', () => {
    fc.assert(
      fc.property(damage, fc.array(sitting, { maxLength: 6 }), (damaged, sittings) => {
        let progress = new TableProgress();
        for (const [at, each] of sittings.entries()) {
          for (const record of [...learn(progress, damaged, each)].slice(0, each.done))
            progress.add({ record, sitting: at + 1, atMs: at });
          progress = carryOver(progress);
          const { again, ranges } = findOpen(progress);
          expect(again.every(({ range }) => !overlaps(ranges, range))).toBe(true);
          expect(findGaps(progress.coverage)).toEqual(ranges);
        }
        const state = new TableState(PLANNED, { mode: 'full', ratio: 1 });
        state.restore(progress.settled().map(({ record }) => record));
        const last = { cuts: [], done: ROWS, listsKeys: [true], order: true };
        for (const record of learn(progress, damaged, last)) state.record(record);
        const count = (what: string): number =>
          keysIn(WHOLE_SPAN).filter((key) => damaged[key] === what).length;
        const { changed, inFlight, changedColumns, ...result } = state.toResult([]);
        expect(state.coverage).toEqual([WHOLE_SPAN]);
        expect(result).toMatchObject({ sourceRows: ROWS, targetRows: ROWS });
        expect(changed + inFlight).toBe(count('changed') + count('in flight') + count('repaired'));
        expect(inFlight).toBeGreaterThanOrEqual(count('in flight'));
        expect(changed).toBeGreaterThanOrEqual(count('changed'));
        expect(changedColumns).toEqual(changed > 0 ? { word: changed } : {});
      }),
      { numRuns: 300 },
    );
  });

  it('has few ranges where a table is walked without a difference', () => {
    const progress = new TableProgress();
    for (const range of cutAt(
      WHOLE_SPAN,
      Array.from({ length: ROWS - 1 }, (_, at) => at + 1),
    ))
      progress.add({ record: compared(range, readRows(range, []), null), sitting: 1, atMs: 5 });
    expect(progress.clean).toMatchObject([{ range: WHOLE_SPAN, chunks: ROWS, rows: { sourceRows: ROWS } }]);
    expect([...carryOver(progress).clean]).toEqual(progress.clean);
    expect(findOpen(progress).isFinished).toBe(true);
  });
});

const ERROR = { code: 'timeout', message: 'It took too long.', hint: '', causes: [] } as const;
const found = (code: string): TableRecord =>
  ({ kind: 'found', finding: { code, about: {}, message: code, hint: '' } }) as unknown as TableRecord;

describe('a table whose rows are not walked', () => {
  const rows = readRows(WHOLE_SPAN, []);
  const whole: TableRecord = { ...compared(WHOLE_SPAN, rows, null), range: null } as TableRecord;
  const nextSitting = (records: readonly TableRecord[]): TableProgress => {
    const progress = new TableProgress();
    for (const record of records) progress.add({ record, sitting: 1, atMs: 7 });
    return carryOver(progress);
  };

  it('counts where it was read to its end and nothing differs, with what was found', () => {
    const records: readonly TableRecord[] = [{ kind: 'bag' }, whole, found('duplicate-key')];
    const progress = nextSitting([...records, { kind: 'done' }]);
    expect(findOpen(progress).isFinished).toBe(true);
    expect(progress.settled().map(({ record }) => record)).toEqual(records);
    expect(progress.oldest).toEqual({ sitting: 1, atMs: 7 });
  });

  it.each([
    ['is not done', [whole]],
    ['differs', [{ ...whole, rows: readRows(WHOLE_SPAN, ['', 'changed']) } as TableRecord, { kind: 'done' }]],
    [
      'has undecided columns',
      [{ ...whole, rows: readRows(WHOLE_SPAN, ['', 'undecided']) } as TableRecord, { kind: 'done' }],
    ],
    ['was not compared', [whole, { kind: 'unverified', open: null, error: ERROR }, { kind: 'done' }]],
    ['was interrupted', [whole, { kind: 'interrupted', by: null }, { kind: 'done' }]],
    ['has another number of rows', [whole, found('row-count'), { kind: 'done' }]],
    ['could not be counted', [found('chunk-unverified'), { kind: 'done' }]],
    ['was read by a broken index', [whole, { kind: 'done' }, { kind: 'restarted' }, whole, { kind: 'done' }]],
    ['was altered meanwhile', [whole, { kind: 'done' }, { kind: 'misread' }]],
  ] as const)('is read once more where it %s', (_, records) => {
    const progress = nextSitting(records);
    expect(findOpen(progress)).toMatchObject({
      isFinished: false,
      again: [],
      ranges: [WHOLE_SPAN],
      walk: null,
    });
    expect(progress.settled()).toEqual([]);
  });

  it('comes after those that were never begun where it is read once more, in every later sitting', () => {
    const again = nextSitting([{ kind: 'started', atMs: 1 }, whole]);
    expect(findOpen(again).isRepeated).toBe(true);
    expect(findOpen(carryOver(again)).isRepeated).toBe(true);
    expect(findOpen(nextSitting([{ kind: 'started', atMs: 1 }, whole, { kind: 'done' }])).isRepeated).toBe(
      false,
    );
    expect(findOpen(new TableProgress()).isRepeated).toBe(false);
  });
});

describe('a table', () => {
  it.each([
    ['was not read to its end', [], true],
    ['was read to its end', [{ kind: 'done' }], false],
    [
      'has rows that were not compared',
      [{ kind: 'unverified', open: null, error: ERROR }, { kind: 'done' }],
      true,
    ],
    [
      'could not be counted, or no sample of it be drawn',
      [found('chunk-unverified'), { kind: 'done' }],
      true,
    ],
    ['has columns that cannot be compared', [found('column-unverified'), { kind: 'done' }], false],
  ] as const)('that %s is left to another sitting: %#', (_, records, isOpen) => {
    const planned = { ...PLANNED, pair: { strategy: 'range' } } as unknown as typeof PLANNED;
    const state = new TableState(planned, { mode: 'full', ratio: 1 });
    state.restore(records);
    expect(state.isOpen).toBe(isOpen);
  });
});
