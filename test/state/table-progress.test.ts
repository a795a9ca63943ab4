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

const damage = fc.array(fc.constantFrom('equal', 'equal', 'equal', 'changed', 'in flight', 'undecided'), {
  minLength: ROWS + 1,
  maxLength: ROWS + 1,
});
/** A sitting: how it cuts what it reads, how much it gets done, which chunks list their keys, and what happens between. */
const sitting = fc.record({
  cuts: fc.array(fc.integer({ min: 1, max: ROWS - 1 }), { maxLength: 6 }),
  done: fc.nat(12),
  listsKeys: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  order: fc.boolean(),
});

type Damage = readonly string[];

function readRows(range: KeySpan, damaged: Damage, isFirst: boolean): ComparedRows {
  const keys = keysIn(range);
  const count = (what: string): number => keys.filter((key) => damaged[key] === what).length;
  return {
    sourceRows: keys.length,
    targetRows: keys.length,
    counts: { missing: 0, extra: 0, changed: count('changed'), inFlight: isFirst ? count('in flight') : 0 },
    changedColumns: count('changed') > 0 ? { word: count('changed') } : {},
    undecidedColumns: count('undecided') > 0 ? { odd: count('undecided') } : {},
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
    const now = readRows(range, damaged, false);
    const inFlight = rows.counts.inFlight + now.counts.inFlight;
    yield compared(range, { ...now, counts: { ...now.counts, inFlight } }, keys);
  }
  const chunks = ranges.flatMap((gap) => cutAt(gap, cuts));
  for (const [at, range] of (order ? chunks : chunks.toReversed()).entries()) {
    const keys = listsKeys[at % listsKeys.length] === true ? Uint8Array.of(at) : null;
    yield compared(range, readRows(range, damaged, true), keys);
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
        state.restore(progress.settled());
        const last = { cuts: [], done: ROWS, listsKeys: [true], order: true };
        for (const record of learn(progress, damaged, last)) state.record(record);
        const whole = readRows(WHOLE_SPAN, damaged, true);
        expect(state.coverage).toEqual([WHOLE_SPAN]);
        expect(state.toResult([])).toMatchObject({
          sourceRows: ROWS,
          targetRows: ROWS,
          changed: whole.counts.changed,
          inFlight: whole.counts.inFlight,
          changedColumns: whole.changedColumns,
        });
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
      progress.add({ record: compared(range, readRows(range, [], true), null), sitting: 1, atMs: 5 });
    expect(progress.clean).toMatchObject([{ range: WHOLE_SPAN, chunks: ROWS, rows: { sourceRows: ROWS } }]);
    expect([...carryOver(progress).clean]).toEqual(progress.clean);
    expect(findOpen(progress).isFinished).toBe(true);
  });
});

describe('a table whose rows are not walked', () => {
  const rows = readRows(WHOLE_SPAN, [], true);
  const whole: TableRecord = { ...compared(WHOLE_SPAN, rows, null), range: null } as TableRecord;
  const finding = (code: string): TableRecord =>
    ({ kind: 'found', finding: { code, about: {}, message: code, hint: '' } }) as unknown as TableRecord;
  const error = { code: 'timeout', message: 'It took too long.', hint: '', causes: [] } as const;
  const nextSitting = (records: readonly TableRecord[]): TableProgress => {
    const progress = new TableProgress();
    for (const record of records) progress.add({ record, sitting: 1, atMs: 7 });
    return carryOver(progress);
  };

  it('counts where it was read to its end and nothing differs, with what was found', () => {
    const records: readonly TableRecord[] = [{ kind: 'bag' }, whole, finding('duplicate-key')];
    const progress = nextSitting([...records, { kind: 'done' }]);
    expect(findOpen(progress).isFinished).toBe(true);
    expect(progress.settled()).toEqual(records);
    expect(progress.oldest).toEqual({ sitting: 1, atMs: 7 });
  });

  it.each([
    ['is not done', [whole]],
    [
      'differs',
      [{ ...whole, rows: readRows(WHOLE_SPAN, ['', 'changed'], true) } as TableRecord, { kind: 'done' }],
    ],
    [
      'has undecided columns',
      [{ ...whole, rows: readRows(WHOLE_SPAN, ['', 'undecided'], true) } as TableRecord, { kind: 'done' }],
    ],
    ['was not compared', [whole, { kind: 'unverified', open: null, error }, { kind: 'done' }]],
    ['was interrupted', [whole, { kind: 'interrupted', by: null }, { kind: 'done' }]],
    ['has another number of rows', [whole, finding('row-count'), { kind: 'done' }]],
    ['could not be counted', [finding('chunk-unverified'), { kind: 'done' }]],
    ['was read by a broken index', [whole, { kind: 'done' }, { kind: 'restarted' }, whole, { kind: 'done' }]],
    ['was altered meanwhile', [whole, { kind: 'done' }, { kind: 'misread' }]],
  ] as const)('is read once more where it %s', (_, records) => {
    const progress = nextSitting(records);
    expect(findOpen(progress)).toEqual({ isFinished: false, again: [], ranges: [WHOLE_SPAN], walk: null });
    expect(progress.settled()).toEqual([]);
  });
});
