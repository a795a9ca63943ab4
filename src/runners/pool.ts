import { availableParallelism } from 'node:os';
import { RowproofError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import type { Log } from '../core/log.js';
import { SIDES, type Side } from '../core/pairing.js';
import type { ConnectionSettings } from '../engines/connection-settings.js';
import { logEngine } from '../engines/log-sessions.js';
import { engineFor } from '../engines/registry.js';
import type { SessionHandle } from '../engines/session.js';
import { compileKernel } from '../hashing/kernel-module.js';
import type {
  LaneData,
  RunnerParts,
  SideHandles,
  TaskHooks,
  TaskResult,
  TaskRunner,
  WorkerNumbers,
  WorkerSetup,
  WorkerTask,
} from '../tasks/task.js';
import { GrowingRunner } from './growing-runner.js';
import { InlineRunner } from './inline-runner.js';
import { openSnapshotLane, type SnapshotLane } from './snapshot-lane.js';
import { ThreadRunner } from './thread-runner.js';

/** A stop asks twice, and takes no longer than twice this. */
const CANCEL_TIMEOUT_MS = 1500;

/** Who listens to a task while it is under way. */
export type TaskListener = Pick<TaskHooks, 'onDifferences' | 'onRows' | 'onSilence' | 'onUnheld'>;

/** What a pool must know before its first task. */
export interface PoolSetup extends WorkerSetup {
  /** Rows of a side in tables that take longer than a moment; null where they are not known. */
  readonly estimatedRows: number | null;
}

/** Workers that read and compare. Who creates it closes it. */
export interface WorkerPool {
  /** Says about how many rows there will be, so that what a long run needs is loaded while the rest is found out. */
  expect(rows: number): void;
  /** Says where to connect and what can be read; before the first task. */
  configure(setup: PoolSetup): void;
  run<Task extends WorkerTask>(task: Task, listener: TaskListener): Promise<TaskResult<Task>>;
  /** Has every lane wait for orders about its snapshots, before the first other task; each waits until it is told to go. */
  holdLanes(): readonly SnapshotLane[];
  /** The servers' numbers of the sessions of a side that tasks are using. */
  sessionIds(side: Side): readonly string[];
  /** What the report must say of how the tasks were done. */
  findings(): readonly Finding[];
  /** Cancels what is under way, here and on the servers. Tasks that were cut off are unverified. */
  cancel(): Promise<void>;
  /** Ends the workers and their sessions; a second call waits for the first. */
  close(): Promise<void>;
}

/** From here on a run takes longer than its threads to load, on any machine; work beside their loading would slow it. */
const LONG_RUN_ROWS = 100_000;

/** Processors that a run in one thread and a server beside it keep busy. */
const CLIENT_AND_SERVER = 2;

/** Makes who does the tasks of a pool. */
export type MakeRunner = (parts: RunnerParts, estimatedRows: number | null) => TaskRunner;

const runnerBySize: MakeRunner = (parts, estimatedRows) => {
  if (estimatedRows !== null && estimatedRows >= LONG_RUN_ROWS) return new ThreadRunner(parts);
  const { isFixed = false } = parts;
  return isFixed
    ? new InlineRunner(parts)
    : new GrowingRunner({
        hasSpareProcessors: availableParallelism() > CLIENT_AND_SERVER,
        inline: new InlineRunner(parts),
        startThreads: () => new ThreadRunner(parts),
        onAlone: parts.onAlone,
      });
};

/** What all tasks of a run have in common, and its log. */
export interface PoolData extends Omit<LaneData, 'kernel' | 'log'> {
  readonly log: Log;
}

/** Makes a pool of so many workers, and threads for them. */
export function createWorkerPool(
  { log, ...data }: PoolData,
  numbers: WorkerNumbers,
  makeRunner: MakeRunner = runnerBySize,
): WorkerPool {
  let setup: WorkerSetup | null = null;
  let runner: TaskRunner | null = null;
  const active = new Map<AbortController, SideHandles>();
  const handles = (side: Side): readonly SessionHandle[] =>
    [...active.values()].flatMap((known) => known[side] ?? []);
  let closing: Promise<void> | null = null;
  const findings: Finding[] = [];
  const onAlone = (error: unknown): void => void findings.push(describeLoneThread(error));

  const readSetup = (): WorkerSetup => setup ?? notConfigured();
  const openRunner = (rows: number | null, isFixed = false): TaskRunner => {
    const rules = { level: log.level, hidesValues: log.hidesValues };
    const lane = { ...data, kernel: compileKernel(), log: rules };
    return makeRunner({ data: lane, readSetup, ...numbers, log, onAlone, isFixed }, rows);
  };

  const runTask = async <Task extends WorkerTask>(task: Task, hooks: Omit<TaskHooks, 'onSessions'>) => {
    const stop = new AbortController();
    active.set(stop, {});
    const onSessions = (found: SideHandles): void => void active.set(stop, found);
    try {
      return (await (runner ?? notConfigured()).run(
        task,
        { ...hooks, onSessions },
        stop.signal,
      )) as TaskResult<Task>;
    } finally {
      active.delete(stop);
    }
  };

  return {
    expect: (rows) => {
      if (rows >= LONG_RUN_ROWS) runner ??= openRunner(rows);
    },
    configure: ({ estimatedRows, ...rest }) => {
      setup = rest;
      runner ??= openRunner(estimatedRows, rest.holdsSnapshots);
    },
    // Nobody has orders for what is no lane that waits.
    run: (task, listener) => runTask(task, { ...listener, onOrder: async () => ({ kind: 'go' }) }),
    holdLanes: () =>
      Array.from({ length: numbers.workers }, () =>
        openSnapshotLane((onOrder) => runTask({ kind: 'hold-snapshots' }, { ...SILENT, onOrder })),
      ),
    sessionIds: (side) => handles(side).map(({ serverSessionId }) => serverSessionId),
    findings: () => findings,
    cancel: async () => {
      if (setup === null) return;
      const { connections } = setup;
      const cancelStatements = (): Promise<unknown> =>
        Promise.all(
          SIDES.map((side) =>
            cancelOnServer(connections[side], { handles: handles(side), log: log.with({ side }) }),
          ),
        );
      // A pool knows a statement for as long as the connection that it came from, so that one is cut off afterwards.
      await cancelStatements();
      for (const stop of active.keys()) stop.abort();
      await cancelStatements();
    },
    close: () => {
      closing ??= runner?.close() ?? Promise.resolve();
      return closing;
    },
  };
}

/** A lane that waits for orders reads nothing. */
const SILENT: TaskListener = {
  onDifferences: async () => undefined,
  onRows: () => undefined,
  onSilence: () => undefined,
  onUnheld: () => undefined,
};

function notConfigured(): never {
  throw new RowproofError({ code: 'internal', message: 'The worker pool was not configured' });
}

/** Best effort: a server that cannot be reached any more ends the statement when it writes to the closed socket. */
async function cancelOnServer(
  settings: ConnectionSettings,
  { handles, log }: { readonly handles: readonly SessionHandle[]; readonly log: Log },
): Promise<void> {
  const keys = handles.flatMap(({ cancelKey }) => cancelKey ?? []);
  if (keys.length === 0) return;
  const stop = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
  // What fails is in the log.
  await logEngine(engineFor(settings.scheme), log)
    .can.cancel?.(settings, keys, stop)
    .catch(() => undefined);
}

function describeLoneThread(error: unknown): Finding {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: 'one-thread',
    message: `The run was done in one thread, because no other could be started: ${reason.replace(/\.$/, '')}.`,
    hint: 'Its result is the same and took longer. Install Rowproof again, and see whether the system limits threads or memory.',
  };
}
