/**
 * What became of a row of the file. `done`: it already was as the file wants it; `changed`: it is neither as it was when
 * it was read nor as the file wants it, so it was left alone; `refused`: the server or a guard of the
 * file would not have it, and it is as it was.
 */
export type RowOutcome = 'applied' | 'done' | 'changed' | 'refused';

/** A row that is not as the file wants it, and why. */
export interface LeftRow {
  /** `differs`: it was written and is not as wanted when read again afterwards. */
  readonly kind: 'changed' | 'refused' | 'differs';
  /** `schema.table`. */
  readonly table: string;
  /** The row's key with its values, as `id = 5, code = 'a'`; a long value without its middle. */
  readonly key: string;
  /** The line of the file with the row's first statement. */
  readonly line: number;
  /** A whole sentence: the server's own words where it refused the row. */
  readonly reason: string;
}

/** What a file will do to a table of the target. */
export interface ApplyTablePlan {
  /** `schema.table`. */
  readonly table: string;
  readonly inserts: number;
  readonly updates: number;
  readonly deletes: number;
  /** Triggers that will fire, as far as the account can see them. */
  readonly triggers: readonly string[];
}

/** What will be done, before anything is. */
export interface ApplyPlan {
  readonly file: string;
  readonly direction: 'repair' | 'undo';
  /** When the run began that wrote the file. */
  readonly startedAt: string;
  /** Without account and password. */
  readonly target: string;
  readonly tables: readonly ApplyTablePlan[];
  readonly rows: number;
  /** Rows that the file itself leaves alone. */
  readonly leftAlone: number;
  /** Rows of an undo that its repair did not change, and that it passes over. */
  readonly unchanged: number;
  /** Where what takes it back will be written. */
  readonly undoPath: string;
}

/** What was done. Every row of the file is in exactly one of `applied`, `done`, `changed`, `refused` and `open`. */
export interface ApplyResult {
  readonly format: 'rowproof/apply@1';
  readonly plan: ApplyPlan;
  readonly dryRun: boolean;
  readonly applied: number;
  readonly done: number;
  readonly changed: number;
  readonly refused: number;
  /** Rows that an interrupted run did not get to. */
  readonly open: number;
  /** Rows that were read again afterwards, and those of them that are not as the file wants them. */
  readonly verified: number;
  readonly differing: number;
  /** Null where nothing was changed, so that there is nothing to take back. */
  readonly undoPath: string | null;
  readonly interrupted: boolean;
}

/** The exit code of a result: 0 only if every row is as the file wants it. */
export function exitCodeOfApply({ changed, refused, differing, interrupted }: ApplyResult): 0 | 1 | 130 {
  if (interrupted) return 130;
  return changed + refused + differing === 0 ? 0 : 1;
}
