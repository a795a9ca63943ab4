import type { Fact } from './fact.js';

/** What gives numbers to new rows: a sequence, an identity column, AUTO_INCREMENT. Numbers of 64 bits are exact. */
export interface NumberFacts {
  /** `schema.sequence`, or `schema.table.column` where the number belongs to a column. */
  readonly name: string;
  /** The bare names of the table and column that it is for; null for a sequence that no column uses. */
  readonly table: string | null;
  readonly column: string | null;
  /** The schema of the sequence, or of the table where there is none. */
  readonly schema: string;
  /** The bare name of the sequence; null where the engine has none. */
  readonly sequence: string | null;
  /** The number that is given next. */
  readonly next: Fact<bigint>;
  /** The largest value in the column in the direction of the step, null for none; hidden where no index leads to it. */
  readonly largest: Fact<bigint | null>;
  readonly step: bigint;
  /** The last number that it gives. */
  readonly last: bigint;
  readonly cycles: boolean;
  /** The greatest number (the least, where the step is negative) that the column takes; null where no column uses it. */
  readonly columnLast: bigint | null;
}
