import type { TaskHooks, TaskResult, TaskRunner, WorkerTask } from '../tasks/task.js';

/** What threads take to load is well spent once tasks have taken this long. */
export const GROW_AFTER_MS = 500;
/** Where so many tasks were done in that time, with so few rows each, handing one to a thread costs as much as doing it. */
export const MANY_TASKS = 10;
const FEW_ROWS = 1000;

interface Growing {
  /** Whether threads of a run have processors that nothing else of it would use. */
  readonly hasSpareProcessors: boolean;
  /** Does tasks from the first moment on. */
  readonly inline: TaskRunner & { retire(): Promise<void> };
  /** Starts who does tasks faster, but has to load for a while. */
  readonly startThreads: () => TaskRunner & { readonly ready: Promise<void> };
  /** Told why this thread goes on alone, where others cannot load. */
  readonly onAlone: (error: unknown) => void;
}

/**
 * Does the first tasks in this thread, and all others in threads of their own once these have loaded: a small run is over
 * before they would have, and one that turns out to be large does not wait for them. Only the time counts in which a task is
 * under way: what a run does before and after its tasks takes long on a busy machine, and no thread would make it shorter.
 * Tasks that are over in a moment, as those of many small tables, stay here where threads would only take processors away from
 * the servers. No more sessions are open than there are workers.
 */
export class GrowingRunner implements TaskRunner {
  readonly #growing: Growing;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer was started that waits while tasks are under way, and what it still had to wait for. */
  #since = 0;
  #leftMs = GROW_AFTER_MS;
  #active = 0;
  #threads: TaskRunner | null = null;
  /** Tasks that were done since the timer was set, of several small tables each of these. */
  #done = 0;
  /** Tables of tasks of several that are under way. */
  #small = 0;
  #rows = 0;
  #hasGrown = false;
  #isClosed = false;

  constructor(growing: Growing) {
    this.#growing = growing;
  }

  async run(task: WorkerTask, hooks: TaskHooks, signal: AbortSignal): Promise<TaskResult<WorkerTask>> {
    const runner = this.#hasGrown && this.#threads !== null ? this.#threads : this.#growing.inline;
    const tables = task.kind === 'small-tables' ? task.pairIds.length : 0;
    this.#small += tables;
    this.#active++;
    if (this.#active === 1) this.#wait();
    try {
      const result = await runner.run(task, hooks, signal);
      this.#done += tables || 1;
      if ('sourceRows' in result) this.#rows += Math.max(result.sourceRows, result.targetRows);
      return result;
    } finally {
      this.#small -= tables;
      this.#active--;
      if (this.#active === 0) this.#rest();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await Promise.all([this.#growing.inline.close(), this.#threads?.close()]);
  }

  /** Goes on waiting for the time after which threads are worth it. */
  #wait(): void {
    if (this.#threads !== null || this.#isClosed) return;
    this.#since = performance.now();
    this.#timer = setTimeout(() => {
      const areSmall = this.#small > 0 || (this.#done >= MANY_TASKS && this.#rows < this.#done * FEW_ROWS);
      this.#done = 0;
      this.#rows = 0;
      this.#leftMs = GROW_AFTER_MS;
      if (areSmall && !this.#growing.hasSpareProcessors) this.#wait();
      else this.#grow();
    }, this.#leftMs);
  }

  /** Nothing is under way that threads could do. */
  #rest(): void {
    clearTimeout(this.#timer);
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#since));
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
