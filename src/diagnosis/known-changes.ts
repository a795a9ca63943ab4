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

  /** The explanations of a pair of values; null where they are not known. */
  find(source: Value, target: Value): readonly Explanation[] | null {
    if (this.#isVain) return null;
    const name = nameOf(source, target);
    if (name === null) return null;
    this.#asked++;
    const known = this.#known.get(name);
    if (known === undefined) return null;
    this.#repeated++;
    return known;
  }

  /** Keeps what explains a pair of values that was not known. */
  keep(source: Value, target: Value, found: readonly Explanation[]): void {
    if (this.#isVain || this.#known.size >= MOST_PAIRS) return;
    const name = nameOf(source, target);
    if (name !== null) this.#known.set(name, found);
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
