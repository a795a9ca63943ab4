import type { BlockRun } from './block-tally.js';
import type { Batch } from './blocks.js';

const MOST_STATEMENTS = 100;
/** Well below the longest message that servers take: keys stand in it three times. */
const MOST_CHARACTERS = 1 << 18;
/** What takes rows back is kept until the commit. */
const MOST_UNDO_CHARACTERS = 1 << 20;
const QUICK_MS = 100;
const SLOW_MS = 400;

/**
 * Chooses how many blocks are sent together. Each group costs a few answers of the server, so large ones are quick; but a
 * stop waits for the group at hand, and one row that cannot be written undoes all of its group.
 */
export class GroupPace {
  /** Nobody knows yet how large the rows are. */
  #blocks = 1;

  /** The place behind the last block of the group that begins at a place; one block is never too much. */
  endOfGroup(batch: Batch, from: number): number {
    let [to, statements, characters] = [from, 0, 0];
    for (const block of batch.slice(from, from + this.#blocks)) {
      statements += block.length;
      characters += block.reduce((sum, { sql }) => sum + sql.length, 0);
      if (to > from && (statements > MOST_STATEMENTS || characters > MOST_CHARACTERS)) break;
      to++;
    }
    return to;
  }

  /**
   * A group was done. Growth is limited, because a stretch of cheap rows says little about the next; a refused row is no
   * reason for it, because where there is one there may be many.
   */
  took(runs: readonly BlockRun[], ms: number): void {
    const lines = runs.flatMap(({ undo }) => undo.flatMap((statement) => statement.lines));
    const undoCharacters = lines.reduce((sum, { length }) => sum + length, 0);
    if (ms > SLOW_MS || undoCharacters > MOST_UNDO_CHARACTERS) this.shrink();
    else if (ms < QUICK_MS && runs.length >= this.#blocks && runs.every(({ refused }) => refused.size === 0))
      this.#blocks = Math.min(MOST_STATEMENTS, this.#blocks * 2);
  }

  /** A group was not done because of one of its rows. */
  shrink(): void {
    this.#blocks = Math.max(1, Math.floor(this.#blocks / 2));
  }

  /** A group failed as a whole: it may have taken too long, or its rows may be too large to be kept together. */
  beginAgain(): void {
    this.#blocks = 1;
  }
}
