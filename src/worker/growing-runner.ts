import { InlineRunner } from './inline-runner.js';
import type { LaneData, TaskHooks, TaskResult, TaskRunner, WorkerSetup, WorkerTask } from './task.js';
import { ThreadRunner } from './thread-runner.js';

/** What threads take to load is well spent once a run has taken this long. */
const GROW_AFTER_MS = 500;

interface Growing {
  readonly data: LaneData;
  readonly setup: WorkerSetup;
  readonly workers: number;
  /** Whether threads are worth their start whatever the first tasks take. */
  readonly isLong: boolean;
}

/**
 * Does the first tasks in this thread, and all others in threads of their own once these have loaded: a small run is over
 * before they would have, and a large one loses no time to wait for them. No more sessions are open than there are workers.
 */
export class GrowingRunner implements TaskRunner {
  readonly #growing: Growing;
  readonly #inline: InlineRunner;
  #threads: ThreadRunner | null = null;
  #hasGrown = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(growing: Growing) {
    const { data, setup, workers, isLong } = growing;
    this.#growing = growing;
    this.#inline = new InlineRunner({ data, setup, lanes: workers });
    if (isLong) this.#grow();
    else this.#timer = setTimeout(() => this.#grow(), GROW_AFTER_MS);
  }

  run(task: WorkerTask, hooks: TaskHooks, signal: AbortSignal): Promise<TaskResult<WorkerTask>> {
    const runner = this.#hasGrown && this.#threads !== null ? this.#threads : this.#inline;
    return runner.run(task, hooks, signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await Promise.all([this.#inline.close(), this.#threads?.close()]);
  }

  #grow(): void {
    const { data, setup, workers } = this.#growing;
    const threads = new ThreadRunner({ data, setup, threads: workers });
    this.#threads = threads;
    // Where threads cannot be started, this thread goes on alone.
    threads.ready.then(
      () => {
        if (this.#isClosed) return;
        this.#hasGrown = true;
        void this.#inline.retire();
      },
      () => undefined,
    );
  }
}
