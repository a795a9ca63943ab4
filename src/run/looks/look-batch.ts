import { CandidateBook, LOOKS_TO_CONFIRM } from '../../core/candidate-book.js';
import type { UnverifiedChunk } from '../../core/chunk.js';
import type { Fence } from '../../core/fence.js';
import { type PackedKeys, pickKeys } from '../../core/packed-keys.js';
import type { UnsettledRows } from '../../state/table-record.js';
import type { TableState } from '../../state/table-state.js';
import type { HeldRange } from '../held-range.js';

/** Rows that one worker looks at in one task. */
const BATCH_ROWS = 2000;

/** A held range, and which candidates of its batch are its rows. */
export interface BatchedRange extends HeldRange {
  readonly from: number;
}

/** Candidates of one table that are looked at together. */
export class LookBatch {
  readonly table: TableState;
  readonly fence: Fence | null;
  readonly ranges: readonly BatchedRange[];
  readonly book: CandidateBook;
  readonly #keys: PackedKeys;
  firstMs = 0;
  lastMs = 0;
  /** Why nothing more can be known of what is open; null where nothing stands in the way. */
  why: UnsettledRows['why'] | null = null;
  /** What more is known of that. */
  because: string | null = null;
  /** What a look failed with; null where none did. */
  failure: UnverifiedChunk | null = null;

  constructor(table: TableState, fence: Fence | null, ranges: readonly BatchedRange[]) {
    this.table = table;
    this.fence = fence;
    this.ranges = ranges;
    const size = ranges.reduce((sum, { count }) => sum + count, 0);
    this.book = new CandidateBook(size, fence?.order === 'global' ? LOOKS_TO_CONFIRM : null);
    this.#keys = Buffer.concat(ranges.map(({ keys }) => keys));
  }

  /** Whether a number of looks decides, and not the time alone. */
  get isFenced(): boolean {
    return this.fence?.order === 'global';
  }

  /** Whether looking at it goes on. */
  get isLive(): boolean {
    return this.failure === null && this.why === null;
  }

  /** The keys of some candidates, by their numbers, ascending. */
  keysOf(rows: Uint32Array): PackedKeys {
    return rows.length === this.book.size ? this.#keys : pickKeys(this.#keys, rows);
  }
}

/** What is known of tables before their rows are looked at. */
export interface BatchRules {
  readonly fenceOf: (table: TableState) => Fence | null;
  /** Why nothing of the table reaches the target at the moment; null where it does, or nobody knows. */
  readonly haltOf: (table: TableState) => string | null;
}

/** Puts ranges together, each with others of its table. */
export function batchRanges(
  ranges: readonly HeldRange[],
  { fenceOf, haltOf }: BatchRules,
): readonly LookBatch[] {
  const byTable = new Map<TableState, HeldRange[]>();
  for (const range of ranges) {
    const { table } = range.work;
    byTable.set(table, [...(byTable.get(table) ?? []), range]);
  }
  return [...byTable].flatMap(([table, held]) =>
    cut(held).map((some) => {
      const batch = new LookBatch(table, fenceOf(table), some);
      batch.because = haltOf(table);
      if (batch.because !== null) batch.why = 'fence-late';
      return batch;
    }),
  );
}

function cut(held: readonly HeldRange[]): readonly (readonly BatchedRange[])[] {
  const batches: BatchedRange[][] = [];
  let batch: BatchedRange[] = [];
  let rows = 0;
  for (const range of held) {
    if (batch.length > 0 && rows + range.count > BATCH_ROWS) {
      batches.push(batch);
      batch = [];
      rows = 0;
    }
    batch.push({ ...range, from: rows });
    rows += range.count;
  }
  return batch.length === 0 ? batches : [...batches, batch];
}
