import type { MessagePort } from 'node:worker_threads';
import type {
  BucketTask,
  ComparePartitionResult,
  ComparePartitionTask,
  SpillBucketsResult,
  SpillBucketsTask,
  SumBucketsResult,
  SumBucketsTask,
} from '../core/bucket.js';
import type {
  ChecksumResult,
  ChecksumTask,
  ChunkResult,
  ChunkTask,
  FindEndResult,
  FindEndTask,
  FindKeysResult,
  FindKeysTask,
} from '../core/chunk.js';
import type { Side, TablePair } from '../core/pairing.js';
import type { ConnectionSettings, SessionHandle } from '../engines/engine.js';
import type { KernelModule } from '../hashing/kernel-module.js';
import type { SharedLoad } from './shared-load.js';

/** What a thread is given when it starts, which is before anything is known of the databases. */
export interface WorkerData {
  readonly seed: bigint;
  /** The URL schemes of both sides, whose database packages a thread loads while the main thread reads catalogs. */
  readonly schemes: readonly string[];
  readonly load: SharedLoad;
  readonly kernel: KernelModule;
}

/** What every worker needs to know before its first chunk. */
export interface WorkerSetup {
  readonly connections: Readonly<Record<Side, ConnectionSettings>>;
  readonly pairs: readonly TablePair[];
}

/** One request to a worker. The setup comes with each, in shared memory: which thread gets a request is not known. */
export interface WorkerRequest {
  readonly task: WorkerTask;
  readonly port: MessagePort;
  readonly setup: SharedArrayBuffer;
}

/** Everything a worker can be asked to do. */
export type WorkerTask = ChunkTask | ChecksumTask | BucketTask | FindEndTask | FindKeysTask;

/** What comes of each task. */
export type TaskResult<Task extends WorkerTask> = Task extends SumBucketsTask
  ? SumBucketsResult
  : Task extends SpillBucketsTask
    ? SpillBucketsResult
    : Task extends ComparePartitionTask
      ? ComparePartitionResult
      : Task extends ChecksumTask
        ? ChecksumResult
        : Task extends FindEndTask
          ? FindEndResult
          : Task extends FindKeysTask
            ? FindKeysResult
            : ChunkResult;

/** What a worker tells the main thread while a chunk is under way. */
export type WorkerMessage =
  | { readonly type: 'sessions'; readonly handles: Readonly<Partial<Record<Side, SessionHandle>>> }
  | { readonly type: 'rows'; readonly side: Side; readonly rows: number }
  | { readonly type: 'differences' /** JSON, one row a line. */; readonly lines: Uint8Array };

/** What the main thread tells a worker: that a batch was stored, or that the chunk is no longer wanted. */
export type MainMessage = { readonly type: 'stored' } | { readonly type: 'cancel' };
