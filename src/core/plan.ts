import type { ChecksumPlace } from './checksum-place.js';
import type { FenceChoice } from './fence.js';
import type { Finding } from './finding.js';
import type { Side } from './pairing.js';
import type { BySide, Range, RunEstimate } from './plan-estimate.js';
import type { ColumnResult, SideResult } from './result.js';
import type { PlannedShares } from './share.js';
import type { Mode } from './verdict.js';

export const PLAN_FORMAT = 'rowproof/plan@2';

/** A pair of key columns, by their names on either side, and the order in which both are walked, or null. */
export interface PlannedKeyColumn {
  readonly source: string;
  readonly target: string;
  readonly order: string | null;
}

/** What would be done to one table pair. */
export interface TablePlan {
  readonly source: string | null;
  readonly target: string | null;
  /** How much of it would be checked; may be another mode than the run's. */
  readonly mode: Mode;
  /** The share of its rows that would be read: below 1 for a sample. */
  readonly ratio: number;
  readonly strategy: 'range' | 'bucket' | 'count' | null;
  readonly key: readonly PlannedKeyColumn[];
  /** Who would hash its rows; `auto` is whoever proves faster. Null where no row would be compared. */
  readonly checksum: { readonly on: ChecksumPlace; readonly reason: string | null } | null;
  /** Why no key can be walked by; null where one is, and where no row would be read. */
  readonly unwalkable: string | null;
  /** The source engine's own estimate; null where it has none. */
  readonly estimatedRows: number | null;
  /** Whether nothing is there to be looked at on a side, as far as that is sure; rows may still come. */
  readonly isEmpty: Readonly<Record<Side, boolean>>;
  /** What its rows take up on each side, of all columns and without indexes; null where the server does not say. */
  readonly estimatedBytes: BySide;
  /** Whether a side keeps values compressed, so that it sends more bytes than that, for longer. */
  readonly isAtLeast: Readonly<Record<Side, boolean>>;
  /** How long it would take, by rates that were measured elsewhere; null where that is unknown. */
  readonly estimatedSeconds: Range | null;
  /** How many key ranges the table is cut into, so that workers can share it. */
  readonly segments: number;
  readonly columns: readonly (ColumnResult & { readonly canonical: string | null })[];
  /** The statement of a chunk in the middle of the table; null where nothing would be read. */
  readonly sql: { readonly source: string; readonly target: string } | null;
  /** How it would be known when the target has what the source had, or why it would not; null where the sides are of two kinds. */
  readonly fence: FenceChoice | null;
  readonly findings: readonly Finding[];
}

/** What `rowproof plan` tells, format `rowproof/plan@2`. */
export interface RunPlan {
  readonly format: typeof PLAN_FORMAT;
  readonly mode: Mode;
  readonly source: SideResult;
  readonly target: SideResult;
  readonly excluded: readonly string[];
  /** What is sure of the run's verdict before a row is read; null where rows decide. */
  readonly expected: 'different' | 'unverified' | null;
  /** Of all tables that would be read or counted. */
  readonly estimate: RunEstimate;
  readonly tables: readonly TablePlan[];
  readonly findings: readonly Finding[];
  /** How the run is divided; absent unless parts were asked for. */
  readonly shares?: PlannedShares;
}
