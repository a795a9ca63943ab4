import type { WorkersResult } from '../core/lanes.js';
import type { LaneCount } from './lane-count.js';
import type { LaneChunk } from './lane-sample.js';

/** A number of lanes that does not change, and why. */
export interface FixedLanes {
  readonly lanes: number;
  readonly why: Extract<WorkersResult['why'], 'asked' | 'snapshot' | 'limits' | 'checksums'>;
}

/** Lets so many chunks be under way at a time as `LaneCount` finds to be best, or as somebody has fixed. */
export class Lanes {
  #count: LaneCount | FixedLanes;
  readonly #delayMs: number;
  readonly #waiting: (() => void)[] = [];
  #used = 0;

  /** `delayMs` is what was measured of the link; 0 where there is no delay, or where nobody asked. */
  constructor(count: LaneCount | FixedLanes, delayMs = 0) {
    this.#count = count;
    this.#delayMs = delayMs;
  }

  /** Does a chunk once there is a lane for it. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#used >= this.#count.lanes) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#used++;
    try {
      return await work();
    } finally {
      this.#used--;
      this.#wake();
    }
  }

  /** Takes what a chunk took that is done now, and may change how many there are. */
  note(chunk: LaneChunk): void {
    if (!('note' in this.#count)) return;
    this.#count.note(chunk);
    this.#wake();
  }

  /** There are fewer after all. */
  narrow(lanes: number): void {
    if (!('note' in this.#count)) this.#count = { ...this.#count, lanes };
  }

  describe(): WorkersResult {
    const count = this.#count;
    const delay = this.#delayMs === 0 ? {} : { delayMs: Math.round(this.#delayMs * 10) / 10 };
    return 'note' in count
      ? { ...count.describe(), ...delay }
      : { used: count.lanes, tried: count.lanes, why: count.why };
  }

  #wake(): void {
    for (let free = this.#count.lanes - this.#used; free > 0; free--) this.#waiting.shift()?.();
  }
}
