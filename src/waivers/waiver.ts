import type { CauseCode } from '../core/diagnosis.js';
import type { WaiverMark } from '../core/waiver.js';

/** The name that is looked for in the working folder. */
export const DEFAULT_WAIVERS_PATH = 'rowproof-waivers.yaml';
export const WAIVERS_FORMAT = 'rowproof/waivers@1';
/** More single rows are no list of exceptions: somebody must say what they have in common. */
export const MOST_ROW_WAIVERS = 10_000;
/** Rows above this many are not all looked at for their causes, and then none is proved. */
export const MOST_CAUSE_ROWS = 1_000_000;

/** Causes of whole rows say nothing of a column, so that a row would be forgiven that nobody has looked at. */
export const CAUSES_OF_WHOLE_ROWS: ReadonlySet<string> = new Set<CauseCode>([
  'key-changed',
  'rows-duplicated',
  'sibling-survived',
  'target-empty',
  'missing-tail',
  'missing-at-intervals',
  'missing-runs',
  'round-row-count',
]);

/** What every entry says; `place` is the file and line, for messages. */
interface Entry extends WaiverMark {
  readonly place: string;
  /** The target's name of the table. */
  readonly table: string;
}

/** One row that may differ in just this way. */
export interface RowWaiver extends Entry {
  readonly kind: 'row';
  readonly hash: string;
}

/** Rows of a column that may differ for a cause that is proved, as long as they are not more than was accepted. */
export interface CauseWaiver extends Entry {
  readonly kind: 'cause';
  readonly column: string;
  readonly code: CauseCode;
  /** What all of the rows must share, such as "at 20 characters"; null for anything. */
  readonly detail: string | null;
  readonly maxRows: number;
}

/** A finding of the gate that may be as it is, as long as it shows what it showed when it was accepted. */
export interface CheckWaiver extends WaiverMark {
  readonly check: string;
  readonly subject: string;
  readonly evidence: string;
}

export type Waiver = RowWaiver | CauseWaiver;

/** What marks a row that is waived. */
export function markOf({ owner, reason, expires }: Waiver): WaiverMark {
  return { owner, reason, expires };
}
