import type { TaskHooks, TaskResult, TaskRunner, WorkerTask } from '../tasks/task.js';

/** What threads take to load is well spent once a run has taken this long. */
export const GROW_AFTER_MS = 500;

interface Growing {
  /** Does tasks from the first moment on. */
  readonly inline: TaskRunner & { retire(): Promise<void> };
  /** Starts who does tasks faster, but has to load for a while. */
  readonly startThreads: () => TaskRunner & { readonly ready: Promise<void> };
  /** Told why this thread goes on alone, where others cannot load. */
  readonly onAlone: (error: unknown) => void;
}

/**
 * Does the first tasks in this thread, and all others in threads of their own once these have loaded: a small run is over
 * before they would have, and one that turns out to be large does not wait for them. No more sessions are open than there are workers.
 */
export class GrowingRunner implements TaskRunner {
  readonly #growing: Growing;
  readonly #timer: NodeJS.Timeout;
  #threads: TaskRunner | null = null;
  #hasGrown = false;
  #isClosed = false;

  constructor(growing: Growing) {
    this.#growing = growing;
    this.#timer = setTimeout(() => this.#grow(), GROW_AFTER_MS);
  }

  run(task: WorkerTask, hooks: TaskHooks, signal: AbortSignal): Promise<TaskResult<WorkerTask>> {
    const runner = this.#hasGrown && this.#threads !== null ? this.#threads : this.#growing.inline;
    return runner.run(task, hooks, signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await Promise.all([this.#growing.inline.close(), this.#threads?.close()]);
  }

  #grow(): void {
    const { inline, startThreads, onAlone } = this.#growing;
    const threads = startThreads();
    this.#threads = threads;
    threads.ready.then(
      async () => {
        if (this.#isClosed) return;
        // Its idle sessions are closed first: a server may grant no more than was said.
        await inline.retire();
        this.#hasGrown = true;
      },
      (error: unknown) => {
        if (!this.#isClosed) onAlone(error);
      },
    );
  }
}
