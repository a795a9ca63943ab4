import { RowBatch } from './row-batch.js';
import type { RowBatches } from './row-splitter.js';

/** What each batch keeps from task to task; rows of a step are larger only where single ones are. */
const KEPT_BYTES = 4 << 20;

/**
 * The memory for the rows of two steps, of which one is read while the other is compared. A lane has one, because memory that is
 * asked for anew for each chunk is cleared by the system, copied as it grows and collected, which costs more than filling it.
 */
export class StepMemory {
  readonly batches: readonly [RowBatches, RowBatches] = [makeBatches(), makeBatches()];

  /** Gives back what very large rows took. */
  release(): void {
    for (const { source, target } of this.batches) {
      source.release(KEPT_BYTES);
      target.release(KEPT_BYTES);
    }
  }
}

function makeBatches(): RowBatches {
  return { source: new RowBatch(), target: new RowBatch() };
}
