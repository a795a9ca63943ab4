import type { RunnerParts, TaskHooks, TaskResult, TaskRunner, WorkerTask } from '../tasks/task.js';
import { RunThread, type ThreadParts } from './run-thread.js';

/** What is asked of a thread. */
export type Thread = Pick<RunThread, 'run' | 'rest' | 'close' | 'ready' | 'tasks' | 'isBusy' | 'isUnused'>;

/**
 * Does tasks in threads, each in the one that does the fewest. A thread is for a processor; tasks that wait for a server need
 * none of their own. So there is one more where one would be free for it, or where those there are keep a processor busy.
 */
export class ThreadRunner implements TaskRunner {
  readonly #parts: RunnerParts;
  readonly #makeThread: (of: ThreadParts) => Thread;
  #threads: readonly Thread[] = [];
  /** One that loads what it needs, and gets no task before. */
  #loading: Thread | null = null;
  #most: number;
  #isClosed = false;
  /** Resolves when the first threads have loaded what they need; rejects where they cannot. */
  readonly ready: Promise<void>;

  constructor(parts: RunnerParts, makeThread = (of: ThreadParts): Thread => new RunThread(of)) {
    this.#parts = parts;
    this.#makeThread = makeThread;
    this.#most = parts.threads;
    const first = Array.from({ length: parts.firstThreads }, () => this.#add(this.#start()).ready);
    const { log, firstThreads: threads } = parts;
    log.info('threads:start', () => ({ threads }));
    this.ready = Promise.all(first).then(() => undefined);
    // What fails is told by each thread.
    this.ready.then(() => log.info('threads:ready', () => ({ threads }))).catch(() => undefined);
  }

  async run(task: WorkerTask, hooks: TaskHooks, signal: AbortSignal): Promise<TaskResult<WorkerTask>> {
    const thread = this.#choose();
    // Its sessions come in the place of those that another thread leaves idle with this task.
    if (thread.isUnused) await this.#restOthers(thread);
    return thread.run(task, hooks, signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const loading = this.#loading === null ? [] : [this.#loading];
    await Promise.all([...this.#threads, ...loading].map((thread) => thread.close()));
  }

  #choose(): Thread {
    const [freest] = this.#threads.toSorted((one, other) => one.tasks - other.tasks);
    const { spreads, log } = this.#parts;
    const isFull = this.#threads.length + Number(this.#loading !== null) >= this.#most;
    if (freest !== undefined && (isFull || freest.tasks === 0)) return freest;
    if (freest === undefined || spreads) {
      log.info('threads:start', () => ({ threads: 1 }));
      const thread = this.#add(this.#start());
      if (freest !== undefined) void thread.ready.catch(() => this.#giveUp(thread));
      return thread;
    }
    if (this.#threads.every(({ isBusy }) => isBusy)) this.#grow();
    return freest;
  }

  /** Starts a thread that takes its share once it is ready. */
  #grow(): void {
    const { log } = this.#parts;
    log.info('threads:start', () => ({ threads: 1 }));
    const thread = this.#start();
    this.#loading = thread;
    const end = (): void => {
      this.#loading = null;
    };
    thread.ready.then(
      () => {
        end();
        if (!this.#isClosed) this.#add(thread);
      },
      () => {
        end();
        this.#giveUp(thread);
      },
    );
  }

  async #restOthers(thread: Thread): Promise<void> {
    if (this.#parts.spreads) return;
    const others = this.#threads.filter((each) => each !== thread && !each.isUnused);
    await Promise.all(others.map((each) => each.rest()));
  }

  #add(thread: Thread): Thread {
    this.#threads = [...this.#threads, thread];
    return thread;
  }

  #start(): Thread {
    const { data, readSetup, log, workers, threads, firstThreads } = this.#parts;
    const isEven = firstThreads === threads;
    const most = isEven ? Math.ceil(workers / threads) : workers;
    return this.#makeThread({ data, readSetup, log, workers: most });
  }

  /** Where one more cannot be started those do that are there; whose task was lost with it tries again. */
  #giveUp(thread: Thread): void {
    this.#threads = this.#threads.filter((each) => each !== thread);
    this.#most = this.#threads.length;
    void thread.close();
  }
}
