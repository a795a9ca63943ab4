import { describe, expect, it } from 'vitest';
import type { RowDifference } from '../../src/core/difference.js';
import { findHealed, type KnownRows } from '../../src/state/watch/known-rows.js';

const NONE: KnownRows = { rows: [], more: 0 };

async function* rowsOf(...ids: readonly number[]) {
  for (const id of ids) {
    const row: RowDifference = {
      kind: 'changed',
      key: { id: String(id) },
      columns: [],
      source: {},
      target: {},
    };
    yield { table: 'shop.orders', difference: row };
  }
}

const keysOf = (rows: KnownRows['rows']) => rows.map(({ key }) => key);

describe('the rows that healed', () => {
  it('are those that differed before and do not now, in a table that was compared to its end', async () => {
    const { known } = await findHealed(NONE, rowsOf(1, 2, 3), () => true);
    const next = await findHealed(known, rowsOf(2), () => true);
    expect(keysOf(next.healed)).toEqual(['id=1', 'id=3']);
    expect(keysOf(next.known.rows)).toEqual(['id=2']);
  });

  it('are none where something of the table is open, and are remembered', async () => {
    const { known } = await findHealed(NONE, rowsOf(1, 2), () => true);
    const open = await findHealed(known, rowsOf(2), () => false);
    expect(open.healed).toEqual([]);
    const next = await findHealed(open.known, rowsOf(), () => true);
    expect(keysOf(next.healed).toSorted()).toEqual(['id=1', 'id=2']);
  });

  it('are none of a table that is there no more', async () => {
    const { known } = await findHealed(NONE, rowsOf(1), () => true);
    const gone = await findHealed(known, rowsOf(), () => undefined);
    expect(gone).toEqual({ healed: [], known: NONE });
  });

  it('are remembered up to a number, and it is said that there were more', async () => {
    const { known } = await findHealed(NONE, rowsOf(...Array(10_003).keys()), () => true);
    expect(known.rows).toHaveLength(10_000);
    expect(known.more).toBe(3);
  });
});
