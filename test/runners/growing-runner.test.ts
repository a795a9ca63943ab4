import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GROW_AFTER_MS, GrowingRunner, MANY_TASKS } from '../../src/runners/growing-runner.js';
import type { TaskHooks, TaskResult, TaskRunner, WorkerTask } from '../../src/tasks/task.js';

const HOOKS: TaskHooks = {
  onSessions: () => undefined,
  onRows: () => undefined,
  onSilence: () => undefined,
  onUnheld: () => undefined,
  onOrder: async () => ({ kind: 'go' }),
  onDifferences: async () => undefined,
};

/** A runner of whom is only known what it was asked; what it has under way ends when `work` does. */
function fakeRunner(
  name: string,
  log: string[],
  work: () => Promise<void> = async () => undefined,
): TaskRunner & { retire(): Promise<void> } {
  return {
    run: async () => {
      log.push(name);
      await work();
      return {} as TaskResult<WorkerTask>;
    },
    retire: async () => void log.push(`${name} retires`),
    close: async () => void log.push(`${name} ends`),
  };
}

function grow({ loads = true, hasSpareProcessors = false } = {}) {
  const log: string[] = [];
  let taskMs = 0;
  const work = (): Promise<void> =>
    taskMs === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, taskMs));
  let loaded: () => void = () => undefined;
  const runner = new GrowingRunner({
    hasSpareProcessors,
    inline: fakeRunner('inline', log, work),
    startThreads: () => {
      log.push('threads start');
      const ready = new Promise<void>((resolve, reject) => {
        loaded = loads ? resolve : () => reject(new Error('cannot load'));
      });
      return { ...fakeRunner('threads', log), ready };
    },
    onAlone: (error) => void log.push(`alone: ${error}`),
  });
  const run = (task = {} as WorkerTask) => runner.run(task, HOOKS, new AbortController().signal);
  return {
    log,
    runner,
    run,
    /** Does a task that takes so long. */
    runFor: async (ms: number) => {
      taskMs = ms;
      const done = run();
      taskMs = 0;
      await vi.advanceTimersByTimeAsync(ms);
      await done;
    },
    load: async () => {
      loaded();
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

describe('tasks of a run', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('of which little is known begin in the main thread, and go on in threads once these have loaded', async () => {
    const { log, run, runFor, load, runner } = grow();
    await runFor(GROW_AFTER_MS);
    await run();
    await load();
    await run();
    await runner.close();
    expect(log).toEqual([
      'inline',
      'threads start',
      'inline',
      'inline retires',
      'threads',
      'inline ends',
      'threads ends',
    ]);
  });

  it('start threads for the time that they take together, and not for what a run does beside them', async () => {
    const { log, runFor, runner } = grow();
    await vi.advanceTimersByTimeAsync(GROW_AFTER_MS * 10);
    await runFor(GROW_AFTER_MS / 2);
    await vi.advanceTimersByTimeAsync(GROW_AFTER_MS * 10);
    expect(log).toEqual(['inline']);
    await runFor(GROW_AFTER_MS / 2);
    expect(log).toEqual(['inline', 'inline', 'threads start']);
    await runner.close();
  });

  it('that are over in a moment stay in the main thread, until they take longer', async () => {
    const { log, run, runFor, runner } = grow();
    for (let task = 0; task < MANY_TASKS; task++) await run();
    await runFor(GROW_AFTER_MS);
    expect(log).not.toContain('threads start');
    await runFor(GROW_AFTER_MS);
    expect(log.at(-1)).toBe('threads start');
    await runner.close();
  });

  it('of many small tables stay in the main thread before any of them is done', async () => {
    const { log, run, runner } = grow();
    const pairIds = Array.from({ length: MANY_TASKS }, (_, i) => `${i}`);
    void run({ kind: 'small-tables', pairIds, capRows: 1, capBytes: 1 });
    await vi.advanceTimersByTimeAsync(GROW_AFTER_MS);
    expect(log).not.toContain('threads start');
    await runner.close();
  });

  it('that are over in a moment go to threads as well where processors are idle', async () => {
    const { log, run, runFor, runner } = grow({ hasSpareProcessors: true });
    for (let task = 0; task < MANY_TASKS; task++) await run();
    await runFor(GROW_AFTER_MS);
    expect(log.at(-1)).toBe('threads start');
    await runner.close();
  });

  it('that is over soon never start a thread', async () => {
    const { log, run, runner } = grow();
    await run();
    await runner.close();
    await vi.advanceTimersByTimeAsync(GROW_AFTER_MS * 2);
    expect(log).toEqual(['inline', 'inline ends']);
  });

  it('go on in the main thread where threads cannot load', async () => {
    const { log, run, runFor, load } = grow({ loads: false });
    await runFor(GROW_AFTER_MS);
    await load();
    await run();
    expect(log).toEqual(['inline', 'threads start', 'alone: Error: cannot load', 'inline']);
  });

  it('find no new home once the run has ended', async () => {
    const { log, runFor, load, runner } = grow();
    await runFor(GROW_AFTER_MS);
    await runner.close();
    await load();
    expect(log).toEqual(['inline', 'threads start', 'inline ends', 'threads ends']);
  });

  it('that is over before its threads could load have not been done alone for want of them', async () => {
    const { log, runFor, load, runner } = grow({ loads: false });
    await runFor(GROW_AFTER_MS);
    await runner.close();
    await load();
    expect(log).toEqual(['inline', 'threads start', 'inline ends', 'threads ends']);
  });
});
