import type { ComparePartitionResult, ComparePartitionTask } from '../core/bucket.js';
import { NONE_UNFOUND } from '../core/chunk.js';
import type { BucketJob } from './bucket-tasks.js';
import { compareBag } from './compare-bag.js';
import type { DifferingKeys } from './compare-keyed.js';
import { EntryFilter } from './entry-filter.js';
import { KeyedPartition } from './kept-rows.js';
import { type KeysStep, planByKeys } from './plan-rereads.js';
import { listKeys, readPresentKeys } from './read-again.js';
import { type RereadJob, type RereadOutcome, rereadDifferingRows } from './reread.js';
import type { RereadRow } from './step-rows.js';
import { describeChunkFailure, onBothSides, tableSide } from './worker-context.js';

/**
 * Compares the rows that both sides spilled into a partition. Rows with a key are read again, as those of a chunk are;
 * rows without one, and those that cannot be asked for by it, are what the two snapshots hold.
 */
export async function comparePartition(
  job: BucketJob<ComparePartitionTask>,
): Promise<ComparePartitionResult> {
  const { task, pair, context, channel } = job;
  try {
    const sessions = await onBothSides(pair, context, (side) => context.sessions.session(side));
    channel.reportSessions(sessions);
    const sides = await onBothSides(pair, context, (side) => tableSide(pair, side, context));
    const store: RereadJob['store'] = (rows) => channel.storeDifferences(rows);
    const filter = new EntryFilter(task.look);
    const seen = () => ({ entries: filter.entries, unsettled: filter.unsettled });
    if (task.asBag) {
      const counts = await compareBag({ task, pair, sides, filter, store });
      return { kind: 'compared', ...NO_COLUMNS, counts, ...seen() };
    }
    const partition = new KeyedPartition(task, sides);
    try {
      return {
        kind: 'compared',
        ...(await compareKeyed(partition, { ...job, sides, filter, store })),
        ...seen(),
      };
    } finally {
      partition.close();
    }
  } catch (failure) {
    return describeChunkFailure(failure);
  }
}

const NO_COLUMNS = {
  ...{ changedColumns: {}, undecidedColumns: {}, unfound: NONE_UNFOUND },
  ...{ explained: null, differingKeys: null },
};

type KeyedJob = BucketJob<ComparePartitionTask> &
  Pick<RereadJob, 'sides' | 'store'> & { readonly filter: EntryFilter };

async function compareKeyed(
  partition: KeyedPartition,
  { task, pair, context, sides, filter, store }: KeyedJob,
): Promise<Omit<RereadOutcome, 'respelled' | 'present'>> {
  const reread: Omit<RereadJob, 'steps'> = {
    pair,
    sides,
    kernels: context.kernels,
    memory: context.memory,
    store,
    asSent: false,
    mostKeys: task.keepsKeys ? Number.POSITIVE_INFINITY : 0,
    // The rows of both sides were stored already, so that those that differ take no more room than they do.
    kept: { level: null, hash: context.constantHash },
    readKept: task.withRows ? (step, batches) => partition.readKept(step, batches) : null,
    readBoth: (read) =>
      onBothSides(pair, context, async (side) => read(side, await context.sessions.session(side))),
  };
  const steps = task.withRows
    ? planByKeys(partition.listRows(filter), pair.key.length)
    : planSteps(partition.findDifferingKeys(), reread);
  const { respelled: _, present: __, ...compared } = await rereadDifferingRows({ ...reread, steps });
  return compared;
}

/** The rows have no order that both sides share, so each is looked up. */
async function* planSteps(
  differing: readonly DifferingKeys[],
  job: Omit<RereadJob, 'steps'>,
): AsyncGenerator<KeysStep> {
  for (const batch of planByKeys(differing, job.pair.key.length)) {
    yield* planByKeys(await resolveSiblings(batch.rows, job), job.pair.key.length);
  }
}

/** Asks both servers which of the rows that were paired by their folded keys have equal keys to a collation of theirs. */
async function resolveSiblings(
  batch: readonly DifferingKeys[],
  job: Omit<RereadJob, 'steps'>,
): Promise<RereadRow[]> {
  const siblings = await findSiblings(batch.filter(isCandidate), job);
  return batch.flatMap((row): RereadRow[] => {
    const { source, target, wireBytes } = row;
    if (source !== null && target !== null && (!isCandidate(row) || siblings.has(row))) {
      return [{ source, target, wireBytes, seen: 'both', kept: null }];
    }
    return [
      { key: source, seen: 'source' as const },
      { key: target, seen: 'target' as const },
    ].flatMap(({ key, seen }) =>
      key === null ? [] : [{ source: key, target: key, wireBytes, seen, kept: null }],
    );
  });
}

function isCandidate({ source, target }: DifferingKeys): boolean {
  return source !== null && target !== null && !source.equals(target);
}

/** A side that is asked for the other side's key, and answers with its own, takes the two for equal. */
async function findSiblings(
  candidates: readonly DifferingKeys[],
  { pair, sides, readBoth }: Omit<RereadJob, 'steps'>,
): Promise<ReadonlySet<DifferingKeys>> {
  if (candidates.length === 0) return new Set();
  const keyKinds = pair.key.map((column) => column.keyKind);
  const answers = await readBoth((side, session) => {
    const other = side === 'source' ? 'target' : 'source';
    const keys = candidates.map((row) => row[other] ?? Buffer.alloc(0));
    return readPresentKeys({ prepared: sides[side], session }, listKeys(keyKinds, keys));
  });
  return new Set(
    candidates.filter(
      ({ source, target }) =>
        answers.source.has(source?.toString('latin1') ?? '') ||
        answers.target.has(target?.toString('latin1') ?? ''),
    ),
  );
}
