import type { ComparePartitionTask } from '../core/bucket.js';
import { compareBytes } from '../core/bucket.js';
import type { DifferenceCounts } from '../core/chunk.js';
import type { RowDifference, Value } from '../core/difference.js';
import { comparedColumns, type Side, type TablePair } from '../core/pairing.js';
import { type EntryFilter, entryOf } from './entry-filter.js';
import { PartitionFile } from './partition-files.js';
import type { TableSide } from './table-side.js';

const SIDES = ['source', 'target'] as const;
const BATCH_ROWS = 250;
const BATCH_BYTES = 4 << 20;

/** A distinct row of a partition: how often each side holds it, and where one copy of it lies. */
interface BagRow {
  readonly copies: Record<Side, number>;
  readonly side: Side;
  readonly rowHash: bigint;
  readonly sortKey: Buffer;
  readonly payloadAt: number;
  readonly payloadBytes: number;
}

export interface BagComparison {
  readonly task: ComparePartitionTask;
  readonly pair: TablePair;
  readonly sides: Readonly<Record<Side, TableSide>>;
  /** Says of rows that differ whether they are kept; it is told each. */
  readonly filter: EntryFilter;
  store(rows: readonly RowDifference[]): Promise<void>;
}

/**
 * Compares a partition of rows that nothing tells apart: each distinct row must be on both sides the same number of
 * times. What is missing or extra is counted in copies.
 */
export async function compareBag({
  task,
  pair,
  sides,
  filter,
  store,
}: BagComparison): Promise<DifferenceCounts> {
  const files = { source: PartitionFile.open(task, 'source'), target: PartitionFile.open(task, 'target') };
  const counts = { missing: 0, extra: 0, changed: 0, inFlight: 0 };
  try {
    let batch: RowDifference[] = [];
    let bytes = 0;
    for (const row of findDifferingRows(files)) {
      const { source, target } = row.copies;
      if (!filter.keeps(entryOf(row.rowHash, row.copies), Math.abs(source - target))) continue;
      counts[source > target ? 'missing' : 'extra'] += Math.abs(source - target);
      batch.push(describeRow(row, { pair, prepared: sides[row.side], file: files[row.side] }));
      bytes += row.payloadBytes;
      if (batch.length < BATCH_ROWS && bytes < BATCH_BYTES) continue;
      await store(batch);
      batch = [];
      bytes = 0;
    }
    if (batch.length > 0) await store(batch);
    return counts;
  } finally {
    for (const side of SIDES) files[side].close();
  }
}

function findDifferingRows(files: Readonly<Record<Side, PartitionFile>>): BagRow[] {
  const rows = new Map<bigint, BagRow>();
  for (const side of SIDES) {
    for (const { rowHash, sortKey, payloadAt, payloadBytes } of files[side].rows({ withPayload: false })) {
      const known = rows.get(rowHash);
      if (known !== undefined) known.copies[side]++;
      else {
        const copies = { source: 0, target: 0, [side]: 1 };
        rows.set(rowHash, { copies, side, rowHash, sortKey, payloadAt, payloadBytes });
      }
    }
  }
  return [...rows.values()]
    .filter(({ copies }) => copies.source !== copies.target)
    .sort((one, other) => compareBytes(one.sortKey, other.sortKey));
}

/** A row that both sides hold, but not equally often, is shown with the values of the side that has it more often. */
function describeRow(
  { copies, payloadAt, payloadBytes }: BagRow,
  { pair, prepared, file }: { pair: TablePair; prepared: TableSide; file: PartitionFile },
): RowDifference {
  const wire = file.read(payloadAt, payloadBytes);
  const { codec, spans } = prepared.reader;
  codec.split(wire, 0, wire.length, spans);
  const names = comparedColumns(pair).map((column) => column.target.name);
  const values: Record<string, Value> = Object.fromEntries(
    names.map((name, i) => {
      const start = spans.starts[i] as number;
      const value = start < 0 ? null : codec.formatters[i]?.(wire, start, spans.ends[i] as number);
      return [name, value ?? null];
    }),
  );
  const isMissing = copies.source > copies.target;
  return {
    kind: isMissing ? 'missing' : 'extra',
    key: null,
    columns: names,
    source: isMissing ? values : null,
    target: isMissing ? null : values,
    sourceCopies: copies.source,
    targetCopies: copies.target,
  };
}
