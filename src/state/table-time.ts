/** How long a table took, on a clock that counts milliseconds. */
export class TableTime {
  #startedAtMs: number | null = null;
  #ownMs = 0;
  /** What others took who read parts of it. */
  #othersMs = 0;

  /** Notes when it was first begun. */
  start(atMs: number): void {
    this.#startedAtMs ??= atMs;
  }

  /** Notes when it ended. */
  end(atMs: number): void {
    this.#ownMs = atMs - (this.#startedAtMs ?? atMs);
  }

  /** Adds what others took. */
  addOthers(ms: number): void {
    this.#othersMs += ms;
  }

  get elapsedMs(): number {
    return Math.round(this.#ownMs + this.#othersMs);
  }
}
