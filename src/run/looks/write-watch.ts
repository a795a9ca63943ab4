import { SIDES, type Side } from '../../core/pairing.js';
import type { Session } from '../../engines/session.js';

type WatchedSides = Readonly<Record<Side, { readonly session: Pick<Session, 'ask'> }>>;

/** How long an answer counts. */
const FRESH_MS = 1000;

/**
 * Knows whether rows of either side were written since the run began, by what the servers count. Where one does not say, it
 * counts as not written: nothing else tells apart a row that differs and one that will be equal in a minute.
 */
export class WriteWatch {
  readonly #sides: WatchedSides;
  readonly #now: () => number;
  readonly #began: Promise<readonly (string | null)[]>;
  #isWritten = false;
  #askedMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  constructor(sides: WatchedSides, now: () => number) {
    this.#sides = sides;
    this.#now = now;
    this.#began = this.#count();
  }

  /** Whether anything was written until now. Once it was, it stays so. */
  async isWritten(): Promise<boolean> {
    if (!this.#isWritten && this.#now() - this.#askedMs > FRESH_MS) {
      this.#asking ??= this.#look();
      await this.#asking;
      this.#asking = null;
    }
    return this.#isWritten;
  }

  async #look(): Promise<void> {
    const [began, now] = await Promise.all([this.#began, this.#count()]);
    this.#askedMs = this.#now();
    this.#isWritten = now.some((count, at) => count !== null && began[at] !== null && count !== began[at]);
  }

  #count(): Promise<readonly (string | null)[]> {
    // What fails on a server is in the log.
    return Promise.all(SIDES.map((side) => this.#sides[side].session.ask('changes', null).catch(() => null)));
  }
}
