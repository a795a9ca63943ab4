import { RowproofError } from '../core/errors.js';
import type { HoldTask, SnapshotAnswer, SnapshotOrder } from '../tasks/snapshot-orders.js';
import type { TaskHooks, TaskResult } from '../tasks/task.js';

/** A lane of a pool that does what it is told about its snapshots, one order after the other. */
export interface SnapshotLane {
  /** Rejects where the lane ended. */
  tell(order: Exclude<SnapshotOrder, { readonly kind: 'go' }>): Promise<SnapshotAnswer>;
  /** Sends it to its tasks; resolves when it is there. */
  go(): Promise<void>;
}

type RunHold = (onOrder: TaskHooks['onOrder']) => Promise<TaskResult<HoldTask>>;

/** Begins to give orders to a lane, by the task that it waits in. */
export function openSnapshotLane(run: RunHold): SnapshotLane {
  let give: (order: SnapshotOrder) => void = () => undefined;
  let hear: (answer: SnapshotAnswer) => void = () => undefined;
  let heard = nextAnswer();
  function nextAnswer(): Promise<SnapshotAnswer> {
    return new Promise((resolve) => {
      hear = resolve;
    });
  }
  const running = run((answer) => {
    const ordered = new Promise<SnapshotOrder>((resolve) => {
      give = resolve;
    });
    hear(answer);
    return ordered;
  });
  const ended = running.then(() => {
    throw new RowproofError({ code: 'interrupted', message: 'A worker ended before it read anything.' });
  });
  let isWaiting: Promise<unknown> = Promise.race([heard, ended]);
  // Whoever gives the next order is told.
  for (const early of [ended, isWaiting]) early.catch(() => undefined);
  const order = async (told: SnapshotOrder): Promise<void> => {
    await isWaiting;
    heard = nextAnswer();
    give(told);
  };
  return {
    tell: async (told) => {
      await order(told);
      const answer = Promise.race([heard, ended]);
      isWaiting = answer;
      return answer;
    },
    go: async () => {
      await order({ kind: 'go' });
      await running;
    },
  };
}
