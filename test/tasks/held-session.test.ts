import { describe, expect, it } from 'vitest';
import type { RowSelection } from '../../src/engines/row-selection.js';
import type { Session } from '../../src/engines/session.js';
import { HeldSession } from '../../src/tasks/held-session.js';

const ORDERS = { table: { schema: 'shop', name: 'orders' } } as RowSelection;
const ITEMS = { table: { schema: 'shop', name: 'items' } } as RowSelection;

/** A session that hands rows over until it is cancelled, and fails for tables that were rewritten. */
function openHeld({ from = null }: { from?: string | null } = {}) {
  const done: string[] = [];
  let isCancelled = false;
  const session = {
    broken: false,
    findings: [],
    readRows: async (selection: RowSelection, onSpan: () => boolean) => {
      if (selection.table.name === 'items') throw new Error('rewritten');
      for (let row = 0; row < 1000; row++) {
        if (isCancelled) throw new Error('cancelled');
        if (!onSpan()) return void done.push('cut off');
        await Promise.resolve();
      }
      done.push('read to the end');
    },
    close: async () => void done.push('closed'),
  } as unknown as Session;
  const live = { readRows: async () => void done.push('read live') } as unknown as Session;
  const held = new HeldSession({
    ...{ side: 'source', session, from },
    cancel: async () => {
      isCancelled = true;
      done.push('cancelled');
    },
    isOutdated: (error) => error instanceof Error && error.message === 'rewritten',
    openLive: async () => live,
  });
  return { held, done };
}

describe('a session that holds a snapshot', () => {
  it('stays where a read ends early: the rest is cancelled on the server', async () => {
    const { held, done } = openHeld();
    let rows = 0;
    await held.reader.readRows(ORDERS, () => ++rows < 3);
    expect(rows).toBe(3);
    expect(done).toEqual(['cancelled']);
  });

  it('is cut off instead where its snapshot can be taken over again', async () => {
    const { held, done } = openHeld({ from: 'a name' });
    await held.reader.readRows(ORDERS, () => false);
    expect(done).toEqual(['cut off']);
  });

  it('ends what is under way when it is told to, and stays', async () => {
    const { held, done } = openHeld();
    const reading = held.reader.readRows(ORDERS, () => true);
    await held.interrupt();
    await expect(reading).rejects.toThrow('cancelled');
    expect(done).toEqual(['cancelled']);
    expect(held.isBroken).toBe(false);
  });

  it('leaves tables that were rewritten since to a session that reads them as they are', async () => {
    const { held, done } = openHeld();
    await expect(held.reader.readRows(ITEMS, () => true)).rejects.toThrow('rewritten');
    await held.reader.readRows(ITEMS, () => true);
    await held.reader.readRows(ORDERS, () => true);
    expect(done).toEqual(['read live', 'read to the end']);
  });
});
