/** Adds up for how long anything is looked at again; what is looked at at the same time counts once. */
export class LookClock {
  readonly #now: () => number;
  #underWay = 0;
  #sinceMs = 0;
  #elapsedMs = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** For how long it was, in milliseconds. */
  get elapsedMs(): number {
    return this.#elapsedMs + (this.#underWay > 0 ? this.#now() - this.#sinceMs : 0);
  }

  /** Counts the time of some work, whatever comes of it. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#underWay === 0) this.#sinceMs = this.#now();
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) this.#elapsedMs += this.#now() - this.#sinceMs;
    }
  }
}
