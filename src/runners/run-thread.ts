import type { EventLoopUtilization } from 'node:perf_hooks';
import { serialize } from 'node:v8';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { RowproofError, serializeError } from '../core/errors.js';
import type { Log } from '../core/log.js';
import type { RunnerParts, TaskHooks, TaskResult, WorkerSetup, WorkerTask } from '../tasks/task.js';
import type {
  LoggedLine,
  ThreadAnswer,
  ThreadCall,
  ThreadData,
  ThreadMessage,
  ThreadRequest,
} from './thread-messages.js';
import { ThreadUsage } from './thread-usage.js';

/** What threads get to load: one that is ended while it loads its modules can end the process with it. */
const LOAD_TIMEOUT_MS = 30_000;
/** What threads get to close their sessions, before they end anyway. */
const CLOSE_TIMEOUT_MS = 1500;
/** A thread keeps next to nothing, so the room for its short-lived objects is all that its heap would grow by. */
const YOUNG_MEGABYTES = 12;

/** What a thread is begun with. */
export interface ThreadParts extends Pick<RunnerParts, 'data' | 'readSetup' | 'log'> {
  /** How many tasks it may be given at a time. */
  readonly workers: number;
}

/**
 * A thread that does tasks.
 *
 * `atomics` are off because waiting on them would block the event loop that reads a thread's sockets. Tasks are
 * stopped by message, because an abort signal would kill the thread and leave its sessions running.
 */
export class RunThread {
  /** Loaded late: most runs are over before they need a thread. */
  readonly #piscina: Promise<Piscina>;
  readonly #readSetup: () => WorkerSetup;
  #setup: SharedArrayBuffer | null = null;
  readonly #log: Log;
  #tasks = 0;
  readonly #usage: ThreadUsage;
  #loaded: Piscina | null = null;
  #isClosed = false;
  /** Resolves when the thread has loaded what it needs; rejects where it cannot. */
  readonly ready: Promise<void>;

  constructor({ data, readSetup, workers, log }: ThreadParts) {
    this.#log = log;
    this.#readSetup = readSetup;
    this.#piscina = startThread({ ...data, workers }, log);
    this.ready = this.#ask('ready');
    const read = (): EventLoopUtilization | null =>
      this.#loaded?.threads[0]?.performance.eventLoopUtilization() ?? null;
    this.#usage = new ThreadUsage(read, () => performance.now());
    // Threads that are ended while they load fail too.
    this.#noteLoaded().catch((error: unknown) => {
      if (!this.#isClosed) log.warn('threads:fail', () => log.describeError(error));
    });
  }

  async #noteLoaded(): Promise<void> {
    await this.ready;
    this.#loaded = await this.#piscina;
  }

  /** How many tasks it does now. */
  get tasks(): number {
    return this.#tasks;
  }

  /** Whether it was never given a task. */
  get isUnused(): boolean {
    return this.#setup === null;
  }

  /** Whether nothing more fits into it: what it does now keeps a processor busy. */
  get isBusy(): boolean {
    return this.#usage.isBusy;
  }

  /** Closes the sessions that no task uses. Where that cannot be asked for, whatever is asked next fails too. */
  async rest(): Promise<void> {
    await this.#ask('rest').catch(() => undefined);
  }

  /** Does a task, beside those that are under way. */
  async run(task: WorkerTask, hooks: TaskHooks, signal: AbortSignal): Promise<TaskResult<WorkerTask>> {
    const { port1: port, port2 } = new MessageChannel();
    const cancel = (): void => answer(port, 'cancel');
    port.on('message', (message: ThreadMessage) => tell(hooks, message, port));
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    this.#tasks++;
    try {
      this.#setup ??= toSharedMemory(this.#readSetup());
      const request: ThreadRequest = { task, port: port2, setup: this.#setup };
      return (await (await this.#piscina).run(request, { transferList: [port2] })) as TaskResult<WorkerTask>;
    } catch (error) {
      if (this.#isClosed || signal.aborted) throw error;
      this.#log.warn('thread:lost', () => this.#log.describeError(error));
      return lostThread(error);
    } finally {
      this.#tasks--;
      signal.removeEventListener('abort', cancel);
      port.close();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await within(LOAD_TIMEOUT_MS, this.ready);
    await within(CLOSE_TIMEOUT_MS, this.#ask('close'));
    // A thread that could not be started was told of by whoever asked it.
    await this.#piscina.then((piscina) => piscina.destroy()).catch(() => undefined);
  }

  async #ask(request: ThreadCall): Promise<void> {
    await (await this.#piscina).run(request);
  }
}

async function startThread(data: ThreadData, log: Log): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  const piscina = new Piscina({
    filename: new URL('../../dist/bundle/worker.cjs', import.meta.url).href,
    name: 'runTask',
    workerData: data,
    minThreads: 1,
    maxThreads: 1,
    // A stop is asked for while tasks are under way.
    concurrentTasksPerWorker: data.workers + 1,
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
