import type { WaiverMark } from './waiver.js';

/**
 * One value as reports and repair SQL carry it: exact text, NULL, or bytes in hex (binary columns, and text that does
 * not decode in its character set). Never a JavaScript number.
 */
export type Value = string | null | { readonly hex: string };

/** Hashes of how a row differs, made with a secret. */
export interface RowHashes {
  /** Tells the secret from others. */
  readonly secret: string;
  /** As a waivers file has it. */
  readonly waiver: string;
  /** As a baseline has it. */
  readonly state: string;
}

export type DifferenceKind = 'missing' | 'extra' | 'changed';

/**
 * The fact that one row differs. Names are the target's. `source` and `target` hold the changed columns of a changed
 * row and every compared column of a missing or extra one; the side without the row is null.
 */
export interface RowDifference {
  readonly kind: DifferenceKind;
  readonly key: Readonly<Record<string, Value>> | null;
  readonly columns: readonly string[];
  readonly source: Readonly<Record<string, Value>> | null;
  readonly target: Readonly<Record<string, Value>> | null;
  /** How often each side holds the row; only where no key tells rows apart. */
  readonly sourceCopies?: number;
  readonly targetCopies?: number;
  /** Stands for values that were hidden when the row was saved, so that it can be accepted; else absent. */
  readonly hashes?: RowHashes;
  /** Whether a baseline does not know it; absent where it does, or where there is none. */
  readonly new?: true;
  /** Who accepted it; absent where nobody did. */
  readonly waived?: WaiverMark;
}

/** A differing row as a run keeps it. */
export interface StoredRow extends RowDifference {
  /** The highest level at which it is drawn, of a row that only one side has; absent where all rows are kept, and of others. */
  readonly draw?: number;
}

/** Differing rows of one table, by the target's name, as the lines of JSON that a run keeps. */
export interface KeptLines {
  readonly table: string;
  /** Whole lines, one or more. */
  readonly text: string;
}

/** How many rows a difference stands for: more than one where no key tells equal rows apart. */
export function countRows({ sourceCopies, targetCopies }: RowDifference): number {
  if (sourceCopies === undefined || targetCopies === undefined) return 1;
  return Math.abs(sourceCopies - targetCopies);
}
