import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CandidateBook, LOOKS_TO_CONFIRM } from '../../src/core/candidate-book.js';
import type { RowStates } from '../../src/core/row-states.js';

/** What a look finds of one row on each side: a letter for its values, null where there is no row. */
interface Seen {
  readonly before: string | null;
  readonly target: string | null;
  readonly after: string | null;
}

function states(values: readonly (string | null)[]): RowStates {
  return {
    present: Uint8Array.from(values, (value) => Number(value !== null)),
    hashes: BigUint64Array.from(values, (value) => (value === null ? 0n : BigInt(value.charCodeAt(0)))),
  };
}

function note(book: CandidateBook, seen: readonly Seen[]): void {
  book.note({
    rows: Uint32Array.from(seen.keys()),
    before: states(seen.map(({ before }) => before)),
    target: states(seen.map(({ target }) => target)),
    after: states(seen.map(({ after }) => after)),
  });
}

/** What becomes of one row by looks written as `before target after`, `-` for no row. */
function follow(looks: readonly string[], needed: number | null = LOOKS_TO_CONFIRM): string {
  const book = new CandidateBook(1, needed);
  for (const look of looks) {
    const [before, target, after] = [...look].map((letter) => (letter === '-' ? null : letter));
    note(book, [{ before: before ?? null, target: target ?? null, after: after ?? null }]);
  }
  if (book.isFenceBroken) return 'broken';
  if (book.confirmed.length > 0) return 'confirmed';
  return book.open.length > 0 ? 'open' : 'in flight';
}

describe('a row that differed', () => {
  it.each([
    ['is open without a look', [], 'open'],
    ['is in flight where the target has what the source had before', ['AAB'], 'in flight'],
    ['is in flight where the target has what the source has after', ['ABB'], 'in flight'],
    ['is in flight where it is gone on both sides', ['---'], 'in flight'],
    ['is open after two looks alike', ['ABA', 'ABA'], 'open'],
    ['is confirmed by three looks alike', ['ABA', 'ABA', 'ABA'], 'confirmed'],
    ['is confirmed where the target has no row', ['A-A', 'A-A', 'A-A'], 'confirmed'],
    ['is confirmed where the source has no row', ['-A-', '-A-', '-A-'], 'confirmed'],
    ['begins again where the source has changed', ['ABA', 'ABA', 'CBC', 'CBC'], 'open'],
    ['begins again where the target has changed', ['ABA', 'ABA', 'ACA', 'ACA'], 'open'],
    [
      'begins again where the source changed between its two reads',
      ['ABA', 'ABA', 'ABC', 'CBC', 'CBC'],
      'open',
    ],
    ['is confirmed by three looks alike after it moved', ['ABC', 'CBC', 'CBC', 'CBC'], 'confirmed'],
    ['is in flight where the target has what the source had at an earlier look', ['ABA', 'CAC'], 'in flight'],
    ['is in flight by what the source had between', ['ABC', 'DCD'], 'in flight'],
    ['is in flight by what the source had three looks ago', ['AXA', 'BXB', 'CXC', 'DAD'], 'in flight'],
    ['is open where the target has what the source never had', ['AXA', 'BYB', 'CZC'], 'open'],
    ['shows that its fence is none where it becomes equal by itself', ['ABA', 'ABA', 'ABA', 'AAA'], 'broken'],
    ['shows nothing of its fence where the source has changed', ['ABA', 'ABA', 'ABA', 'BBB'], 'in flight'],
    ['is open again where it changes after it was confirmed', ['ABA', 'ABA', 'ABA', 'CBC'], 'open'],
  ])('%s', (_, looks, outcome) => {
    expect(follow(looks)).toBe(outcome);
  });

  it('without a fence is confirmed at the end alone, where every look was alike', () => {
    for (const [looks, outcome] of [
      [['ABA', 'ABA', 'ABA', 'ABA'], 'confirmed'],
      [['ABA', 'ABA'], 'open'],
      [['CBC', 'ABA', 'ABA', 'ABA'], 'open'],
      [['ABC', 'CBC', 'CBC', 'CBC'], 'open'],
    ] as const) {
      const book = new CandidateBook(1, null);
      for (const look of looks) {
        const [before = '', target = '', after = ''] = look;
        note(book, [{ before, target, after }]);
        expect(book.confirmed).toHaveLength(0);
      }
      book.confirmUnchanged();
      expect(book.confirmed.length > 0 ? 'confirmed' : 'open').toBe(outcome);
    }
  });

  it('is taken back with all that its fence confirmed', () => {
    const book = new CandidateBook(2, 1);
    note(book, [
      { before: 'A', target: 'B', after: 'A' },
      { before: 'A', target: 'C', after: 'A' },
    ]);
    expect([...book.confirmed]).toEqual([0, 1]);
    book.distrust();
    expect([...book.open]).toEqual([0, 1]);
  });
});

describe('looks at a target that applies what the source had, in order and late', () => {
  /** Values of a row on the source over time; the target has those up to an index that only grows. */
  const history = fc.array(fc.option(fc.constantFrom('A', 'B', 'C'), { nil: null }), {
    minLength: 1,
    maxLength: 12,
  });

  it('behind a fence never confirm a row that the applier brings right', () => {
    fc.assert(
      fc.property(
        history,
        fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)), { minLength: 3, maxLength: 8 }),
        (values, steps) => {
          const at = (index: number): string | null => values[Math.min(index, values.length - 1)] ?? null;
          const book = new CandidateBook(1, LOOKS_TO_CONFIRM);
          let source = 0;
          let target = 0;
          for (const [toFence, toTarget, toAfter] of steps) {
            const before = source;
            source += toFence;
            // The fence: the target has all that the source had when it was read, and maybe more.
            target = Math.max(target, Math.min(source, before + toTarget));
            const seen = at(target);
            source += toAfter;
            if (book.open.length > 0) note(book, [{ before: at(before), target: seen, after: at(source) }]);
          }
          // What is equal at the end, once the target has come up to it, was never damaged.
          expect(follows(values, book)).toBe(true);
        },
      ),
    );
  });

  /** A row may be the same pair of unequal values in three looks only where the source went away from its value and back each time. */
  function follows(values: readonly (string | null)[], book: CandidateBook): boolean {
    if (book.confirmed.length === 0) return true;
    const changes = values.filter((value, at) => at > 0 && value !== values[at - 1]).length;
    return changes >= 2 * LOOKS_TO_CONFIRM;
  }
});
