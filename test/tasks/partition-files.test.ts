import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ComparePartitionTask } from '../../src/core/bucket.js';
import { findDifferingKeys } from '../../src/tasks/compare-keyed.js';
import { PartitionFile, PartitionWriter, partitionPath } from '../../src/tasks/partition-files.js';

describe('the files of a partition', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-partition-'));
  afterEach(() => rmSync(partitionPath(folder, 'source', 0), { force: true }));

  const spill = (keys: readonly string[]): ComparePartitionTask => {
    const writer = new PartitionWriter({ folder, side: 'source', partitions: 1 });
    for (const key of keys) {
      const payload = Buffer.from(key);
      writer.write(0, { rowHash: 7n, wireBytes: 9, sortKey: payload, payload });
    }
    writer.finish();
    const rows = { source: writer.rows[0] ?? 0, target: 0 };
    return {
      kind: 'compare-partition',
      keepsKeys: false,
      look: null,
      pairId: '0',
      asBag: false,
      withRows: false,
      folder,
      partition: 0,
      rows,
    };
  };
  const readAll = (task: ComparePartitionTask): string[] =>
    [...PartitionFile.open(task, 'source').rows({ withPayload: true })].map(({ payload }) => `${payload}`);

  it('give back what was written', () => {
    expect(readAll(spill(['a', 'bc']))).toEqual(['a', 'bc']);
  });

  it.each([0, 24, 30])(
    'that were cut to %i bytes meanwhile are an error, not the end of the rows',
    (bytes) => {
      const task = spill(['a', 'bc']);
      truncateSync(partitionPath(folder, 'source', 0), bytes);
      expect(() => readAll(task)).toThrow('does not hold the rows');
    },
  );

  it('that were deleted meanwhile are an error, not a partition without rows', () => {
    const task = spill(['a']);
    rmSync(partitionPath(folder, 'source', 0));
    expect(() => readAll(task)).toThrow('does not hold the rows');
  });

  it('with two rows of one key are an error: one of them would be compared with nothing', () => {
    const task = spill(['a', 'a']);
    const keyOf = (payload: Buffer): Buffer => payload;
    const files = {
      source: { file: PartitionFile.open(task, 'source'), keyOf },
      target: { file: PartitionFile.open(task, 'target'), keyOf },
    };
    expect(() => findDifferingKeys(files, task)).toThrow('Two rows have the same key');
  });
});
