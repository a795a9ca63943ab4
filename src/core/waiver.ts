/** Who accepted a difference, why, and the last day (UTC, `YYYY-MM-DD`) on which that holds. */
export interface WaiverMark {
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
}

/** What a run forgave of one table for one reason, so that whoever reads the result can ask its owner. */
export interface WaiverUse extends WaiverMark {
  /** The target's name of the table. */
  readonly table: string;
  /** The column and the proved cause of a waiver of a cause; absent where single rows were accepted. */
  readonly cause?: { readonly column: string; readonly code: string };
  /** Rows that are waived for it. */
  readonly rows: number;
}
