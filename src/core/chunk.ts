import type { KeyPart } from './encoding/key-bytes.js';
import type { SerializedError } from './errors.js';
import type { ExplainedRows } from './explained-rows.js';
import type { Fence } from './fence.js';
import type { PackedKeys } from './packed-keys.js';
import type { Side, TableId } from './pairing.js';
import type { RowStates } from './row-states.js';

/**
 * What one task reads from both sides: the rows after a key, up to a key, or up to a cap. Bounds may name only the
 * first columns of a composite key.
 */
export interface ChunkTask {
  readonly kind: 'chunk';
  readonly pairId: TableId;
  readonly after: readonly KeyPart[] | null;
  readonly upTo: readonly KeyPart[] | null;
  readonly capRows: number;
  /** Wire bytes a side; a read that exceeds it ends there, with at least one row. */
  readonly capBytes: number;
  /** Whether the keys of the rows that differ are wanted: never, where looking these up is less work than reading the range, or always. */
  readonly keeps: 'no-keys' | 'few-keys' | 'keys';
  /** Which differing rows are kept: null for all, else those that are drawn at this level, and the first. */
  readonly drawLevel: number | null;
}

/** Asks sides, one after the other, what they hold of some rows now, and then where the source stands, if there is a fence. */
export interface LookTask {
  readonly kind: 'look';
  readonly pairId: TableId;
  readonly keys: PackedKeys;
  readonly sides: readonly Side[];
  readonly fence: Fence | null;
  /** How long a position may take to come, where it must be waited for. */
  readonly limitMs: number;
}

/** What came of a look, in the order of its sides. */
export interface Looked {
  readonly kind: 'looked';
  readonly states: readonly RowStates[];
  /** Null where the source has none. */
  readonly position: string | null;
}

export type LookResult = Looked | UnverifiedChunk;

/** Asks for rows of a range again that differed when another sitting of the run read it. */
export interface LookAgainTask {
  readonly kind: 'look-again';
  readonly pairId: TableId;
  readonly keys: PackedKeys;
  /** As of a chunk. */
  readonly drawLevel: number | null;
}

/** What became of these rows. */
export interface LookedAgain extends ComparedDifferences {
  readonly kind: 'looked-again';
  /** How many of them were asked for, and how many each side has now. */
  readonly asked: number;
  readonly present: Readonly<Record<Side, number>>;
}

export type LookAgainResult = LookedAgain | UnverifiedChunk;

/**
 * Asks both servers for the checksum of the rows after a key, up to a key, or up to a cap. It can only end a comparison:
 * what is unequal is compared by a `ChunkTask`.
 */
export interface ChecksumTask {
  readonly kind: 'checksum';
  readonly pairId: TableId;
  readonly after: readonly KeyPart[] | null;
  readonly upTo: readonly KeyPart[] | null;
  readonly capRows: number;
  readonly seed: bigint;
  /** Whether the range is hashed in parts at once, as where damage is expected; else only after it was found unequal. */
  readonly inParts: boolean;
}

/** Asks both sides for the key that stands so many rows further: where a stretch ends that cannot be read. */
export interface FindEndTask {
  readonly kind: 'find-end';
  readonly pairId: TableId;
  readonly after: readonly KeyPart[] | null;
  readonly upTo: readonly KeyPart[] | null;
  readonly rows: number;
  /** Whether only rows that meet the user's conditions count. */
  readonly withConditions: boolean;
}

/** The smaller key of the two sides; null where neither has so many rows. */
export interface FoundEnd {
  readonly kind: 'found-end';
  readonly end: readonly KeyPart[] | null;
}

export type FindEndResult = FoundEnd | UnverifiedChunk;

/** Asks a side, without the help of an index, which keys it has rows with: an index that is broken does not find them. */
export interface FindKeysTask {
  readonly kind: 'find-keys';
  readonly pairId: TableId;
  readonly side: Side;
  /** Key bytes. */
  readonly keys: readonly Uint8Array[];
}

export interface FoundKeys {
  readonly kind: 'found-keys';
  /** Key bytes. */
  readonly keys: readonly Uint8Array[];
}

export type FindKeysResult = FoundKeys | UnverifiedChunk;

/** Key bytes of rows that a side had when it was read, and did not find when it was asked for them by key. */
export interface UnfoundRows {
  readonly source: readonly Uint8Array[];
  readonly target: readonly Uint8Array[];
  /** How many more there were than are kept. */
  readonly beyond: number;
}

export const NONE_UNFOUND: UnfoundRows = { source: [], target: [], beyond: 0 };

export interface DifferenceCounts {
  readonly missing: number;
  readonly extra: number;
  readonly changed: number;
  readonly inFlight: number;
}

/** What is known of the rows that differed when they were read first. */
export interface ComparedDifferences {
  readonly counts: DifferenceCounts;
  /** How many changed rows differ in a column, by the target's name. */
  readonly changedColumns: Readonly<Record<string, number>>;
  /** In how many rows a column without a rule differs in bytes, which proves neither equality nor a difference. */
  readonly undecidedColumns: Readonly<Record<string, number>>;
  readonly unfound: UnfoundRows;
  /** Why they differ, as far as the rows show it; null where none does. */
  readonly explained: ExplainedRows | null;
  /** The keys of the rows that still differ, or that nobody can decide on; null where they are so many that the range is read
   * again with less effort, and where nobody wants them. */
  readonly differingKeys: PackedKeys | null;
}

/** A chunk that was read on both sides and compared. */
export interface ComparedChunk extends ComparedDifferences {
  readonly kind: 'match' | 'mismatch';
  /** The key after which the rest of the segment begins; null where the segment is done. */
  readonly end: readonly KeyPart[] | null;
  readonly sourceRows: number;
  readonly targetRows: number;
  /** The larger side's wire bytes, for pacing. */
  readonly wireBytes: number;
  readonly elapsedMs: number;
  /** Set where none of its text was encoded twice, as far as its bytes say; absent where they were not looked at. */
  readonly onceEncoded?: true;
}

/** A chunk of which nothing is known; `transient` says whether another try may help. */
export interface UnverifiedChunk {
  readonly kind: 'unverified';
  readonly error: SerializedError;
  readonly transient: boolean;
  /** The connection that failed, which says more of its server than of these rows; absent where something else did. */
  readonly lost?: LostConnection;
}

/** A connection that was lost, or could not be made; `isFull` says that the server lets in no more of them. */
export interface LostConnection {
  readonly side: Side;
  readonly isFull: boolean;
}

export type ChunkResult = ComparedChunk | UnverifiedChunk;

/**
 * Compares tables of a few rows each, one after the other. It can only end a comparison: a table that is not equal, or turns out
 * to be larger, is compared by a `ChunkTask`.
 */
export interface SmallTablesTask {
  readonly kind: 'small-tables';
  readonly pairIds: readonly TableId[];
  /** A table with as many rows, or wire bytes, on a side is not small. */
  readonly capRows: number;
  readonly capBytes: number;
}

/** A small table of which all rows are equal. */
export interface EqualTable extends Pick<ComparedChunk, 'onceEncoded'> {
  readonly rows: number;
}

/** What came of small tables, in their order; null of one that was not proved equal. */
export interface ComparedTables {
  readonly kind: 'compared-tables';
  readonly tables: readonly (EqualTable | null)[];
}

export type SmallTablesResult = ComparedTables | UnverifiedChunk;

/** A part of a range: the rows after the part before it, up to a key. */
export interface ChecksumPart {
  /** Null where the part reaches to the end of the segment. */
  readonly end: readonly KeyPart[] | null;
  /** The rows of a part that was proved equal; null where nothing is known of it. */
  readonly provedRows: number | null;
}

/** The servers' checksums do not prove all parts of a range of rows equal. */
export interface UnequalChecksums {
  readonly kind: 'unequal';
  /** In key order and without a gap; two that follow each other are not both proved, nor both unproved. */
  readonly parts: readonly ChecksumPart[];
  readonly elapsedMs: number;
}

export type ChecksumResult = ChunkResult | UnequalChecksums;

/** What looking a row up by its key costs, in rows of a range that is read; measured on all engines. */
export const ROWS_A_LOOKUP = 8;
/** So few rows are always looked up by their keys. */
const FEW_ROWS = 100;

/** Whether looking rows of a range up by their keys would be less work than reading all of it once more. */
export function isSparse(doubtful: number, rows: number): boolean {
  return doubtful <= mostSparse(rows);
}

/** The most rows of a range of which that is so. */
export function mostSparse(rows: number): number {
  return Math.max(FEW_ROWS, Math.floor(rows / ROWS_A_LOOKUP));
}

const NO_DIFFERENCE: DifferenceCounts = { missing: 0, extra: 0, changed: 0, inFlight: 0 };

/** Describes rows that were proved equal and of which no more is known, as a chunk that matched. */
export function describeProved(
  rows: number,
  { end, elapsedMs }: Pick<ComparedChunk, 'end' | 'elapsedMs'>,
): ComparedChunk {
  return {
    kind: 'match',
    end,
    elapsedMs,
    sourceRows: rows,
    targetRows: rows,
    wireBytes: 0,
    counts: NO_DIFFERENCE,
    changedColumns: {},
    undecidedColumns: {},
    unfound: NONE_UNFOUND,
    explained: null,
    differingKeys: null,
  };
}

/** How many rows and bytes chunks may have. */
export interface Pacing {
  readonly targetMs: number;
  readonly minRows: number;
  readonly maxRows: number;
  readonly maxBytes: number;
}

/**
 * Chooses how many rows the next chunk gets from how long the last one took.
 *
 * Growth is limited per step, because a stretch of cheap rows says little about the next; shrinking is not, because a
 * slow chunk is already in somebody's way.
 */
export function nextChunkRows(
  last: Pick<ComparedChunk, 'elapsedMs' | 'wireBytes' | 'sourceRows' | 'targetRows'> & {
    readonly capRows: number;
  },
  pacing: Pacing,
): number {
  const rows = Math.max(last.sourceRows, last.targetRows, 1);
  const byTime = (rows / Math.max(last.elapsedMs, 1)) * pacing.targetMs;
  const byBytes = pacing.maxBytes / (Math.max(last.wireBytes, 1) / rows);
  const wanted = Math.min(byTime, byBytes, last.capRows * 2);
  return Math.max(pacing.minRows, Math.min(pacing.maxRows, Math.floor(wanted)));
}
