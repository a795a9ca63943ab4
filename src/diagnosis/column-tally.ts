import type { CauseCode, DiagnosisExample } from '../core/diagnosis.js';
import type { Explanation } from './explanation.js';

/** Sets of explanations kept apart in a column. More come up only where most are noise. */
const MOST_SETS = 256;
const MOST_EXAMPLES = 3;

/** Rows of a column that the same explanations fit, so that no row is counted for two causes. */
export interface ExplainedSet {
  readonly explanations: readonly CountedExplanation[];
  rows: number;
  readonly examples: DiagnosisExample[];
}

/** An explanation with the evidence of all rows of its set. */
export interface CountedExplanation {
  readonly cause: CauseCode;
  readonly detail: string;
  readonly cost: number;
  readonly provable: boolean;
  readonly open: boolean;
  bits: number;
}

/**
 * Counts the changed rows of one column by the set of explanations that fit them, in memory that does not grow with
 * the rows: where too many sets come up, rare ones lose the explanations whose details differ from row to row. A cause
 * can so be counted in fewer rows than it fits, and is then not proved; never in more.
 */
export class ColumnTally {
  rows = 0;
  readonly #sets = new Map<string, ExplainedSet>();

  add(explanations: readonly Explanation[], example: DiagnosisExample | null): void {
    this.rows++;
    let kept = explanations;
    let name = nameOf(kept);
    if (!this.#sets.has(name) && this.#sets.size >= MOST_SETS) {
      this.#foldRareSets();
      if (this.#sets.size >= MOST_SETS) {
        kept = explanations.filter(({ open }) => open !== true);
        name = nameOf(kept);
      }
    }
    if (kept.length === 0) return;
    const set = this.#sets.get(name);
    if (set === undefined) {
      const examples = example === null ? [] : [example];
      this.#sets.set(name, { explanations: kept.map(countedOf), rows: 1, examples });
      return;
    }
    set.rows++;
    for (const [i, { bits }] of kept.entries()) {
      const counted = set.explanations[i];
      if (counted !== undefined) counted.bits += bits;
    }
    if (example !== null && set.examples.length < MOST_EXAMPLES) set.examples.push(example);
  }

  get sets(): readonly ExplainedSet[] {
    return [...this.#sets.values()];
  }

  #foldRareSets(): void {
    const rare = [...this.#sets].filter(
      ([, set]) => set.rows === 1 && set.explanations.some(({ open }) => open),
    );
    for (const [name, set] of rare) {
      this.#sets.delete(name);
      const explanations = set.explanations.filter(({ open }) => !open);
      if (explanations.length === 0) continue;
      const folded = nameOf(explanations);
      const known = this.#sets.get(folded);
      if (known === undefined) this.#sets.set(folded, { ...set, explanations });
      else {
        known.rows += set.rows;
        for (const [i, counted] of known.explanations.entries()) counted.bits += explanations[i]?.bits ?? 0;
      }
    }
  }
}

function nameOf(explanations: readonly Pick<Explanation, 'cause' | 'detail'>[]): string {
  return explanations.map(({ cause, detail }) => `${cause}/${detail}`).join('\n');
}

function countedOf({ cause, detail, bits, cost, provable, open }: Explanation): CountedExplanation {
  return { cause, detail, bits, cost: cost ?? 0, provable: provable ?? true, open: open ?? false };
}
