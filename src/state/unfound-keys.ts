import type { UnfoundRows } from '../core/chunk.js';

/** Keys of a table that are kept: more would take too much memory beside everything else. */
const MOST_KEYS = 200_000;

/**
 * The rows of a table that a side had when it was read, and did not find when it was asked for them by key. They are
 * collected over the whole table, so that one scan of a side settles them all: a job that deletes rows on both sides while
 * they are compared leaves such keys in every chunk.
 */
export class UnfoundKeys implements UnfoundRows {
  readonly source: Uint8Array[] = [];
  readonly target: Uint8Array[] = [];
  beyond = 0;

  add({ source, target, beyond }: UnfoundRows): void {
    this.beyond += beyond;
    for (const [side, keys] of [
      ['source', source],
      ['target', target],
    ] as const) {
      const room = Math.max(0, MOST_KEYS - this.source.length - this.target.length);
      for (const key of keys.slice(0, room)) this[side].push(key);
      this.beyond += Math.max(0, keys.length - room);
    }
  }

  get isEmpty(): boolean {
    return this.source.length + this.target.length + this.beyond === 0;
  }
}
