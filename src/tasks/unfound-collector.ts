import type { UnfoundRows } from '../core/chunk.js';
import type { Side } from '../core/pairing.js';
import type { StepRows } from './step-rows.js';

/** Keys of a task that are kept. A table that is emptied while it is read would fill memory with them. */
const MOST_KEYS = 50_000;

/**
 * Keeps the keys of rows that a side had when it was read, and did not find when it was asked for them by key. Either they
 * were deleted meanwhile, or the index that was asked is broken; only a look without it can say.
 */
export class UnfoundCollector implements UnfoundRows {
  readonly source: Uint8Array[] = [];
  readonly target: Uint8Array[] = [];
  beyond = 0;

  /** Takes in that a side did not find the row in a place. */
  note(rows: StepRows, side: Side, place: number): void {
    if (rows.wasSeen(side, place)) this.#keep(side, rows.at(place)[side]);
  }

  /** A copy in memory of its own: the key may be a view of memory that is much larger, all of which would be sent along. */
  #keep(side: Side, key: Buffer): void {
    if (this.source.length + this.target.length >= MOST_KEYS) this.beyond++;
    else this[side].push(new Uint8Array(key));
  }

  /** What can be sent to another thread. */
  toUnfound(): UnfoundRows {
    const { source, target, beyond } = this;
    return { source, target, beyond };
  }
}
