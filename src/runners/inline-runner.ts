import { RowproofError } from '../core/errors.js';
import type { RunnerParts, TaskHooks, TaskResult, TaskRunner, WorkerTask } from '../tasks/task.js';
import { TaskLane } from '../tasks/task-lane.js';

type InlineParts = Pick<RunnerParts, 'data' | 'readSetup' | 'workers' | 'log'>;

/** Does tasks in the thread that asks for them: they take turns while they wait for their servers. */
export class InlineRunner implements TaskRunner {
  readonly #parts: InlineParts;
  readonly #lanes: Promise<TaskLane>[] = [];
  readonly #idle: TaskLane[] = [];
  readonly #waiting: ((lane: TaskLane) => void)[] = [];
  #isRetired = false;
  #isClosed = false;

  constructor(parts: InlineParts) {
    this.#parts = parts;
  }

  async run(task: WorkerTask, hooks: TaskHooks, signal: AbortSignal): Promise<TaskResult<WorkerTask>> {
    const lane = await this.#takeLane();
    if (this.#isClosed) throw new RowproofError({ code: 'interrupted', message: 'The run was interrupted.' });
    try {
      lane.prepare(this.#parts.readSetup);
      return await lane.run(task, hooks, signal);
    } finally {
      await this.#giveBack(lane);
    }
  }

  /** Closes the sessions of lanes that do nothing now: others may need them. */
  async rest(): Promise<void> {
    const close = async (lane: TaskLane): Promise<void> => {
      await lane.close();
      await this.#giveBack(lane);
    };
    await Promise.all(this.#idle.splice(0).map(close));
  }

  /** Gets no further tasks: sessions are closed as soon as the tasks are done that have begun. */
  async retire(): Promise<void> {
    this.#isRetired = true;
    await Promise.all(this.#idle.map((lane) => lane.close()));
  }

  async close(): Promise<void> {
    this.#isRetired = true;
    this.#isClosed = true;
    const lanes = await Promise.allSettled(this.#lanes);
    await Promise.all(lanes.map((lane) => (lane.status === 'fulfilled' ? lane.value.close() : null)));
  }

  /** Loads what a first task needs before there is one. */
  async load(): Promise<void> {
    await this.#giveBack(await this.#openLane());
  }

  #openLane(): Promise<TaskLane> {
    const opening = TaskLane.open(this.#parts.data, this.#parts.log);
    this.#lanes.push(opening);
    return opening;
  }

  async #takeLane(): Promise<TaskLane> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#lanes.length >= this.#parts.workers)
      return await new Promise((resolve) => this.#waiting.push(resolve));
    return await this.#openLane();
  }

  async #giveBack(lane: TaskLane): Promise<void> {
    const next = this.#waiting.shift();
    if (next !== undefined) next(lane);
    else {
      this.#idle.push(lane);
      if (this.#isRetired) await lane.close();
    }
  }
}
