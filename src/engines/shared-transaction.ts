/** How old a transaction may be in which another read begins: what was read before stays locked against altering until it ends. */
const LONGEST_SHARED_MS = 50;

/** The transaction that reads of a session share while it is said that they may, and what the server said at its beginning. */
export class SharedTransaction<Begun> {
  #works = 0;
  #open: { readonly begun: Begun; readonly sinceMs: number } | null = null;

  /** Whether reads may share one now. */
  get isWanted(): boolean {
    return this.#works > 0;
  }

  /** Whether one is open, however old it is. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** What the server said at the beginning of the one that the next read may take; null where it must begin another. */
  get young(): Begun | null {
    if (this.#open === null || performance.now() - this.#open.sinceMs >= LONGEST_SHARED_MS) return null;
    return this.#open.begun;
  }

  /** Leaves a transaction open for the next read, if reads may share it. */
  offer(begun: Begun): void {
    if (this.#works > 0) this.#open = { begun, sinceMs: performance.now() };
  }

  noteEnded(): void {
    this.#open = null;
  }

  /** Does work whose reads share transactions; `end` ends the last one, which nobody waits for. */
  async during<Result>(work: () => Promise<Result>, end: () => void): Promise<Result> {
    this.#works++;
    try {
      return await work();
    } finally {
      this.#works--;
      end();
    }
  }
}
