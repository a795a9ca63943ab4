import type { Mode, Verdict } from '../verdict.js';

/** What is known of the rows of one table pair. */
export interface TableRowsFacts {
  /** As the target names it. */
  readonly table: string;
  readonly verdict: Verdict;
  readonly mode: Mode;
  readonly sourceRows: number;
  readonly targetRows: number;
  /** Rows that differ, and are not waived. */
  readonly differences: number;
  /** Whether it was left once enough of its rows differed, so that more may. */
  readonly isLeft: boolean;
  /** Whether its rows were looked at, so that numbers of them mean something. */
  readonly isRead: boolean;
  /** Why it is not proved up to the last write on the source; null where it is. */
  readonly behind: string | null;
}

/** The verdict over the rows, and up to which moment it holds. */
export interface RowsFacts {
  readonly verdict: Verdict;
  readonly mode: Mode;
  /** The share that was read, in spot mode. */
  readonly ratio: number | null;
  /** Whether an earlier run said so, in a file. */
  readonly isEarlier: boolean;
  /** Where the source stood when the first row was read, in its own words; null where it did not say. */
  readonly position: string | null;
  readonly startedAt: string;
  readonly tables: readonly TableRowsFacts[];
  /** What is unverified, or differs, about the run as a whole: one sentence each, with what to do. */
  readonly open: readonly {
    readonly isDifferent: boolean;
    readonly code: string;
    readonly message: string;
    readonly hint: string;
  }[];
  /** What the verdict leaves out or forgives: one sentence each. */
  readonly exceptions: readonly string[];
}
