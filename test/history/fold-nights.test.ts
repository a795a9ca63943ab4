import { describe, expect, it } from 'vitest';
import { sumNight } from '../../src/core/trend.js';
import { foldNights, trendOf } from '../../src/history/fold-nights.js';
import type { SavedNight, SavedTable } from '../../src/history/night.js';

/** A night of one table; rows are written `key=state`, null is too many. */
function night(
  rows: string | null,
  changes: Partial<SavedNight & Pick<SavedTable, 'isRead'>> = {},
): SavedNight {
  const { isRead = true, ...rest } = changes;
  const pairs = rows
    ?.split(' ')
    .filter((each) => each !== '')
    .map((each) => each.split('='));
  return {
    format: 'rowproof/history@1',
    startedAt: '2026-01-01T02:00:00.000Z',
    verdict: 'different',
    source: 'a',
    target: 'b',
    asked: 'q',
    secret: null,
    tables: [
      {
        table: 't',
        verdict: 'different',
        differing: pairs?.length ?? 20_000,
        waived: 0,
        isRead,
        rows: pairs?.map(([row = '', state = '']) => [row, state] as [string, string]) ?? null,
      },
    ],
    ...rest,
  };
}

/** New, persisting (those with other values) and healed rows of each night. */
const fold = (...nights: SavedNight[]) =>
  foldNights(nights).map(({ tables: [table] }) => [
    table?.new,
    table?.persisting,
    table?.again,
    table?.healed,
  ]);

describe('the nights of a history', () => {
  it('tell new, persisting, changed and healed rows apart', () => {
    expect(fold(night('1=a 2=a'), night('1=a 2=b 3=a'), night('3=a'), night(''))).toEqual([
      [2, 0, 0, 0],
      [1, 2, 1, 0],
      [0, 1, 0, 2],
      [0, 0, 0, 1],
    ]);
  });

  it('heal no row that was not looked at, and know it when it is seen again', () => {
    expect(fold(night('1=a 2=a'), night('1=a', { isRead: false }), night('1=a 2=a'), night('1=a'))).toEqual([
      [2, 0, 0, 0],
      [0, 1, 0, null],
      [0, 2, 0, 0],
      [0, 1, 0, 1],
    ]);
  });

  it('heal no row where something else was asked', () => {
    expect(fold(night('1=a 2=a'), night('1=a', { asked: 'r' }), night('1=a', { asked: 'r' }))).toEqual([
      [2, 0, 0, 0],
      [0, 1, 0, null],
      [0, 1, 0, 0],
    ]);
  });

  it('do not call a row new that a night did not look for', () => {
    const narrow = { asked: 'r', isRead: false };
    expect(fold(night('1=a 2=a'), night('', narrow), night('', narrow), night('1=a 2=b'), night(''))).toEqual(
      [
        [2, 0, 0, 0],
        [0, 0, 0, null],
        [0, 0, 0, null],
        [0, 2, 1, 0],
        [0, 0, 0, 2],
      ],
    );
    expect(fold(night('1=a'), night('', { asked: 'r' }), night('1=a'))).toEqual([
      [1, 0, 0, 0],
      [0, 0, 0, null],
      [0, 1, 0, 0],
    ]);
  });

  it('say nothing of nights with too many rows, nor of the one behind', () => {
    const unknown = [null, null, null, null];
    expect(fold(night('1=a'), night(null), night('1=a'), night('1=a 2=a'))).toEqual([
      [1, 0, 0, 0],
      unknown,
      unknown,
      [1, 1, 0, 0],
    ]);
  });

  it('do not take the hashes of another secret for new rows', () => {
    const unknown = [null, null, null, null];
    expect(fold(night('1=a'), night('x=y', { secret: 's' }), night('x=y', { secret: 's' }))).toEqual([
      [1, 0, 0, 0],
      unknown,
      [0, 1, 0, 0],
    ]);
    expect(fold(night(''), night('x=y', { secret: 's' }))).toEqual([
      [0, 0, 0, 0],
      [1, 0, 0, 0],
    ]);
  });

  it('are apart for other databases', () => {
    expect(fold(night('1=a'), night('1=a', { target: 'c' }))).toEqual([
      [1, 0, 0, 0],
      [1, 0, 0, 0],
    ]);
    const nights = foldNights([night('1=a'), night('1=a', { target: 'c' })]);
    expect(trendOf(nights, { source: { url: 'a' }, target: { url: 'c' } } as never)).toHaveLength(1);
  });

  it('add up, as far as each table is known', () => {
    const [known, unknown] = foldNights([night('1=a'), night(null)]);
    expect([known, unknown].map((each) => each && sumNight(each))).toMatchObject([
      { differing: 1, new: 1, healed: 0 },
      { differing: 20_000, new: null, healed: null },
    ]);
  });
});
