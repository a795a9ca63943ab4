import type { Value } from '../core/difference.js';
import type { Explanation } from './explanation.js';

/** Pairs of values of a column that are remembered, and how long they may be: what repeats is short. */
const MOST_PAIRS = 512;
const MOST_CHARACTERS = 64;
/** After so many changed values it shows whether they repeat. */
const TRIAL_VALUES = 2048;

/** Remembers how the changed values of one column were explained, as long as the same pairs of values come up again. */
export class KnownChanges {
  readonly #known = new Map<string, readonly Explanation[]>();
  #asked = 0;
  #repeated = 0;

  /** The explanations of a pair of values, from `explain` where they are not known yet. */
  explain(source: Value, target: Value, explain: () => readonly Explanation[]): readonly Explanation[] {
    const name = this.#isVain ? null : nameOf(source, target);
    if (name === null) return explain();
    this.#asked++;
    const known = this.#known.get(name);
    if (known !== undefined) {
      this.#repeated++;
      return known;
    }
    const found = explain();
    if (this.#known.size < MOST_PAIRS) this.#known.set(name, found);
    return found;
  }

  get #isVain(): boolean {
    return this.#asked >= TRIAL_VALUES && this.#repeated * 2 < this.#asked;
  }
}

/** Null for values that are not kept. The length of the first tells where the second begins. */
function nameOf(source: Value, target: Value): string | null {
  if (typeof source !== 'string' || typeof target !== 'string') return null;
  if (source.length + target.length > MOST_CHARACTERS) return null;
  return `${source.length} ${source}${target}`;
}
