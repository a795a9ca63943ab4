import type { KeyPart } from '../core/encoding/key-bytes.js';
import type { Column, Table } from '../core/schema.js';
import type { ChecksumRules } from './engine.js';
import type { RowSelection } from './row-selection.js';
import type { ChecksumRequest, ControlRow, Questions } from './session.js';
import type { StatementSettings } from './sql-session.js';

/**
 * How a bound or an exact value stands to the values a column can hold: as SQL, or below or above all of them (a
 * negative bound for a time of day, a year 20000 for MySQL).
 */
export type Literal =
  | { readonly kind: 'sql'; readonly sql: string }
  | { readonly kind: 'below' }
  | { readonly kind: 'above' };

/** The SQL of an engine. All text that reaches a server goes through `quoteName` and `literal`, or is the user's own. */
export interface Dialect {
  quoteName(name: string): string;
  literal(part: KeyPart, column: Column): Literal;
  buildSelect(selection: RowSelection): string;
  /**
   * What holds for a statement of `query` that reads the rows of a table, so that a condition of the user's in it means what
   * it means to the account. Statements that are all ours do without.
   */
  readonly rowSettings: StatementSettings;
  /** A statement with one row and one column, `row_count`. */
  buildCount(table: Table, where: string | null): string;
  /** A statement that can be parsed only if `where` is one expression by itself. It is never run. */
  buildConditionTest(table: Table, where: string): string;
  /** A statement that returns a row where two rows have the same values in `columns`. */
  buildDuplicateProbe(probe: Questions['duplicates']['about']): string;
  /** A statement whose result `readEstimate` turns into the optimizer's guess of how many rows are in a range. */
  buildEstimate(selection: RowSelection): string;
  readEstimate(rows: readonly ControlRow[]): number | null;
}

/** A checksum statement over fixed hard values, with what it must come to as far as that is known beforehand. */
export interface ChecksumProbe {
  readonly sql: string;
  readonly rows: number;
  readonly sum: bigint | null;
}

/**
 * How the servers of an engine hash rows themselves: with 64 bits, injectively, and the same on both sides. A statement
 * has one row: `row_count`, and `hash_sum`, the sum of the row hashes without a modulus.
 */
export interface ChecksumDialect extends ChecksumRules {
  /** What is set for each checksum statement. */
  readonly settings: StatementSettings;
  buildChecksum(request: ChecksumRequest): string;
  /**
   * The checksums of the parts into which ascending keys cut a range, each of which ends its part: one row for each part
   * that has rows, with its number from 0 on as `part`.
   */
  buildPartChecksums(request: ChecksumRequest, ends: readonly (readonly KeyPart[])[]): string;
  buildProbe(seed: bigint): ChecksumProbe;
}
