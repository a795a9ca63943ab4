import { type ColumnFacts, ColumnTally } from './column-tally.js';
import { type MissingKeys, MissingRuns } from './missing-keys.js';

/** What rows that differ show of why they do, gathered where they were compared: the rows themselves need not be kept for it. */
export interface ExplainedRows {
  /** Of each column in which a row changed, by the target's name. */
  readonly columns: readonly (readonly [column: string, facts: ColumnFacts])[];
  /** Null where rows have no key that is one whole number. */
  readonly missing: MissingKeys | null;
  /** Why rows could not be explained: then those after it were not looked at; absent where they could. */
  readonly failure?: string | null;
}

/** Joins what was found of rows of one table, in any order. */
export class ExplainedTally {
  readonly #columns = new Map<string, ColumnTally>();
  #missing: MissingRuns | null = null;
  /** Why some rows could not be explained; null where all could. */
  failure: string | null = null;

  add({ columns, missing, failure = null }: ExplainedRows): void {
    this.failure ??= failure;
    for (const [column, facts] of columns) this.column(column).merge(facts);
    if (missing === null) return;
    this.#missing ??= new MissingRuns();
    this.#missing.merge(missing);
  }

  /** What can be handed to another process. */
  toFacts(): ExplainedRows {
    const columns = [...this.#columns].map(([name, tally]) => [name, tally.toFacts()] as const);
    return { columns, missing: this.#missing?.toFacts() ?? null, failure: this.failure };
  }

  /** What is known of a column. */
  column(name: string): ColumnTally {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const made = new ColumnTally();
    this.#columns.set(name, made);
    return made;
  }

  /** The columns in which rows changed. */
  get columns(): ReadonlyMap<string, ColumnTally> {
    return this.#columns;
  }

  /** The runs of keys of missing rows; null where they are not known. */
  get missingRuns(): ReturnType<MissingRuns['inOrder']> {
    return this.#missing?.inOrder() ?? null;
  }
}
