import type { RunnerParts, TaskHooks, TaskResult, TaskRunner, WorkerTask } from '../tasks/task.js';
import { RunThread } from './run-thread.js';

/**
 * Does tasks in threads: each in one that is free, else in one more while there may be, else beside others. A thread is for a
 * processor; tasks that wait for a far server need none of their own.
 */
export class ThreadRunner implements TaskRunner {
  readonly #parts: RunnerParts;
  #threads: readonly RunThread[] = [];
  #most: number;
  /** Resolves when the first threads have loaded what they need; rejects where they cannot. */
  readonly ready: Promise<void>;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#most = parts.threads;
    const first = Array.from({ length: parts.firstThreads }, () => this.#start().ready);
    const { log, firstThreads: threads } = parts;
    log.info('threads:start', () => ({ threads }));
    this.ready = Promise.all(first).then(() => undefined);
    // What fails is told by each thread.
    this.ready.then(() => log.info('threads:ready', () => ({ threads }))).catch(() => undefined);
  }

  run(task: WorkerTask, hooks: TaskHooks, signal: AbortSignal): Promise<TaskResult<WorkerTask>> {
    return this.#choose().run(task, hooks, signal);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #choose(): RunThread {
    const [freest] = this.#threads.toSorted((one, other) => one.tasks - other.tasks);
    if (freest === undefined || (freest.tasks > 0 && this.#threads.length < this.#most)) {
      this.#parts.log.info('threads:start', () => ({ threads: 1 }));
      const thread = this.#start();
      if (freest !== undefined) void thread.ready.catch(() => this.#giveUp(thread));
      return thread;
    }
    return freest;
  }

  #start(): RunThread {
    const { data, readSetup, log, workers, threads } = this.#parts;
    const thread = new RunThread({ data, readSetup, log, workers: Math.ceil(workers / threads) });
    this.#threads = [...this.#threads, thread];
    return thread;
  }

  /** Where one more cannot be started those do that are there; whose task was lost with it tries again. */
  #giveUp(thread: RunThread): void {
    this.#threads = this.#threads.filter((each) => each !== thread);
    this.#most = this.#threads.length;
    void thread.close();
  }
}
