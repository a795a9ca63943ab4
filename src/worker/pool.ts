import { serialize } from 'node:v8';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { RowproofError } from '../core/errors.js';
import { SIDES, type Side } from '../core/pairing.js';
import type { ConnectionSettings, SessionHandle } from '../engines/engine.js';
import { engineFor } from '../engines/registry.js';
import { compileKernel } from '../hashing/kernel-module.js';
import type {
  MainMessage,
  TaskResult,
  WorkerData,
  WorkerMessage,
  WorkerRequest,
  WorkerSetup,
  WorkerTask,
} from './worker-data.js';

/** A stop asks twice, and takes no longer than twice this. */
const CANCEL_TIMEOUT_MS = 1500;
/** What workers get to close their sessions, before their threads end anyway. */
const CLOSE_TIMEOUT_MS = 1500;
/** A worker keeps next to nothing, so the room for its short-lived objects is all that its heap would grow by. */
const YOUNG_MEGABYTES = 12;

/** Who listens to a task while it is under way. */
export interface TaskListener {
  /** Gets each batch of differing rows as lines of JSON, and the next one only when it has resolved. */
  onDifferences(lines: Uint8Array): Promise<void>;
  /** Hears of further rows that were read of a side, where a task takes long. */
  onRows(side: Side, rows: number): void;
}

/** Worker threads that read and compare. Who creates it closes it. */
export interface WorkerPool {
  /** Says where to connect and what can be read; before the first task. */
  configure(setup: WorkerSetup): void;
  run<Task extends WorkerTask>(task: Task, listener: TaskListener): Promise<TaskResult<Task>>;
  /** The servers' numbers of the sessions of a side that tasks are using. */
  sessionIds(side: Side): readonly string[];
  /** Cancels what is under way, in the workers and on the servers. Tasks that were cut off are unverified. */
  cancel(): Promise<void>;
  /** Ends the threads and their sessions; a second call waits for the first. */
  close(): Promise<void>;
}

/**
 * Starts the threads, which load what they need while the main thread finds out what there is to do.
 *
 * `atomics` are off because waiting on them would block the event loop that reads a worker's sockets. Tasks are
 * cancelled by message, because an abort signal would kill the thread and leave its sessions running.
 */
export function createWorkerPool(data: Omit<WorkerData, 'kernel'>, threads: number): WorkerPool {
  const piscina = new Piscina({
    filename: new URL('../../dist/bundle/worker.js', import.meta.url).href,
    name: 'runTask',
    workerData: { ...data, kernel: compileKernel() } satisfies WorkerData,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    atomics: 'disabled',
    recordTiming: false,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  });
  let configured: { readonly setup: WorkerSetup; readonly shared: SharedArrayBuffer } | null = null;
  const active = new Map<MessagePort, Readonly<Partial<Record<Side, SessionHandle>>> | null>();
  const handles = (side: Side): readonly SessionHandle[] =>
    [...active.values()].flatMap((known) => known?.[side] ?? []);
  const close = async (): Promise<void> => {
    // Also where no task was run: a thread that is ended while it loads its modules can end the process with it.
    const closing = Array.from({ length: threads }, () => piscina.run('close'));
    await within(CLOSE_TIMEOUT_MS, Promise.allSettled(closing));
    await piscina.destroy();
  };
  let closing: Promise<void> | null = null;

  return {
    configure: (setup) => {
      configured = { setup, shared: toSharedMemory(setup) };
    },
    run: async <Task extends WorkerTask>(task: Task, listener: TaskListener) => {
      if (configured === null)
        throw new RowproofError({ code: 'internal', message: 'The worker pool was not configured' });
      const { port1: port, port2 } = new MessageChannel();
      active.set(port, null);
      port.on('message', (message: WorkerMessage) => {
        if (message.type === 'sessions') active.set(port, message.handles);
        else if (message.type === 'rows') listener.onRows(message.side, message.rows);
        else
          void listener.onDifferences(message.lines).then(
            () => post(port, { type: 'stored' }),
            () => post(port, { type: 'cancel' }),
          );
      });
      try {
        const request: WorkerRequest = { task, port: port2, setup: configured.shared };
        return (await piscina.run(request, { transferList: [port2] })) as TaskResult<Task>;
      } finally {
        active.delete(port);
        port.close();
      }
    },
    sessionIds: (side) => handles(side).map(({ serverSessionId }) => serverSessionId),
    cancel: async () => {
      if (configured === null) return;
      const { setup } = configured;
      const cancelStatements = (): Promise<unknown> =>
        Promise.all(SIDES.map((side) => cancelOnServer(setup.connections[side], handles(side))));
      // A pool knows a statement for as long as the connection that it came from, so that one is cut off afterwards.
      await cancelStatements();
      for (const port of active.keys()) post(port, { type: 'cancel' });
      await cancelStatements();
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Copied once, and then handed to threads without being copied again. */
function toSharedMemory(setup: WorkerSetup): SharedArrayBuffer {
  const bytes = serialize(setup);
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}

function post(port: MessagePort, message: MainMessage): void {
  port.postMessage(message);
}

/** Best effort: a server that cannot be reached any more ends the statement when it writes to the closed socket. */
async function cancelOnServer(
  settings: ConnectionSettings,
  handles: readonly SessionHandle[],
): Promise<void> {
  const keys = handles.flatMap(({ cancelKey }) => cancelKey ?? []);
  if (keys.length === 0) return;
  const stop = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
  await engineFor(settings.scheme)
    .cancel(settings, keys, stop)
    .catch(() => undefined);
}

/** Waits for work, but no longer than this. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, over]).finally(() => clearTimeout(timer));
}
