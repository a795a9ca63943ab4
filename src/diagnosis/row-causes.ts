import type { CountedRow } from '../core/column-tally.js';
import type { DiagnosisExample } from '../core/diagnosis.js';
import type { DifferenceKind, RowDifference } from '../core/difference.js';
import { type ExplainedRows, ExplainedTally } from '../core/explained-rows.js';
import { MissingRuns } from '../core/missing-keys.js';
import type { TablePair } from '../core/pairing.js';
import { readExactNumber } from './exact-number.js';
import { sizeOf } from './explain-change.js';
import { type ChangedRow, type Explained, RowExplainer, UnexplainedCounts } from './row-explainer.js';

export { UnexplainedCounts } from './row-explainer.js';

/** Longer examples would outweigh the report. */
const MOST_EXAMPLE_CHARACTERS = 300;

/** A row that differs, good until the next one: what of it is looked at is read only then. */
export interface FoundRow extends ChangedRow {
  readonly kind: DifferenceKind;
  /** The same number for the same key, from which examples are drawn. */
  readonly at: number;
  readKey(): RowDifference['key'];
}

class LookedAtRow implements CountedRow {
  row: FoundRow | null = null;
  at = 0;
  column = '';

  /** Made late, because a row has one in a thousand at the most. */
  makeExample(): DiagnosisExample | null {
    const { row, column } = this;
    return row === null ? null : exampleOf({ ...row.describe(), key: row.readKey() }, column);
  }
}

/** Gathers what rows of one table show of why they differ, a row at a time, where they are compared. */
export class RowCauses {
  readonly #explainer: RowExplainer;
  /** The name of a key that is one whole number; null where it is not. */
  readonly #numberKey: string | null;
  #tally = new ExplainedTally();
  #missing = new MissingRuns();
  /** The row that is looked at: one object for all rows. */
  readonly #counted = new LookedAtRow();

  /** `unexplained` is what is known of other rows of the table. */
  constructor({ key, columns }: Pick<TablePair, 'key' | 'columns'>, unexplained = new UnexplainedCounts()) {
    this.#explainer = new RowExplainer([...key, ...columns], 'usual', unexplained);
    const [first, ...others] = key;
    const isNumber = first !== undefined && others.length === 0 && first.keyKind === 'int';
    this.#numberKey = isNumber ? first.target.name : null;
  }

  /** Begins anew, with what is known of how values of these columns are explained. */
  begin(): void {
    this.#tally = new ExplainedTally();
    this.#missing = new MissingRuns();
    this.#explainer.begin();
  }

  add(row: FoundRow): void {
    if (row.kind === 'missing') this.#addMissing(row);
    if (row.kind !== 'changed') return;
    this.#counted.row = row;
    this.#counted.at = row.at;
    this.#explainer.explain(row, this.#count);
  }

  readonly #count = (column: string, explanations: Explained): void => {
    const tally = this.#tally.column(column);
    if (explanations === null) {
      tally.passOver();
      return;
    }
    this.#counted.column = column;
    tally.add(explanations, this.#counted);
  };

  #addMissing(row: FoundRow): void {
    const name = this.#numberKey;
    if (name === null) return;
    // A boolean is shown as a word, and is a whole number all the same.
    const number = readExactNumber(row.readKey()?.[name] ?? null);
    if (number !== null) this.#missing.add(number.units);
  }

  /** What was found since it was asked for last; null where that is nothing. */
  take(): ExplainedRows | null {
    const columns = [...this.#tally.columns].map(([name, tally]) => [name, tally.toFacts()] as const);
    const missing = this.#missing.toFacts();
    this.#tally = new ExplainedTally();
    this.#missing = new MissingRuns();
    if (columns.length === 0 && missing.runs.length === 0 && !missing.isCut) return null;
    return { columns, missing: this.#numberKey === null ? null : missing };
  }
}

function exampleOf({ key, source, target }: RowDifference, column: string): DiagnosisExample | null {
  const example = { key, column, source: source?.[column] ?? null, target: target?.[column] ?? null };
  const size = sizeOf(example.source) + sizeOf(example.target);
  return size > MOST_EXAMPLE_CHARACTERS ? null : example;
}
