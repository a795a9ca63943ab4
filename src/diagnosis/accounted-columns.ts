import type { Diagnosis } from '../core/diagnosis.js';
import type { RowDifference } from '../core/difference.js';
import type { ColumnPair } from '../core/pairing.js';
import type { Explanation } from './explanation.js';
import { RowExplainer, toChangedRow } from './row-explainer.js';

/** A changed column of a row, and those of the diagnoses that account for its value. */
export interface AccountedColumn {
  readonly column: string;
  readonly diagnoses: readonly Diagnosis[];
}

/**
 * Tells of single rows which of the diagnoses of their table account for them: a diagnosis itself only says how many rows
 * there are.
 */
export class AccountedColumns {
  readonly #explainer: RowExplainer;
  readonly #diagnoses: readonly Diagnosis[];

  constructor(columns: readonly ColumnPair[], diagnoses: readonly Diagnosis[]) {
    this.#explainer = new RowExplainer(columns, 'all');
    this.#diagnoses = diagnoses;
  }

  /** Every changed column of a row; none of a row that is missing or extra. */
  of(row: RowDifference): readonly AccountedColumn[] {
    if (row.kind !== 'changed') return [];
    const accounted: AccountedColumn[] = [];
    this.#explainer.explain(toChangedRow(row), (column, explanations) => {
      accounted.push({ column, diagnoses: this.#diagnosesOf(column, explanations ?? []) });
    });
    return accounted;
  }

  #diagnosesOf(column: string, explanations: readonly Explanation[]): Diagnosis[] {
    return this.#diagnoses.filter(
      ({ cause, columns, evidence }) =>
        columns.includes(column) &&
        explanations.some(
          (each) =>
            each.cause === cause &&
            // Two columns that hold each other's values name each other instead.
            (columns.length > 1
              ? columns.some((other) => each.detail === `with ${other}`)
              : each.detail === evidence.detail),
        ),
    );
  }
}
