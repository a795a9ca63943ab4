import { describe, expect, it } from 'vitest';
import { makeLeaveRule } from '../../src/app/leave-rule.js';
import type { RunEvent } from '../../src/core/event.js';
import { leaves, noteDone } from '../../src/run/leave-table.js';
import { HeldTables } from '../../src/run/looks/held-tables.js';
import type { TableRun } from '../../src/run/table-run.js';
import type { TableRecord } from '../../src/state/table-record.js';
import { TableState } from '../../src/state/table-state.js';
import { WaiverBook } from '../../src/waivers/waiver-book.js';

const PLANNED = {
  id: 'public.orders',
  source: null,
  target: { schema: 'public', name: 'orders' },
  pair: null,
  columns: [],
  findings: [],
} as unknown as ConstructorParameters<typeof TableState>[0];

/** A table in which so many rows differ, with what it records. */
function makeTable(differing: number): { readonly table: TableState; readonly records: TableRecord[] } {
  const records: TableRecord[] = [];
  const table = new TableState(PLANNED, { mode: 'full', ratio: 1 }, (record) => records.push(record));
  table.record({
    ...{ kind: 'compared', part: 0, range: null, hasher: 'client', stored: null, keys: null },
    rows: {
      ...{ sourceRows: 100, targetRows: 100, changedColumns: {}, undecidedColumns: {} },
      counts: { missing: 0, extra: 0, changed: differing, inFlight: 7 },
    },
    unfound: { source: [], target: [], beyond: 0 },
  });
  records.length = 0;
  return { table, records };
}

function makeRun(maxDifferences: number | null): { readonly run: TableRun; readonly events: RunEvent[] } {
  const events: RunEvent[] = [];
  const leaving = makeLeaveRule({
    maxDifferences,
    book: WaiverBook.empty(),
    mostKnown: () => 0,
    openOf: () => ({ isComplete: false }),
  });
  const emit = async (event: RunEvent): Promise<void> => {
    events.push(event);
  };
  return { run: { leaving, emit } as unknown as TableRun, events };
}

describe('a table is left', () => {
  it('at the number of its differing rows, which is recorded and told once, whoever asks', async () => {
    const { run, events } = makeRun(10);
    const { table, records } = makeTable(12);
    expect(await Promise.all([leaves(run, table), leaves(run, table)])).toEqual([true, true]);
    expect(records).toEqual([{ kind: 'left', mostDifferences: 10 }]);
    expect(events).toEqual([
      { type: 'table:left', table: 'public.orders', differences: 12, mostDifferences: 10 },
    ]);
  });

  it('not below it, and not where nothing was said, whatever is in flight', async () => {
    const { table, records } = makeTable(9);
    expect(await leaves(makeRun(10).run, table)).toBe(false);
    expect(await leaves(makeRun(null).run, table)).toBe(false);
    expect(records).toEqual([]);
  });

  it('and is then neither done nor equal, whatever becomes of its parts', async () => {
    const { table } = makeTable(12);
    await leaves(makeRun(10).run, table);
    noteDone(table);
    table.record({ kind: 'done' });
    expect(table.isDone).toBe(false);
    expect(table.toResult([], [], 12)).toMatchObject({
      verdict: 'unverified',
      left: { mostDifferences: 10 },
    });
  });

  it('no more where it is read anew, without an index', async () => {
    const { table } = makeTable(12);
    await leaves(makeRun(10).run, table);
    table.record({ kind: 'restarted' });
    expect(table.isLeft).toBe(false);
    expect(table.toResult([]).findings).toEqual([]);
  });
});

describe('rows that are held', () => {
  it('are looked at once they could leave their table, and after each look in vain at twice as many', () => {
    const { leaving } = makeRun(10).run;
    const held = new HeldTables();
    const { table } = makeTable(4);
    const addUntilLook = (): number => {
      let rows = 0;
      while (!held.mayLeave(table, leaving)) {
        held.add(table, 1);
        rows++;
      }
      held.settle();
      return rows;
    };
    expect([addUntilLook(), addUntilLook(), addUntilLook()]).toEqual([6, 12, 24]);
    expect(held.mayLeave(table, null)).toBe(false);
  });
});
