import type { ColumnRequest } from '../core/column-rule.js';
import type { Side } from '../core/pairing.js';
import type { MatchNames, NamePair } from './pair-names.js';

/** Tells whether a name is meant by a pattern of the user's. */
export type NameTest = (name: string) => boolean;

/** What the user asked to compare, with every pattern already compiled. Names are the source's. */
export interface ComparisonScope {
  readonly includesTable: NameTest;
  readonly excludesTable: NameTest;
  /** Tables that the user named without a pattern: a view is compared only then. */
  readonly namesTable: NameTest;
  /** Whether every table of the schema is meant, so that a table the account cannot see would be missed. */
  readonly wantsWholeSchema: boolean;
  readonly mapping: readonly NamePair[];
  readonly matchNames: MatchNames;
  /** Columns to compare of a table; null where all are. */
  readonly includesColumn: (table: string) => NameTest | null;
  readonly ignoresColumn: (table: string) => NameTest;
  /** Columns of a table whose names differ on the target. */
  readonly columnMapping: (table: string) => readonly NamePair[];
  /** The conditions of a table of the source, by the side that they are for: that of the source holds on both, unless the target has its own. */
  readonly where: (table: string) => Readonly<Record<Side, string | null>>;
  /** Whether the target has one of its own. */
  readonly hasOwnTargetWhere: (table: string) => boolean;
  readonly key: (table: string) => readonly string[] | null;
  /** What was said of how a column is compared. */
  readonly columnRequest: (table: string, column: string) => ColumnRequest;
}
