import {
  partitionOf,
  type SpillBucketsResult,
  type SpillBucketsTask,
  type SumBucketsResult,
  type SumBucketsTask,
  type UnusableKey,
} from '../core/bucket.js';
import type { UnverifiedChunk } from '../core/chunk.js';
import { qualifiedName, type Side, type TablePair } from '../core/pairing.js';
import { BucketAdder } from '../hashing/bucket-adder.js';
import { InexpressibleKey } from '../hashing/bucket-reader.js';
import { PartitionWriter } from './partition-files.js';
import { scanSide } from './scan-side.js';
import { describeReadError } from './table-side.js';
import { type ChunkChannel, describeReadFailure, type WorkerContext } from './worker-context.js';

/** What a bucket task works with. */
export interface BucketJob<Task> {
  readonly task: Task;
  readonly pair: TablePair;
  readonly context: WorkerContext;
  readonly channel: ChunkChannel;
}

/** Reads a side and adds up the hashes of its rows by bucket: constant memory, whatever the size of the table. */
export async function sumBuckets(job: BucketJob<SumBucketsTask>): Promise<SumBucketsResult> {
  const { task, pair, context, channel } = job;
  const { side, asBag } = task;
  const adder = new BucketAdder();
  try {
    await scanSide({
      pair,
      side,
      asBag,
      context,
      onRow: (reader) => adder.add(reader),
      channel,
    });
    return { kind: 'summed', sums: adder.result() };
  } catch (error) {
    return describeFailure(error, job);
  }
}

/** Reads a side again and writes the rows of buckets that differ to partition files. */
export async function spillBuckets(job: BucketJob<SpillBucketsTask>): Promise<SpillBucketsResult> {
  const { task, pair, context, channel } = job;
  const { side, asBag, withRows, wanted, bounds, folder } = task;
  try {
    const writer = new PartitionWriter({ folder, side, partitions: bounds.length + 1 });
    await scanSide({
      pair,
      side,
      asBag,
      context,
      onRow: (reader) => {
        if (wanted[reader.bucket] !== 1) return;
        const sortKey = reader.sortKey();
        const { buffer, offset, end } = reader.row;
        const payload = asBag || withRows ? buffer.subarray(offset, end) : reader.key();
        const rowHash = (BigInt(reader.high) << 32n) | BigInt(reader.low);
        writer.write(partitionOf(sortKey, bounds), { rowHash, wireBytes: end - offset, sortKey, payload });
      },
      channel: { reportSessions: (ids) => channel.reportSessions(ids), reportRows: () => undefined },
    });
    writer.finish();
    return { kind: 'spilled', rows: writer.rows };
  } catch (error) {
    return error instanceof InexpressibleKey ? describeKey(job) : describeFailure(error, job);
  }
}

function describeKey({ task, pair }: BucketJob<{ readonly side: Side }>): UnusableKey {
  const { side } = task;
  const names = pair.key.map((column) => column[side].name).join(', ');
  const table = `${qualifiedName(pair[side])} on the ${side}`;
  return {
    kind: 'unusable-key',
    reason: `${table} has a row whose key (${names}) is NULL, no valid text or a date on no calendar`,
  };
}

function describeFailure(
  error: unknown,
  { task, pair, context }: BucketJob<{ readonly side: Side }>,
): UnverifiedChunk {
  const { side } = task;
  const described = describeReadError(error, pair, { side, engine: context.sessions.engine(side) });
  return describeReadFailure(described);
}
