import { describe, expect, it } from 'vitest';
import { PairedReads, type ReadTable } from '../../src/repair/paired-reads.js';
import type { RepairDirection } from '../../src/repair/row-change.js';

const BATCHES = 3;

/** A repair and an undo that read tables in some order each, and what was read for them. */
async function readBoth(
  tables: Readonly<Record<RepairDirection, readonly string[]>>,
  take: (direction: RepairDirection, table: string, batch: number) => 'on' | 'leave' | 'fail' = () => 'on',
) {
  const begun: string[] = [];
  let open = 0;
  const reads = new PairedReads(async function* (table: string) {
    begun.push(table);
    open++;
    try {
      for (let batch = 0; batch < BATCHES; batch++) yield batch;
    } finally {
      open--;
    }
  });
  const got: Record<RepairDirection, string[]> = { repair: [], undo: [] };
  const go = async (direction: RepairDirection) => {
    const read = reads.readerOf(direction);
    for (const table of tables[direction]) {
      for await (const batch of read(table)) {
        got[direction].push(`${table}${batch}`);
        const next = take(direction, table, batch);
        if (next === 'fail') throw new Error('The disk is full.');
        if (next === 'leave') break;
      }
    }
  };
  reads.begin();
  const ended = await Promise.allSettled(
    (['repair', 'undo'] as const).map((direction) => go(direction).finally(() => reads.end(direction))),
  );
  expect(open).toBe(0);
  return { begun, got, failed: ended.filter(({ status }) => status === 'rejected').length };
}

const all = (...tables: string[]) => tables.flatMap((table) => [0, 1, 2].map((batch) => `${table}${batch}`));

describe('reads of a repair and its undo', () => {
  it('are one for tables that both ask for at the same time', async () => {
    const { begun, got } = await readBoth({ repair: ['a', 'b', 'a'], undo: ['a', 'b', 'a'] });
    expect(begun).toEqual(['a', 'b', 'a']);
    expect(got).toEqual({ repair: all('a', 'b', 'a'), undo: all('a', 'b', 'a') });
  });

  it('give each every row in its own order, whatever the other reads', async () => {
    const { begun, got } = await readBoth({ repair: ['a', 'b', 'c'], undo: ['b', 'a', 'd', 'c', 'b'] });
    expect(got).toEqual({ repair: all('a', 'b', 'c'), undo: all('b', 'a', 'd', 'c', 'b') });
    expect(begun.length).toBeLessThan(8);
  });

  it('go on for one where the other has nothing to read, has read enough or fails', async () => {
    expect((await readBoth({ repair: ['a', 'b'], undo: [] })).got.repair).toEqual(all('a', 'b'));
    for (const direction of ['repair', 'undo'] as const) {
      const other = direction === 'repair' ? 'undo' : 'repair';
      for (const next of ['leave', 'fail'] as const) {
        const { got, failed } = await readBoth(
          { repair: ['a', 'b'], undo: ['a', 'b'] },
          (who, _table, batch) => (who === direction && batch === 1 ? next : 'on'),
        );
        expect(got[other]).toEqual(all('a', 'b'));
        expect(got[direction]).toEqual(next === 'fail' ? ['a0', 'a1'] : ['a0', 'a1', 'b0', 'b1']);
        expect(failed).toBe(next === 'fail' ? 1 : 0);
      }
    }
  });

  it('fail for both where rows cannot be read', async () => {
    const failing: ReadTable<number> = () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('The file is cut.')) }),
    });
    const reads = new PairedReads(failing);
    reads.begin();
    const ended = (['repair', 'undo'] as const).map(async (direction) => {
      for await (const _ of reads.readerOf(direction)('a'));
    });
    for (const each of ended) await expect(each).rejects.toThrow('The file is cut.');
  });

  it('wait for nobody before both have begun', async () => {
    const reads = new PairedReads(async function* () {
      yield 1;
    });
    const got: number[] = [];
    for await (const batch of reads.readerOf('undo')('a')) got.push(batch);
    expect(got).toEqual([1]);
  });
});
