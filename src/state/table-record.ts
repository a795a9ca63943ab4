import type { ComparedChunk, UnfoundRows } from '../core/chunk.js';
import type { KeySpan } from '../core/coverage.js';
import type { KeyPart } from '../core/encoding/key-bytes.js';
import type { SerializedError } from '../core/errors.js';
import type { ExplainedRows } from '../core/explained-rows.js';
import type { Finding } from '../core/finding.js';
import type { PackedKeys } from '../core/packed-keys.js';
import type { SpotShare } from '../plan/spot-planner.js';

/** Who hashed the rows of a chunk. */
export type Hasher = 'client' | 'server';

/** What came of rows that were read on both sides and compared. */
export type ComparedRows = Pick<
  ComparedChunk,
  'sourceRows' | 'targetRows' | 'counts' | 'changedColumns' | 'undecidedColumns'
>;

/** Where the differing rows of a chunk lie in the spool. */
export interface StoredRows {
  readonly part: number;
  readonly start: number;
  readonly end: number;
}

/** Rows of which it is not known whether they differ, although they were looked at again. */
export interface UnsettledRows {
  readonly rows: number;
  /** Why: they were changing still, the target did not come up to a position, or what it came up to proved to be no fence. */
  readonly why: 'moving' | 'fence-late' | 'fence-broken' | 'stopped';
  /** What more is known of why; absent where that is nothing. */
  readonly because?: string;
  /** How often each was looked at, the least and the most, and when first and last (milliseconds since 1970). */
  readonly looks: { readonly least: number; readonly most: number };
  readonly firstMs: number;
  readonly lastMs: number;
  /** The keys of some of them. */
  readonly examples: readonly (readonly KeyPart[])[];
}

/**
 * One thing that a run has learned of a table, in the order in which it was learned. All that a run knows of a table is the
 * fold over its records, so that whoever keeps them can know it again.
 */
export type TableRecord =
  | { readonly kind: 'started'; readonly atMs: number }
  /** Nothing but all of their values tells rows apart. */
  | { readonly kind: 'bag' }
  /** A range was drawn for the sample, after a walk over so many. */
  | {
      readonly kind: 'drawn';
      readonly range: KeySpan;
      readonly share: SpotShare;
      /** The key bytes of where it ends; null where that is the end of the table. */
      readonly end: Uint8Array | null;
    }
  /**
   * Rows that were compared; `range` is null where they have no order. What differs is stored before this is recorded, in a
   * part of the spool whose rows follow each other.
   */
  | {
      readonly kind: 'compared';
      readonly part: number;
      readonly range: KeySpan | null;
      readonly hasher: Hasher;
      readonly rows: ComparedRows;
      readonly unfound: UnfoundRows;
      readonly stored: StoredRows | null;
      /** Why rows differ; null, or absent, where none does. */
      readonly explained?: ExplainedRows | null;
      /** The keys of the rows that differ; null where none do, where they are not kept, and where they are too many. */
      readonly keys: PackedKeys | null;
      /** How many chunks it stands for; one where it is absent. */
      readonly chunks?: number;
      /** Set where its rows are the first of the table, and none of their text was encoded twice. */
      readonly onceEncoded?: true;
      /** Rows of it that are in no count; absent where there are none. */
      readonly unsettled?: UnsettledRows;
    }
  /** Rows that were compared, some of which differ and are looked at again before anything is said of them. */
  | {
      readonly kind: 'held';
      readonly range: KeySpan;
      readonly hasher: Hasher;
      readonly rows: ComparedRows;
      readonly keys: PackedKeys;
    }
  | { readonly kind: 'counted'; readonly sourceRows: number; readonly targetRows: number }
  /** Rows of which nothing is known; `open` says which, null where it is all of the table or not known either. */
  | { readonly kind: 'unverified'; readonly open: string | null; readonly error: SerializedError }
  | { readonly kind: 'found'; readonly finding: Finding }
  | { readonly kind: 'sampled'; readonly share: SpotShare }
  /** What was compared was read by an index that is broken: nothing of it counts. */
  | { readonly kind: 'restarted' }
  /** Which rows differ was misread, because the table was altered meanwhile. */
  | { readonly kind: 'misread' }
  /** Enough rows differ, so that the rest of the table is not read. */
  | { readonly kind: 'left'; readonly mostDifferences: number }
  | { readonly kind: 'interrupted'; readonly by: 'max-runtime' | null }
  /** A rotation began to read a table that is read as a whole, or came to its end. */
  | { readonly kind: 'pass'; readonly state: 'begun' | 'equal' | 'different' }
  /** A rotation read some of the table, or none of it, and will come to the rest another time. */
  | { readonly kind: 'rotated' }
  /** Every part was walked to its end, or what is left of it is recorded as unverified. */
  | { readonly kind: 'done' }
  | { readonly kind: 'ended'; readonly atMs: number };
