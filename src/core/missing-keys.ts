/** Runs that are kept of one task, and of one table. */
const MOST_RUNS = 20_000;

/** Keys of rows that follow each other without a gap, the first and the last, as whole numbers in decimal digits. */
export type KeyRun = readonly [first: string, last: string];

/** Runs of the keys of missing rows, as far as they are kept. */
export interface MissingKeys {
  readonly runs: readonly KeyRun[];
  /** Whether there were too many of them: then they say nothing. */
  readonly isCut: boolean;
}

interface Run {
  readonly first: bigint;
  last: bigint;
}

/** Collects the keys of missing rows as runs, in memory that does not grow with the rows. Keys may come in any order of ranges. */
export class MissingRuns {
  #runs: Run[] = [];
  #isCut = false;

  /** Adds a key; those of one range ascend. */
  add(key: bigint): void {
    if (this.#isCut) return;
    const run = this.#runs.at(-1);
    if (run !== undefined && run.last + 1n === key) {
      run.last = key;
      return;
    }
    this.#runs.push({ first: key, last: key });
    this.#limit();
  }

  merge({ runs, isCut }: MissingKeys): void {
    this.#isCut ||= isCut;
    if (this.#isCut) return;
    for (const [first, last] of runs) this.#runs.push({ first: BigInt(first), last: BigInt(last) });
    this.#limit();
  }

  /** In ascending order, those that touch joined; null where there were too many. */
  inOrder(): readonly { readonly first: bigint; readonly last: bigint }[] | null {
    if (this.#isCut) return null;
    this.#join();
    return this.#runs;
  }

  /** What can be handed to another thread, or kept. */
  toFacts(): MissingKeys {
    const runs = this.#isCut ? [] : this.#runs;
    return { runs: runs.map(({ first, last }) => [`${first}`, `${last}`]), isCut: this.#isCut };
  }

  #limit(): void {
    if (this.#runs.length <= 2 * MOST_RUNS) return;
    this.#join();
    if (this.#runs.length <= MOST_RUNS) return;
    this.#isCut = true;
    this.#runs = [];
  }

  #join(): void {
    const sorted = this.#runs.sort((one, other) => (one.first < other.first ? -1 : 1));
    const joined: Run[] = [];
    for (const run of sorted) {
      const before = joined.at(-1);
      if (before !== undefined && before.last + 1n >= run.first) {
        if (run.last > before.last) before.last = run.last;
      } else joined.push(run);
    }
    this.#runs = joined;
  }
}
