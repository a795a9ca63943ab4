import type { UnverifiedChunk } from './chunk.js';
import type { TableId } from './pairing.js';

/** The ways of comparing that a canary is tried on: a key range read and hashed, buckets, checksums of the servers. */
export type CanaryWay = 'range' | 'bucket' | 'checksum';

/**
 * Changes one value in what was read of a table, never in a database, and compares once more: what comes of it enters no
 * count and no list.
 */
export interface CanaryTask {
  readonly kind: 'canary';
  readonly pairId: TableId;
  readonly way: CanaryWay;
  /** Whether rows are told apart by all of their values. */
  readonly asBag: boolean;
  readonly seed: bigint;
  /** For files of the bucket strategy. */
  readonly folder: string;
}

/**
 * What came of a canary: the changed value was found, or not; or there was no row to change, or none whose values could be
 * changed, or the first rows differ already, so that one more difference would show nothing.
 */
export type CanaryOutcome = 'found' | 'lost' | 'no-rows' | 'no-value' | 'differs-already';

export interface TriedCanary {
  readonly kind: 'tried';
  readonly outcome: CanaryOutcome;
  /** The target's name of the column whose value was changed; null where none was. */
  readonly column: string | null;
}

export type CanaryTaskResult = TriedCanary | UnverifiedChunk;

/** What a result says of the canaries of a table. */
export interface CanaryResult {
  readonly way: CanaryWay;
  readonly outcome: CanaryOutcome | 'failed';
  readonly column: string | null;
}
