import type { ComparedChunk, UnverifiedChunk } from './chunk.js';
import type { Side, TableId } from './pairing.js';

/**
 * Into how many buckets the rows of a side fall. With a million rows a bucket holds about 15, so that one differing row
 * makes the second pass look at 15 others, and the sums of a side still take no more than a megabyte.
 */
export const BUCKETS = 65_536;

/** The first pass over one side: how many rows fall into each bucket, and the sum of their hashes. */
export interface SumBucketsTask {
  readonly kind: 'sum-buckets';
  readonly pairId: TableId;
  readonly side: Side;
  /** Whether rows are told apart as a whole, because no column tells them apart. */
  readonly asBag: boolean;
}

/** The second pass over one side: rows of buckets that differ go to partition files. */
export interface SpillBucketsTask {
  readonly kind: 'spill-buckets';
  readonly pairId: TableId;
  readonly side: Side;
  readonly asBag: boolean;
  /** Whether rows with a key are kept whole, because they cannot be asked for by it. */
  readonly withRows: boolean;
  /** One byte a bucket: 1 where its rows are wanted. */
  readonly wanted: Uint8Array;
  /** The sort keys at which partitions after the first begin, ascending. */
  readonly bounds: readonly Uint8Array[];
  readonly folder: string;
  /** Whether rows are read as they are now, also where the run reads as of one instant. */
  readonly readsLive: boolean;
}

/** Compares the rows that both sides spilled into one partition. */
export interface ComparePartitionTask {
  readonly kind: 'compare-partition';
  readonly pairId: TableId;
  readonly asBag: boolean;
  /** Whether the files hold rows with a key whole. */
  readonly withRows: boolean;
  readonly folder: string;
  readonly partition: number;
  /** How many rows of each side were spilled into it: what its files must hold. */
  readonly rows: Readonly<Record<Side, number>>;
  /** Whether the keys of the rows that differ are wanted. */
  readonly keepsKeys: boolean;
  /** Which of several looks at rows that cannot be asked for this is; null where one decides. */
  readonly look: BucketLook | null;
}

/** One of several looks at all rows of some buckets. */
export interface BucketLook {
  /** What every look before this one showed to differ, ascending; null for the first. */
  readonly known: BigUint64Array | null;
  /** Whether what differs as it did in all of them is kept. */
  readonly isLast: boolean;
}

export type BucketTask = SumBucketsTask | SpillBucketsTask | ComparePartitionTask;

/** What the first pass leaves of a side. */
export interface BucketSums {
  readonly rows: number;
  readonly counts: Float64Array;
  /** Sums of row hashes mod 2^64. */
  readonly sums: BigUint64Array;
  /** Sort keys of a random share of the rows, to cut the second pass into even partitions. */
  readonly sample: readonly Uint8Array[];
}

/** The rows of a table cannot be told apart by the key that was chosen. */
export interface UnusableKey {
  readonly kind: 'unusable-key';
  readonly reason: string;
}

export type SumBucketsResult = { readonly kind: 'summed'; readonly sums: BucketSums } | UnverifiedChunk;

/** How many rows fell into each partition. */
export interface SpilledRows {
  readonly kind: 'spilled';
  readonly rows: readonly number[];
}

export type SpillBucketsResult = SpilledRows | UnusableKey | UnverifiedChunk;

export type ComparePartitionResult =
  | ({ readonly kind: 'compared' } & Pick<
      ComparedChunk,
      'counts' | 'changedColumns' | 'undecidedColumns' | 'unfound' | 'explained' | 'differingKeys'
    > & {
        /** With a look: what differs as it did in the looks before, ascending, each a hash of the rows and how many copies each side has. */
        readonly entries: BigUint64Array;
        /** With the last look: rows that differ, and did otherwise before. */
        readonly unsettled: number;
      })
  | UnverifiedChunk;

/** Marks the buckets that do not hold the same rows on both sides. */
export function findDifferingBuckets(source: BucketSums, target: BucketSums): Uint8Array {
  const differing = new Uint8Array(BUCKETS);
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const isEqual =
      source.counts[bucket] === target.counts[bucket] && source.sums[bucket] === target.sums[bucket];
    if (!isEqual) differing[bucket] = 1;
  }
  return differing;
}

/** How many rows a partition should hold on both sides together: what a worker keeps in memory at a time. */
const PARTITION_ROWS = 100_000;
/** More partitions than this would cost more in files than they save in memory. */
const MAX_PARTITIONS = 1024;

/** Chooses the sort keys that cut the rows of differing buckets into partitions of about equal size. */
export function choosePartitionBounds(
  sides: readonly BucketSums[],
  differing: Uint8Array,
): readonly Uint8Array[] {
  let rows = 0;
  for (const { counts } of sides) {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if (differing[bucket] === 1) rows += counts[bucket] as number;
    }
  }
  const partitions = Math.min(MAX_PARTITIONS, Math.ceil(rows / PARTITION_ROWS));
  const sample = sides.flatMap((side) => side.sample).sort(compareBytes);
  const bounds: Uint8Array[] = [];
  for (let partition = 1; partition < partitions; partition++) {
    const bound = sample[Math.floor((sample.length * partition) / partitions)];
    const last = bounds.at(-1);
    if (bound !== undefined && (last === undefined || compareBytes(last, bound) < 0)) bounds.push(bound);
  }
  return bounds;
}

/** Finds the partition of a sort key: the number of bounds at or below it. */
export function partitionOf(sortKey: Uint8Array, bounds: readonly Uint8Array[]): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes(bounds[middle] as Uint8Array, sortKey) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Orders bytes as memcmp does, a prefix first. */
export function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const shared = Math.min(one.length, other.length);
  for (let i = 0; i < shared; i++) {
    const difference = (one[i] as number) - (other[i] as number);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}
