import type { LookAgainResult, LookAgainTask } from '../core/chunk.js';
import { unpackKeys } from '../core/packed-keys.js';
import type { BucketJob } from './bucket-tasks.js';
import { planByKeys } from './plan-rereads.js';
import { rereadDifferingRows } from './reread.js';
import type { RereadRow } from './step-rows.js';
import { describeChunkFailure, onBothSides, tableSide } from './worker-context.js';

/**
 * Looks rows up that differed when another sitting of the run read them: nothing may be said of them, and nothing be repaired,
 * by what they were then. Rows that are on neither side any more were deleted meanwhile.
 */
export async function lookAgain({
  task,
  pair,
  context,
  channel,
}: BucketJob<LookAgainTask>): Promise<LookAgainResult> {
  try {
    const sessions = await onBothSides(pair, context, (side) => context.sessions.session(side));
    channel.reportSessions(sessions);
    const sides = await onBothSides(pair, context, (side) => tableSide(pair, side, context));
    let asked = 0;
    const rows = function* (): Generator<RereadRow> {
      for (const row of listRows(task)) {
        asked++;
        yield row;
      }
    };
    const { respelled: _, ...compared } = await rereadDifferingRows({
      pair,
      sides,
      kernels: context.kernels,
      memory: context.memory,
      asSent: false,
      readKept: null,
      mostKeys: Number.POSITIVE_INFINITY,
      kept: { level: task.drawLevel, hash: context.constantHash },
      steps: planByKeys(rows(), pair.key.length),
      readBoth: (read) =>
        onBothSides(pair, context, async (side) => read(side, await context.sessions.session(side))),
      store: (rows) => channel.storeDifferences(rows),
    });
    return { ...compared, kind: 'looked-again', asked };
  } catch (failure) {
    return describeChunkFailure(failure);
  }
}

function* listRows({ keys }: LookAgainTask): Generator<RereadRow> {
  for (const key of unpackKeys(keys)) yield { ...key, seen: 'none', kept: null };
}
