import type { CanonicalType } from '../core/canonical-type.js';
import type { RowDifference } from '../core/difference.js';
import type { ColumnPair } from '../core/pairing.js';
import { explainChange } from './explain-change.js';
import type { Explanation } from './explanation.js';
import { KnownChanges } from './known-changes.js';
import { explainSwaps } from './swapped-columns.js';

/** A changed column of a row, and every way in which its value may have come about. */
export interface ExplainedColumn {
  readonly column: string;
  readonly explanations: readonly Explanation[];
}

/** Explains the changed values of the rows of one table, a row at a time, and remembers values that come up again. */
export class RowExplainer {
  readonly #pairs: ReadonlyMap<string, ColumnPair>;
  readonly #knownAlone = new Map<string, KnownChanges>();
  readonly #knownAmongOthers = new Map<string, KnownChanges>();

  /** `columns` are all compared columns of the table. */
  constructor(columns: readonly ColumnPair[]) {
    this.#pairs = new Map(columns.map((pair) => [pair.target.name, pair]));
  }

  /** Every changed column that was compared; none of a row that is missing or extra. */
  explain(difference: RowDifference): readonly ExplainedColumn[] {
    const { columns, source, target } = difference;
    if (source === null || target === null) return [];
    const swaps = explainSwaps(difference, this.#canonicalOf);
    const alone = columns.length === 1;
    return columns.flatMap((column) => {
      const pair = this.#pairs.get(column);
      if (pair === undefined) return [];
      const values = { source: source[column] ?? null, target: target[column] ?? null };
      const known = this.#knownOf(column, alone).explain(values.source, values.target, () =>
        explainChange({ pair, ...values, alone }),
      );
      const swapped = swaps?.get(column);
      return [{ column, explanations: swapped === undefined ? known : [...swapped, ...known] }];
    });
  }

  /** What explains a value may depend on whether its column is the only changed one. */
  #knownOf(column: string, alone: boolean): KnownChanges {
    const all = alone ? this.#knownAlone : this.#knownAmongOthers;
    const known = all.get(column) ?? new KnownChanges();
    all.set(column, known);
    return known;
  }

  readonly #canonicalOf = (column: string): CanonicalType => this.#pairs.get(column)?.canonical ?? 'text';
}
