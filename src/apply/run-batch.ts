import type { BlockRun } from './block-tally.js';
import type { Batch } from './blocks.js';
import type { GroupPace } from './group-pace.js';
import { runBlocks } from './run-blocks.js';
import type { RunContext } from './send-statements.js';

interface BatchRun {
  /** Rows that are not tried any more, with the reason. */
  readonly refused: ReadonlyMap<string, string>;
  readonly pace: GroupPace;
  readonly signal: AbortSignal;
  /** Told of blocks once they are done, in the order of the batch. */
  readonly onRuns: (runs: readonly BlockRun[]) => void;
}

/**
 * Runs the blocks of a batch in groups, as far as it is not interrupted. Where a block of a group cannot be done as it is,
 * those before it are done as a group of their own, and it is done alone.
 */
export async function runBatch(
  batch: Batch,
  context: RunContext,
  { refused, pace, signal, onRuns }: BatchRun,
): Promise<void> {
  let stuck = batch.length;
  for (let at = 0; at < batch.length && !signal.aborted; ) {
    const end = at === stuck ? at + 1 : pace.endOfGroup(batch, at);
    const group = batch.slice(at, at < stuck ? Math.min(end, stuck) : end);
    const beganMs = performance.now();
    const outcome = await runBlocks(group, context, refused);
    if (outcome.kind === 'stuck') {
      stuck = at + outcome.at;
      pace.shrink();
      continue;
    }
    pace.took(outcome.runs, performance.now() - beganMs);
    onRuns(outcome.runs);
    at += group.length;
  }
}
