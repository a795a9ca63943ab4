import { RowproofError } from '../core/errors.js';
import type { HoldResult, SnapshotAnswer, SnapshotOrder } from './snapshot-orders.js';
import type { SnapshotSessions } from './snapshot-sessions.js';
import type { TaskHooks } from './task.js';

/**
 * Follows orders until the lane is told to go on to its tasks. A lane that is not needed for them is never told, so that all tasks
 * go to those that hold snapshots.
 */
export async function holdSnapshots(
  snapshots: SnapshotSessions | null,
  { onOrder }: Pick<TaskHooks, 'onOrder'>,
  signal: AbortSignal,
): Promise<HoldResult> {
  if (snapshots === null)
    throw new RowproofError({ code: 'internal', message: 'A lane without snapshots was asked for them' });
  const stopped = new Promise<SnapshotOrder>((resolve) => {
    const stop = (): void => resolve({ kind: 'go' });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  let answer: SnapshotAnswer = { kind: 'waiting' };
  for (;;) {
    const order = await Promise.race([onOrder(answer), stopped]);
    if (order.kind === 'go') return { kind: 'held' };
    answer = await snapshots.follow(order);
  }
}
