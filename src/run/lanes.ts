import type { WorkersResult } from '../core/lanes.js';
import type { LaneCount } from './lane-count.js';
import type { LaneChunk } from './lane-sample.js';

/** A number of lanes that does not change, and why. */
export interface FixedLanes {
  readonly lanes: number;
  readonly why: Extract<WorkersResult['why'], 'asked' | 'snapshot' | 'limits' | 'checksums'>;
}

/** Places of which so many may be taken as there are lanes at the time. */
class Places {
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  /** Resolves with what gives the place back; a second call does nothing. */
  async take(most: () => number): Promise<() => void> {
    while (this.#taken >= most()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#taken++;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#taken--;
      this.wake(most());
    };
  }

  /** How many are taken now. */
  get taken(): number {
    return this.#taken;
  }

  wake(most: number): void {
    for (let free = most - this.#taken; free > 0; free--) this.#waiting.shift()?.();
  }
}

/** Lets so many chunks be under way at a time as `LaneCount` finds to be best, or as somebody has fixed. */
export class Lanes {
  #count: LaneCount | FixedLanes;
  readonly #delayMs: number;
  readonly #chunks = new Places();
  readonly #segments = new Places();

  /** `delayMs` is what was measured of the link; 0 where there is no delay, or where nobody asked. */
  constructor(count: LaneCount | FixedLanes, delayMs = 0) {
    this.#count = count;
    this.#delayMs = delayMs;
  }

  /** How many there are now. */
  get now(): number {
    return this.#count.lanes;
  }

  /** Does a chunk once there is a lane for it. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const release = await this.#take(this.#chunks);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /**
   * Waits until one more segment may be begun, and resolves with what is to be called once that one is done, or was none: where one
   * lane reads, servers read one range to its end, and not several in turns.
   */
  forSegment(): Promise<() => void> {
    return this.#take(this.#segments);
  }

  /** Takes that so many rows of the source are about to be read; null where nobody knows. */
  expect(rows: number | null): void {
    if ('expect' in this.#count) this.#count.expect(rows);
  }

  /** Takes what a chunk took that is done now, and may change how many there are. */
  note(chunk: LaneChunk): void {
    if (!('note' in this.#count)) return;
    // The chunk's own place was given back.
    this.#count.note(chunk, this.#chunks.taken + 1);
    for (const places of [this.#chunks, this.#segments]) places.wake(this.#count.lanes);
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

  #take(places: Places): Promise<() => void> {
    return places.take(() => this.now);
  }
}
