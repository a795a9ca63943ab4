import type { SegmentWork } from './table-work.js';

/**
 * Lanes for which there is no work left to begin, and what others give them of their own. A lane that reads cuts off what it
 * has not begun, between two of its chunks, so that no row is read by two.
 */
export class SpareLanes {
  readonly #waiting: ((work: SegmentWork | null) => void)[] = [];
  /** Lanes that look for work, or have some. */
  #busy = 0;
  #isCutting = false;

  /** Does what a lane has to do, which may give parts of it away meanwhile. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#busy++;
    try {
      return await work();
    } finally {
      this.#end();
    }
  }

  /** What another lane gives away; null once no lane has anything left. */
  take(): Promise<SegmentWork | null> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#busy === 0) this.#endAll();
    });
  }

  /**
   * Has a lane cut off as many pieces of its work as lanes wait, if so many may read. One at a time does that, because what another one
   * gives may be enough.
   */
  async share(lanes: number, cut: (pieces: number) => Promise<readonly SegmentWork[]>): Promise<void> {
    const wanted = Math.min(this.#waiting.length, lanes - this.#busy);
    if (wanted <= 0 || this.#isCutting) return;
    this.#isCutting = true;
    try {
      for (const work of await cut(wanted)) this.#give(work);
    } finally {
      this.#isCutting = false;
    }
  }

  #give(work: SegmentWork): void {
    const take = this.#waiting.shift();
    if (take === undefined) throw new RangeError('No lane waits for this work.');
    take(work);
  }

  #end(): void {
    this.#busy--;
    if (this.#busy === 0) this.#endAll();
  }

  #endAll(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(null);
  }
}
