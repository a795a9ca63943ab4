import type { SmallTablesTask } from '../core/chunk.js';
import { encodeDifferenceLines } from '../core/difference-lines.js';
import { RowproofError, serializeError } from '../core/errors.js';
import type { Log, LogFields } from '../core/log.js';
import { qualifiedName, type Side, type TableId, type TablePair } from '../core/pairing.js';
import { engineFor } from '../engines/registry.js';
import type { SessionHandle } from '../engines/session.js';
import { LaneKernels } from '../hashing/lane-kernels.js';
import { createRowHash } from '../hashing/row-hash.js';
import { RowIndex } from '../hashing/row-index.js';
import { spillBuckets, sumBuckets } from './bucket-tasks.js';
import { tryCanary } from './canary.js';
import { compareChecksums } from './compare-checksums.js';
import { comparePartition } from './compare-partition.js';
import { findEnd } from './find-end.js';
import { findKeys } from './find-keys.js';
import { holdSnapshots } from './hold-snapshots.js';
import { LoadControl } from './load-control.js';
import { look } from './look.js';
import { lookAgain } from './look-again.js';
import { SessionCache } from './session-cache.js';
import { compareSmallTables } from './small-tables.js';
import { SnapshotSessions } from './snapshot-sessions.js';
import { StepMemory } from './step-memory.js';
import type { LaneData, SideHandles, TaskHooks, TaskResult, WorkerSetup, WorkerTask } from './task.js';
import { verifyChunk } from './verify-chunk.js';
import type { ChunkChannel, WorkerContext } from './worker-context.js';

/** How often a lane without a task looks whether others need its connections. */
const LOOK_EVERY_MS = 500;

/** What is done for a table pair. */
type PairTask = Exclude<WorkerTask, { readonly kind: 'hold-snapshots' | 'small-tables' }>;

/** What a lane keeps between tasks. */
interface Prepared {
  /** For what is read as of one instant, where anything is, and for what is read as it is now. */
  readonly context: WorkerContext;
  readonly live: WorkerContext;
  readonly cache: SessionCache;
  readonly snapshots: SnapshotSessions | null;
  readonly pairs: ReadonlyMap<TableId, TablePair>;
}

/** Does tasks, one at a time, with sessions of its own; in which thread makes no difference to it. */
export class TaskLane {
  readonly #load: LoadControl;
  readonly #log: Log;
  readonly #tools: Omit<WorkerContext, 'sessions' | 'prepared'>;
  #prepared: Prepared | null = null;
  #looking: NodeJS.Timeout | undefined;
  /** Of the task that is under way. */
  #onSilence: TaskHooks['onSilence'] = () => undefined;
  #onUnheld: TaskHooks['onUnheld'] = () => undefined;

  private constructor(load: LoadControl, log: Log, tools: Omit<WorkerContext, 'sessions' | 'prepared'>) {
    this.#load = load;
    this.#log = log;
    this.#tools = tools;
  }

  /** Loads what tasks need, which is before anything is known of the databases. */
  static async open({ seed, schemes, load, kernel }: LaneData, log: Log): Promise<TaskLane> {
    const kernels = new LaneKernels(seed, kernel);
    const hasher = { hash: await createRowHash(seed), kernel: kernels.source };
    const constantHash = await createRowHash(0n);
    const indexes = { source: new RowIndex(), target: new RowIndex() };
    // A package that cannot be loaded is met again, and reported, when a session is opened.
    await Promise.allSettled(schemes.map(async (scheme) => engineFor(scheme).loadDriver()));
    const tools = { hasher, kernels, memory: new StepMemory(), constantHash, indexes };
    return new TaskLane(new LoadControl(load), log, tools);
  }

  /** Says where to connect and what can be read, once; the setup is only asked for where it is not known yet. */
  prepare(readSetup: () => WorkerSetup): void {
    if (this.#prepared !== null) return;
    const { connections, pairs, hidesWords, holdsSnapshots } = readSetup();
    const cache = new SessionCache(connections, {
      load: this.#load,
      log: this.#log,
      hidesWords,
      onSilence: (side, silentMs) => this.#onSilence(side, silentMs),
    });
    const snapshots = holdsSnapshots ? new SnapshotSessions(cache, (side) => this.#onUnheld(side)) : null;
    const live = { ...this.#tools, sessions: cache, prepared: null };
    const context = snapshots === null ? live : { ...this.#tools, sessions: snapshots, prepared: null };
    this.#prepared = {
      ...{ context, live, cache, snapshots },
      pairs: new Map(pairs.map((pair) => [pair.id, pair])),
    };
  }

  /** Does a task. What a task that is stopped was for is unverified. */
  async run(task: WorkerTask, hooks: TaskHooks, signal: AbortSignal): Promise<TaskResult<WorkerTask>> {
    if (this.#prepared === null)
      throw new RowproofError({ code: 'internal', message: 'The lane was not prepared' });
    const { context, live, pairs, snapshots } = this.#prepared;
    let isStopped = signal.aborted;
    this.#load.restart();
    clearInterval(this.#looking);
    this.#onSilence = (side, silentMs) => hooks.onSilence(side, silentMs);
    this.#onUnheld = (side) => hooks.onUnheld(side);
    const stop = (): void => {
      isStopped = true;
      this.#load.cancel();
      void this.#dropSessions();
    };
    signal.addEventListener('abort', stop, { once: true });
    const channel: ChunkChannel = {
      reportSessions: (sessions) => hooks.onSessions(handlesOf(sessions)),
      reportRows: hooks.onRows,
      storeDifferences: async (rows) => {
        // Whoever stores the lines keeps the error, and ends the table with it.
        await hooks.onDifferences(encodeDifferenceLines(rows)).catch(stop);
        if (isStopped) throw interrupted();
      },
    };
    try {
      if (task.kind === 'hold-snapshots') return await holdSnapshots(snapshots, hooks, signal);
      const about = (): LogFields => ({ task: task.kind, ...describePairs(task, pairs) });
      this.#log.debug('task:start', about);
      const result = isStopped ? null : await runTask(task, { pairs, context, live, channel });
      this.#log.debug('task:end', about);
      return result === null || isStopped
        ? { kind: 'unverified', error: serializeError(interrupted()), transient: false }
        : result;
    } finally {
      signal.removeEventListener('abort', stop);
      await this.#dropWhereScarce();
    }
  }

  /** Leaves its connections to others where there are too few: at once, or when it comes to that before its next task. */
  async #dropWhereScarce(): Promise<void> {
    const { cells } = this.#load;
    if (cells.isScarce) {
      await this.#dropLive();
      return;
    }
    this.#looking = setInterval(() => {
      if (!cells.isScarce) return;
      clearInterval(this.#looking);
      void this.#dropLive();
    }, LOOK_EVERY_MS).unref();
  }

  /** Closes the sessions, so that no server is left to find out by itself; a read that is under way is cut off. */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    await this.#dropSessions();
  }

  async #dropSessions(): Promise<void> {
    await Promise.all([this.#dropLive(), this.#prepared?.snapshots?.close()]);
  }

  /** A session that holds a snapshot is none that anybody else could use. */
  async #dropLive(): Promise<void> {
    const cache = this.#prepared?.cache;
    await Promise.all([cache?.drop('source'), cache?.drop('target')]);
  }
}

/** A candidate is looked at as it is now, whatever a snapshot still shows. */
function readsLive(task: PairTask): boolean {
  if (task.kind === 'spill-buckets') return task.readsLive;
  return ['look', 'look-again', 'find-keys', 'canary'].includes(task.kind);
}

/** What a log says of what a task is about. */
function describePairs(
  task: PairTask | SmallTablesTask,
  pairs: Prepared['pairs'],
): Readonly<Record<string, string | number | null>> {
  if (task.kind === 'small-tables') return { tables: task.pairIds.length };
  const pair = pairs.get(task.pairId);
  return { table: pair === undefined ? null : qualifiedName(pair.target) };
}

interface TaskParts extends Pick<Prepared, 'context' | 'live' | 'pairs'> {
  readonly channel: ChunkChannel;
}

function runTask(
  task: PairTask | SmallTablesTask,
  { pairs, live, channel, ...held }: TaskParts,
): Promise<TaskResult<WorkerTask>> {
  if (task.kind === 'small-tables')
    return compareSmallTables({ task, pairs, context: held.context, channel });
  const pair = pairs.get(task.pairId);
  if (pair === undefined)
    throw new RowproofError({ code: 'internal', message: `No table pair ${task.pairId}` });
  return runPairTask(task, { pair, context: readsLive(task) ? live : held.context, channel });
}

function runPairTask(
  task: PairTask,
  { pair, context, channel }: { pair: TablePair; context: WorkerContext; channel: ChunkChannel },
): Promise<TaskResult<WorkerTask>> {
  switch (task.kind) {
    case 'chunk':
      return verifyChunk(task, pair, context, channel);
    case 'checksum':
      return compareChecksums({ task, pair, context, channel });
    case 'sum-buckets':
      return sumBuckets({ task, pair, context, channel });
    case 'spill-buckets':
      return spillBuckets({ task, pair, context, channel });
    case 'compare-partition':
      return comparePartition({ task, pair, context, channel });
    case 'canary':
      return tryCanary({ task, pair, context, channel });
    case 'find-end':
      return findEnd({ task, pair, context, channel });
    case 'find-keys':
      return findKeys({ task, pair, context, channel });
    case 'look':
      return look({ task, pair, context, channel });
    case 'look-again':
      return lookAgain({ task, pair, context, channel });
  }
}

/** What of sessions can go to another thread. */
function handlesOf({ source, target }: Readonly<Partial<Record<Side, SessionHandle>>>): SideHandles {
  const handle = ({ serverSessionId, cancelKey }: SessionHandle): SessionHandle => ({
    serverSessionId,
    cancelKey,
  });
  return {
    ...(source === undefined ? {} : { source: handle(source) }),
    ...(target === undefined ? {} : { target: handle(target) }),
  };
}

function interrupted(): RowproofError {
  return new RowproofError({ code: 'interrupted', message: 'The run was interrupted.' });
}
