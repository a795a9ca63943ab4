import type { Lexicon } from '../engines/sql-tokens.js';
import type { ApplyPlan, ApplyResult, LeftRow } from './apply-result.js';
import type { BlockRun } from './block-tally.js';
import { findUnwanted, type RowStatements, rowsOf } from './check-rows.js';
import type { PartedRows } from './parted-rows.js';
import { nameRow } from './row-name.js';
import type { RowStatement } from './row-statement.js';
import type { AppliedTable } from './undo-statement.js';
import type { WriteConnection } from './write-connection.js';

interface Ending {
  readonly plan: ApplyPlan;
  readonly dryRun: boolean;
  readonly undoPath?: string | null;
  readonly interrupted?: boolean;
}

interface TallyParts {
  readonly tables: ReadonlyMap<number, AppliedTable>;
  readonly lexicon: Lexicon;
  readonly onLeft: (row: LeftRow) => void;
  readonly parted: PartedRows;
}

/** Counts what became of each row, and remembers those that need not be verified because they were left alone. */
export class RowTally {
  /** The last line of the file that was dealt with. */
  lastLine = 0;
  readonly left = new Set<string>();
  readonly #tables: ReadonlyMap<number, AppliedTable>;
  readonly #lexicon: Lexicon;
  readonly #parted: PartedRows;
  readonly #onLeft: (row: LeftRow) => void;
  readonly #counts = { applied: 0, done: 0, changed: 0, refused: 0, verified: 0, differing: 0 };

  constructor({ tables, lexicon, onLeft, parted }: TallyParts) {
    this.#parted = parted;
    this.#tables = tables;
    this.#lexicon = lexicon;
    this.#onLeft = onLeft;
  }

  /** Rows that were dealt with. */
  get rows(): number {
    const { applied, done, changed, refused } = this.#counts;
    return applied + done + changed + refused;
  }

  get verified(): number {
    return this.#counts.verified;
  }

  /** Takes blocks whose transaction is committed. Of rows that no statement found, some are as wanted already. */
  async take(
    runs: readonly BlockRun[],
    parts: { connection: WriteConnection; tables: ReadonlyMap<number, AppliedTable> },
  ): Promise<void> {
    const unmatched: RowStatements[] = [];
    for (const { block, applied, unmatched: missed, refused } of runs) {
      const rows = rowsOf([block]).filter(({ mark }) => !this.left.has(mark));
      // A row that a later transaction goes on with is counted there.
      const finished = rows.filter((row) => !this.#parted.isUnfinished(row));
      this.#counts.applied += finished.filter(({ mark }) => applied.has(mark)).length;
      unmatched.push(...finished.filter(({ mark }) => missed.has(mark)));
      for (const row of rows) {
        const reason = refused.get(row.mark);
        if (reason !== undefined) this.#leave('refused', row, reason);
        this.lastLine = Math.max(this.lastLine, row.statements.at(-1)?.line ?? 0);
      }
    }
    const changed = await findUnwanted(unmatched, parts);
    this.#counts.done += unmatched.length - changed.length;
    for (const row of changed) {
      if (row.isGuarded) this.#leave('refused', row, row.reason);
      else this.#leave('changed', row, `${this.#whyUnmatched(row)} ${row.reason}`);
    }
  }

  /** Takes rows that were read again, with those among them that are not as wanted. */
  takeVerified(rows: number, differing: readonly (RowStatements & { readonly reason: string })[]): void {
    this.#counts.verified += rows;
    this.#counts.differing += differing.length;
    for (const row of differing) this.#tell('differs', row, row.reason);
  }

  /** The result of a run; rows that it did not come to are open. */
  result({ plan, dryRun, undoPath = null, interrupted = false }: Ending): ApplyResult {
    const open = plan.rows - this.rows;
    return { format: 'rowproof/apply@1', plan, dryRun, ...this.#counts, open, undoPath, interrupted };
  }

  /** A statement that finds nothing, and one from which a trigger keeps its row, look alike. */
  #whyUnmatched({ statements: [first] }: RowStatements): string {
    const triggers = this.#tables.get(first?.table ?? -1)?.facts?.triggers ?? [];
    return triggers.length === 0
      ? 'It was changed since it was read.'
      : 'It was changed since it was read, or a trigger kept the statement from it.';
  }

  #leave(kind: 'changed' | 'refused', row: RowStatements, reason: string): void {
    this.#counts[kind]++;
    this.left.add(row.mark);
    this.#tell(kind, row, reason);
  }

  #tell(kind: LeftRow['kind'], { statements }: RowStatements, reason: string): void {
    const [first] = statements;
    const applied = this.#tables.get(first?.table ?? -1);
    if (first === undefined || applied === undefined)
      throw new RangeError('A row without statements was counted');
    const { table, key } = applied;
    this.#onLeft({
      kind,
      table: `${table.schema}.${table.name}`,
      key: nameRow(first, key.length > 0 ? key : columnsOf(first), this.#lexicon),
      line: first.line,
      reason,
    });
  }
}

/** A row without a key is named by all of its values. */
function columnsOf({ key }: RowStatement): readonly string[] {
  return [...new Set(key.flatMap(({ columns }) => columns))];
}
