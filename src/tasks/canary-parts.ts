import type { CanaryTask, TriedCanary } from '../core/canary.js';
import type { UnverifiedChunk } from '../core/chunk.js';
import { comparedColumns, type TablePair } from '../core/pairing.js';
import type { Alteration } from './alter-row.js';
import type { BucketJob } from './bucket-tasks.js';
import { prepareTableSide, type TableSide } from './table-side.js';
import { onBothSides, type WorkerContext } from './worker-context.js';

/** So few rows that a canary costs next to nothing, and more than one where a table has them. */
export const ROWS = 200;

/** A canary that a worker is to try. */
export type CanaryJob = BucketJob<CanaryTask>;

/** Ends a canary whose comparison could not be made. */
export class Failed extends Error {
  readonly result: UnverifiedChunk;

  constructor(result: UnverifiedChunk) {
    super(result.error.message);
    this.result = result;
  }
}

/** What came of a canary. */
export const tried = (outcome: TriedCanary['outcome'], column: string | null = null): TriedCanary => ({
  kind: 'tried',
  outcome,
  column,
});

/** The target's name of the column that is altered. */
export const nameOfField = (pair: TablePair, { field }: Alteration): string =>
  comparedColumns(pair)[field]?.target.name ?? '';

/** Prepares the target of a pair for reading it beside its run. */
export async function prepareTarget(pair: TablePair, context: WorkerContext): Promise<TableSide> {
  const { sessions } = context;
  return onTarget(pair, context, async () => {
    const session = await sessions.session('target');
    return prepareTableSide(pair, 'target', { engine: sessions.engine('target'), session });
  });
}

/** A step of the target, with what a failed one means. */
export async function onTarget<T>(
  pair: TablePair,
  context: WorkerContext,
  step: () => Promise<T>,
): Promise<T> {
  const answers: T[] = [];
  await onBothSides(pair, context, async (side) => {
    if (side === 'target') answers.push(await step());
  });
  return answers[0] as T;
}
