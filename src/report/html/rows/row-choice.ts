import type { Diagnosis } from '../../../core/diagnosis.js';
import type { RowDifference } from '../../../core/difference.js';

/** Why a row is shown; what comes first here is shown where there is little room. */
export const CHOICES = ['cause', 'shape', 'first', 'spread'] as const;
export type Choice = (typeof CHOICES)[number];

const MOST_FIRST = 10;
const MOST_OF_SHAPE = 3;
const MOST_SHAPES = 24;
const MOST_SPREAD = 20;

/**
 * Chooses the rows that a report shows of a table, one pass over all of them in memory that does not grow: those that a
 * diagnosis names as its example, the first of each shape (kind and changed columns), the first of all, and some from
 * everywhere.
 */
export class RowChooser {
  readonly #examples: ReadonlyMap<string, readonly Diagnosis[]>;
  readonly #shapes = new Map<string, number>();
  #seen = 0;
  #stride = 1;

  constructor(diagnoses: readonly Diagnosis[]) {
    const examples = new Map<string, Diagnosis[]>();
    for (const diagnosis of diagnoses) {
      for (const { key } of diagnosis.evidence.examples) {
        const name = JSON.stringify(key);
        const known = examples.get(name) ?? [];
        if (!known.includes(diagnosis)) examples.set(name, [...known, diagnosis]);
      }
    }
    this.#examples = examples;
  }

  /** The diagnoses that a row is an example of; a row without a key is of none. */
  causesOf(row: RowDifference): readonly Diagnosis[] {
    return row.key === null ? [] : (this.#examples.get(JSON.stringify(row.key)) ?? []);
  }

  /** Why the next row is to be shown; null where it is not. */
  choose(row: RowDifference): Choice | null {
    const at = this.#seen++;
    if (this.causesOf(row).length > 0) return 'cause';
    if (this.#isNewShape(row)) return 'shape';
    if (at < MOST_FIRST) return 'first';
    return at % this.#stride === 0 ? 'spread' : null;
  }

  /** Thins out rows that were chosen for being spread, when there are too many: every other goes. */
  thin<Chosen extends { readonly choice: Choice }>(chosen: readonly Chosen[]): readonly Chosen[] {
    if (chosen.filter(({ choice }) => choice === 'spread').length <= MOST_SPREAD) return chosen;
    this.#stride *= 2;
    let at = 0;
    return chosen.filter(({ choice }) => choice !== 'spread' || at++ % 2 === 1);
  }

  #isNewShape({ kind, columns }: RowDifference): boolean {
    const shape = kind === 'changed' ? `changed ${JSON.stringify(columns)}` : kind;
    const known = this.#shapes.get(shape) ?? 0;
    if (known >= MOST_OF_SHAPE || (known === 0 && this.#shapes.size >= MOST_SHAPES)) return false;
    this.#shapes.set(shape, known + 1);
    return true;
  }
}
