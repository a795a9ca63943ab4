import type { FindEndResult, FindEndTask } from '../core/chunk.js';
import type { TablePair } from '../core/pairing.js';
import { readKeys, smallestEnd } from './read-keys.js';
import {
  type ChunkChannel,
  describeChunkFailure,
  onBothSides,
  type WorkerContext,
} from './worker-context.js';

/**
 * Finds the key that stands so many rows further, without touching anything but keys: rows that cannot be read can still
 * be stepped over.
 */
export async function findEnd({
  task,
  pair,
  context,
  channel,
}: {
  readonly task: FindEndTask;
  readonly pair: TablePair;
  readonly context: WorkerContext;
  readonly channel: ChunkChannel;
}): Promise<FindEndResult> {
  try {
    const sessions = await onBothSides(pair, context, (side) => context.sessions.session(side));
    channel.reportSessions(sessions);
    const ends = await onBothSides(pair, context, async (side) => {
      const place = { pair, side, session: sessions[side], engine: context.sessions.engine(side) };
      const selection = { range: task, limit: 1, offset: task.rows - 1 };
      // It may be the user's condition that fails: rows that do not meet it can be stepped over as well.
      const where = task.withConditions ? {} : { where: null };
      return (await readKeys(place, { ...selection, ...where }))[0] ?? null;
    });
    return { kind: 'found-end', end: smallestEnd(pair, ends) };
  } catch (failure) {
    return describeChunkFailure(failure);
  }
}
