import type { ChecksumPlace } from '../core/checksum-place.js';
import type { LoadLimits } from '../core/load-limits.js';
import type { Side } from '../core/pairing.js';
import type { Relaxation } from '../core/relaxation.js';
import type { LockScope } from '../core/snapshot.js';
import type { Mode, ModeChoice } from '../core/verdict.js';

/** A name on the source, and the name of its partner on the target. */
export interface TableMapping {
  readonly source: string;
  readonly target: string;
}

/** A column of one table, or of every table that the glob in `table` matches. */
export interface ColumnPattern {
  readonly table: string;
  readonly column: string;
}

/** Columns of which two values may differ in the ways that are named. */
export interface RelaxedColumn extends ColumnPattern {
  readonly relaxations: readonly Relaxation[];
}

/** A binary(16) column with swapped time groups; `either` is that of the one side that is binary(16). */
export interface SwappedColumn extends ColumnPattern {
  readonly side: 'source' | 'target' | 'either';
}

export const MATCH_NAMES = ['exact', 'ignore-case', 'snake-case'] as const;
export type MatchNames = (typeof MATCH_NAMES)[number];

export const FENCE_ORDERS = ['table', 'global'] as const;
export type FenceOrder = (typeof FENCE_ORDERS)[number];

/**
 * Everything that was asked for, resolved once at the edge: nothing is optional, so that no default hides further in.
 * All names of tables and columns are the source's.
 */
export interface RunConfig {
  readonly sourceUrl: string;
  readonly targetUrl: string;
  /** Globs of the tables to compare; empty for all. */
  readonly tables: readonly string[];
  readonly exclude: readonly string[];
  readonly map: readonly TableMapping[];
  readonly matchNames: MatchNames;
  /** The only columns to compare of the tables named here; empty for all. */
  readonly columns: readonly ColumnPattern[];
  readonly ignoreColumns: readonly ColumnPattern[];
  /** SQL conditions in the source's form, by table. */
  readonly where: ReadonlyMap<string, string>;
  /** The same conditions where the target needs another form. */
  readonly targetWhere: ReadonlyMap<string, string>;
  readonly keys: ReadonlyMap<string, readonly string[]>;
  /** Columns whose names differ on the target, by table. */
  readonly columnMap: ReadonlyMap<string, readonly TableMapping[]>;
  readonly relax: readonly RelaxedColumn[];
  readonly uuidSwap: readonly SwappedColumn[];
  /** The zone of the civil times (DATETIME, `timestamp`) of a side, where they stand against points in time. */
  readonly sourceTimezone: string | null;
  readonly targetTimezone: string | null;
  readonly mode: Mode;
  /** The share of rows that spot mode reads, above 0 and below 1; 1 in other modes. */
  readonly ratio: number;
  /** Tables that settings of their own were given for, also where those say nothing that another field holds. */
  readonly tableSettings: readonly string[];
  /** What is checked of single tables instead. */
  readonly tableModes: ReadonlyMap<string, ModeChoice>;
  /** How many rows of each side a run must have looked at to be a pass; null for any number. */
  readonly minRows: number | null;
  /** The same of single tables, by their own. */
  readonly tableMinRows: ReadonlyMap<string, number>;
  /** How many chunks, or whole tables, may be read at a time. */
  readonly workers: number;
  /** Whether so many are, because the user said so; else as many of them as it is faster with. */
  readonly fixesWorkers: boolean;
  /** A fixed cap on the rows of a chunk; null lets it follow the time a chunk takes. */
  readonly chunkRows: number | null;
  /** At how many differing rows the rest of a table is not read; null for never. */
  readonly maxDifferences: number | null;
  /** After how long the run is stopped; null for never. */
  readonly maxRuntimeMs: number | null;
  /** How long a server that went away is waited for. */
  readonly waitForServerMs: number;
  /** How long a chunk should take. */
  readonly chunkTimeMs: number;
  readonly limits: LoadLimits;
  /** For how long rows that differ are looked at again; null follows whether somebody writes. */
  readonly recheckForMs: number | null;
  /** Whether each side is read as of one instant, and for how long that may be. */
  readonly snapshot: boolean;
  readonly maxSnapshotAgeMs: number;
  /** What may be locked for a moment to have all workers read as of the same instant; null for nothing. */
  readonly snapshotLock: LockScope | null;
  /** For how long a target that is a replica may be told to apply nothing; null for not at all. */
  readonly pauseReplicaMs: number | null;
  /** How far the target may be behind the source when rows are first read; null for any time. */
  readonly maxLagMs: number | null;
  /** For how long a target that is behind is waited for. */
  readonly maxLagWaitMs: number;
  /** The column of the user's by which it is known how far the target is; null where the servers say it themselves or nobody. */
  readonly fenceTable: ColumnPattern | null;
  /** The words of the command that writes a greater value to it; null where somebody does so all the time. */
  readonly fenceCommand: readonly string[] | null;
  readonly fenceOrder: FenceOrder;
  /** Who hashes rows where the servers may. */
  readonly checksumOn: ChecksumPlace;
  /** The seed of the row hash; null for a random one. */
  readonly seed: bigint | null;
  /** Whether a value of each table is changed after it was read, to prove that it is found. */
  readonly canary: boolean;
  readonly showValues: boolean;
  /** Columns whose values are shown although others are hidden. */
  readonly showColumns: readonly ColumnPattern[];
  /** Whether pseudonyms stand in the place of keys. */
  readonly hashKeys: boolean;
  /** The file that holds the secret; null for the environment's. */
  readonly keyFile: string | null;
}

/** Whether anything of a row is hidden, so that neither statements nor words of a server may be shown as they are. */
export function hidesRows({ showValues, hashKeys }: Pick<RunConfig, 'showValues' | 'hashKeys'>): boolean {
  return !showValues || hashKeys;
}

/** Both sides with their URLs. */
export function sidesOf({
  sourceUrl,
  targetUrl,
}: Pick<RunConfig, 'sourceUrl' | 'targetUrl'>): readonly { readonly side: Side; readonly url: string }[] {
  return [
    { side: 'source', url: sourceUrl },
    { side: 'target', url: targetUrl },
  ];
}
