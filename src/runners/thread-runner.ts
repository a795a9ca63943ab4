import { serialize } from 'node:v8';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { RowproofError, serializeError } from '../core/errors.js';
import type { Log } from '../core/log.js';
import type {
  RunnerParts,
  TaskHooks,
  TaskResult,
  TaskRunner,
  WorkerSetup,
  WorkerTask,
} from '../tasks/task.js';
import type { LoggedLine, ThreadAnswer, ThreadMessage, ThreadRequest } from './thread-messages.js';

/** What threads get to load: one that is ended while it loads its modules can end the process with it. */
const LOAD_TIMEOUT_MS = 30_000;
/** What threads get to close their sessions, before they end anyway. */
const CLOSE_TIMEOUT_MS = 1500;
/** A thread keeps next to nothing, so the room for its short-lived objects is all that its heap would grow by. */
const YOUNG_MEGABYTES = 12;

/**
 * Does tasks in threads.
 *
 * `atomics` are off because waiting on them would block the event loop that reads a thread's sockets. Tasks are
 * stopped by message, because an abort signal would kill the thread and leave its sessions running.
 */
export class ThreadRunner implements TaskRunner {
  /** Loaded late: most runs are over before they need a thread. */
  readonly #piscina: Promise<Piscina>;
  readonly #readSetup: () => WorkerSetup;
  #setup: SharedArrayBuffer | null = null;
  readonly #threads: number;
  readonly #log: Log;
  #isClosed = false;
  /** Resolves when the threads have loaded what they need; rejects where they cannot. */
  readonly ready: Promise<void>;
  /** Resolves when no thread is loading any more, whether it could or not. */
  readonly #settled: Promise<unknown>;

  constructor({ data, readSetup, workers, log }: RunnerParts) {
    this.#threads = workers;
    this.#log = log;
    this.#readSetup = readSetup;
    this.#piscina = startThreads(data, { threads: workers, log });
    log.info('threads:start', () => ({ threads: workers }));
    const loading = this.#askAll('ready');
    this.#settled = Promise.allSettled(loading);
    this.ready = Promise.all(loading).then(() => undefined);
    this.ready.then(
      () => log.info('threads:ready', () => ({ threads: workers })),
      (error: unknown) => {
        // Threads that are ended while they load fail too.
        if (!this.#isClosed) log.warn('threads:fail', () => log.describeError(error));
      },
    );
  }

  async run(task: WorkerTask, hooks: TaskHooks, signal: AbortSignal): Promise<TaskResult<WorkerTask>> {
    const { port1: port, port2 } = new MessageChannel();
    const cancel = (): void => answer(port, 'cancel');
    port.on('message', (message: ThreadMessage) => tell(hooks, message, port));
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    try {
      this.#setup ??= toSharedMemory(this.#readSetup());
      const request: ThreadRequest = { task, port: port2, setup: this.#setup };
      return (await (await this.#piscina).run(request, { transferList: [port2] })) as TaskResult<WorkerTask>;
    } catch (error) {
      if (this.#isClosed || signal.aborted) throw error;
      this.#log.warn('thread:lost', () => this.#log.describeError(error));
      return lostThread(error);
    } finally {
      signal.removeEventListener('abort', cancel);
      port.close();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await within(LOAD_TIMEOUT_MS, this.#settled);
    await within(CLOSE_TIMEOUT_MS, Promise.all(this.#askAll('close')));
    // Threads that could not be started were told of by whoever asked them.
    await this.#piscina.then((piscina) => piscina.destroy()).catch(() => undefined);
  }

  #askAll(request: 'ready' | 'close'): readonly Promise<unknown>[] {
    return Array.from({ length: this.#threads }, () => this.#piscina.then((piscina) => piscina.run(request)));
  }
}

async function startThreads(
  data: RunnerParts['data'],
  { threads, log }: { readonly threads: number; readonly log: Log },
): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  const piscina = new Piscina({
    filename: new URL('../../dist/bundle/worker.cjs', import.meta.url).href,
    name: 'runTask',
    workerData: data,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    atomics: 'disabled',
    recordTiming: false,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  });
  piscina.on('message', ({ logged }: LoggedLine) => log.forward(logged));
  // A thread that dies without a task is nobody's failure; unheard, it would end the process.
  piscina.on('error', (error) => log.warn('thread:lost', () => log.describeError(error)));
  return piscina;
}

/** Another thread takes its place, and its task may have had nothing to do with it: memory is that of all of them. */
function lostThread(error: unknown): TaskResult<WorkerTask> {
  const reason = error instanceof Error ? error.message : String(error);
  const lost = new RowproofError({
    code: 'internal',
    message: `The thread that read these rows ended: ${reason.replace(/\.$/, '')}.`,
    hint: 'Give the process more memory, or use fewer --workers; if that does not help, report it with the log.',
    cause: error,
  });
  return { kind: 'unverified', error: serializeError(lost), transient: true };
}

function tell(hooks: TaskHooks, message: ThreadMessage, port: MessagePort): void {
  if (message.type === 'sessions') hooks.onSessions(message.handles);
  else if (message.type === 'silence') hooks.onSilence(message.side, message.silentMs);
  else if (message.type === 'rows') hooks.onRows(message.side, message.rows);
  else if (message.type === 'unheld') hooks.onUnheld(message.side);
  else if (message.type === 'followed')
    void hooks.onOrder(message.answer).then(
      (order) => port.postMessage({ type: 'order', order } satisfies ThreadAnswer),
      () => answer(port, 'cancel'),
    );
  else
    void hooks.onDifferences(message.lines).then(
      () => answer(port, 'stored'),
      () => answer(port, 'cancel'),
    );
}

function answer(port: MessagePort, type: 'stored' | 'cancel'): void {
  port.postMessage({ type } satisfies ThreadAnswer);
}

/** Copied once, and then handed to threads without being copied again. */
function toSharedMemory(setup: WorkerSetup): SharedArrayBuffer {
  const bytes = serialize(setup);
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}

/** Waits for work, but no longer than this, and not for its success: threads that cannot close are ended. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  // The threads are ended next, whatever they say.
  await Promise.race([work.catch(() => undefined), over]).finally(() => clearTimeout(timer));
}
