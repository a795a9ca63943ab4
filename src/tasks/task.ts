import type {
  BucketTask,
  ComparePartitionResult,
  ComparePartitionTask,
  SpillBucketsResult,
  SpillBucketsTask,
  SumBucketsResult,
  SumBucketsTask,
} from '../core/bucket.js';
import type { CanaryTask, CanaryTaskResult } from '../core/canary.js';
import type {
  ChecksumResult,
  ChecksumTask,
  ChunkResult,
  ChunkTask,
  FindEndResult,
  FindEndTask,
  FindKeysResult,
  FindKeysTask,
  LookAgainResult,
  LookAgainTask,
  LookResult,
  LookTask,
  SmallTablesResult,
  SmallTablesTask,
} from '../core/chunk.js';
import type { Log, LogRules } from '../core/log.js';
import type { Side, TablePair } from '../core/pairing.js';
import type { ConnectionSettings } from '../engines/connection-settings.js';
import type { SessionHandle } from '../engines/session.js';
import type { KernelModule } from '../hashing/kernel-module.js';
import type { SharedLoad } from './shared-load.js';
import type { HoldResult, HoldTask, SnapshotAnswer, SnapshotOrder } from './snapshot-orders.js';

/** What a lane is given when it is opened, which is before anything is known of the databases. */
export interface LaneData {
  readonly seed: bigint;
  /** The URL schemes of both sides, whose database packages are loaded while catalogs are read. */
  readonly schemes: readonly string[];
  readonly load: SharedLoad;
  readonly kernel: KernelModule;
  /** What of the log is kept, so that no thread builds a line that nobody wants. */
  readonly log: LogRules;
}

/** What every worker needs to know before its first chunk. */
export interface WorkerSetup {
  readonly connections: Readonly<Record<Side, ConnectionSettings>>;
  readonly pairs: readonly TablePair[];
  /** Whether errors come without the words of the servers, which may quote a row. */
  readonly hidesWords: boolean;
  /** Whether both sides are read as of one instant each, which lanes are told before their first task. */
  readonly holdsSnapshots: boolean;
}

/** Everything a worker can be asked to do. */
export type WorkerTask =
  | CanaryTask
  | ChunkTask
  | ChecksumTask
  | BucketTask
  | FindEndTask
  | FindKeysTask
  | LookAgainTask
  | LookTask
  | SmallTablesTask
  | HoldTask;

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
            : Task extends LookAgainTask
              ? LookAgainResult
              : Task extends LookTask
                ? LookResult
                : Task extends HoldTask
                  ? HoldResult
                  : Task extends SmallTablesTask
                    ? SmallTablesResult
                    : Task extends CanaryTask
                      ? CanaryTaskResult
                      : ChunkResult;

/** Sessions of a task, as far as they can be named elsewhere. */
export type SideHandles = Readonly<Partial<Record<Side, SessionHandle>>>;

/** Hears from a task while it is under way. */
export interface TaskHooks {
  /** Which sessions run its statements. */
  onSessions(handles: SideHandles): void;
  /** Further rows that were read of a side, where a task takes long. */
  onRows(side: Side, rows: number): void;
  /** That a side has sent nothing for so long, although it was asked something. */
  onSilence(side: Side, silentMs: number): void;
  /** That rows of a side are read that were to be read as of one instant, and are not. */
  onUnheld(side: Side): void;
  /** Gets what came of the last order, and resolves with the next one. */
  onOrder(answer: SnapshotAnswer): Promise<SnapshotOrder>;
  /** Gets each batch of differing rows as lines of JSON, and the next one only when it has resolved. */
  onDifferences(lines: Uint8Array): Promise<void>;
}

/** How many tasks may be under way at a time, and in how many threads. */
export interface WorkerNumbers {
  readonly workers: number;
  readonly threads: number;
  /** Threads that are started at once. */
  readonly firstThreads: number;
  /**
   * Whether there are others as soon as there is a task for which none is free, because there are processors for them; else only
   * once those there are keep a processor busy.
   */
  readonly spreads: boolean;
}

/** What those who do tasks are made from. */
export interface RunnerParts extends WorkerNumbers {
  readonly data: LaneData;
  /** What lanes are to know before their first task; asked for then. */
  readonly readSetup: () => WorkerSetup;
  readonly log: Log;
  /** Whether tasks must be done by the same lanes from the first to the last. */
  readonly isFixed?: boolean;
  /** Told why tasks are all done in this thread, where there should be others. */
  readonly onAlone: (error: unknown) => void;
}

/** Where tasks are done. */
export interface TaskRunner {
  /** Does a task. What a task that is stopped was for is unverified. */
  run(task: WorkerTask, hooks: TaskHooks, signal: AbortSignal): Promise<TaskResult<WorkerTask>>;
  /** Ends every session; what is still under way is cut off. */
  close(): Promise<void>;
}
