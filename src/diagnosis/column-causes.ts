import type { CauseCode, Diagnosis, DiagnosisExample } from '../core/diagnosis.js';
import type { RowDifference } from '../core/difference.js';
import type { ColumnPair } from '../core/pairing.js';
import { findAllowingRelaxation } from './allowing-relaxation.js';
import { chooseCauses } from './choose-causes.js';
import { ColumnTally } from './column-tally.js';
import { sizeOf } from './explain-change.js';
import { RowExplainer } from './row-explainer.js';

/** Longer examples would outweigh the report. */
const MOST_EXAMPLE_CHARACTERS = 300;

/** Gathers the causes of the changed values of one table, a row at a time. */
export class ColumnCauses {
  readonly #explainer: RowExplainer;
  readonly #tallies = new Map<string, ColumnTally>();

  /** `columns` are all compared columns of the table. */
  constructor(columns: readonly ColumnPair[]) {
    this.#explainer = new RowExplainer(columns);
  }

  add(difference: RowDifference): void {
    for (const { column, explanations } of this.#explainer.explain(difference)) {
      const example = explanations.length === 0 ? null : exampleOf(difference, column);
      this.#tallyOf(column).add(explanations, example);
    }
  }

  /** What was found, the columns in the order in which they first differed. */
  diagnose(): Diagnosis[] {
    const diagnoses: Diagnosis[] = [];
    const swaps = new Set<string>();
    for (const [column, tally] of this.#tallies) {
      for (const { cause, detail, confidence, rows, examples } of chooseCauses(tally.sets, tally.rows)) {
        const columns = columnsOf(column, cause, detail);
        if (columns.length > 1) {
          const name = [...columns].sort().join('\n');
          if (swaps.has(name)) continue;
          swaps.add(name);
        }
        const evidence = { detail: columns.length > 1 ? '' : detail, of: tally.rows, examples };
        const isWhole = rows === tally.rows && confidence === 'proved';
        const relaxation = isWhole ? findAllowingRelaxation(cause, detail) : null;
        diagnoses.push({
          ...{ cause, confidence, columns, rows, evidence },
          ...(relaxation !== null && { relaxation }),
        });
      }
    }
    return diagnoses;
  }

  #tallyOf(column: string): ColumnTally {
    const known = this.#tallies.get(column);
    if (known !== undefined) return known;
    const tally = new ColumnTally();
    this.#tallies.set(column, tally);
    return tally;
  }
}

/** A swap is a diagnosis of two columns; the other one is named by the detail. */
function columnsOf(column: string, cause: CauseCode, detail: string): string[] {
  return cause === 'columns-swapped' ? [column, detail.replace(/^with /, '')] : [column];
}

function exampleOf({ key, source, target }: RowDifference, column: string): DiagnosisExample | null {
  const example = { key, column, source: source?.[column] ?? null, target: target?.[column] ?? null };
  const size = sizeOf(example.source) + sizeOf(example.target);
  return size > MOST_EXAMPLE_CHARACTERS ? null : example;
}
