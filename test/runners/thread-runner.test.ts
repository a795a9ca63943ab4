import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { NO_LOG } from '../../src/core/log.js';
import { type Thread, ThreadRunner } from '../../src/runners/thread-runner.js';
import type { RunnerParts, TaskHooks, TaskResult, WorkerTask } from '../../src/tasks/task.js';

/** Threads that do nothing but say what they were asked. */
function makeThreads(numbers: Pick<RunnerParts, 'workers' | 'threads' | 'firstThreads' | 'spreads'>) {
  const said: string[] = [];
  const threads: { tasks: number; isBusy: boolean; isUnused: boolean; mayTake: number }[] = [];
  const ends: (() => void)[] = [];
  const loads: (() => void)[] = [];
  const fails: ((error: Error) => void)[] = [];
  const runner = new ThreadRunner(
    { ...numbers, log: NO_LOG, onAlone: () => undefined } as unknown as RunnerParts,
    ({ workers }) => {
      const number = threads.length + 1;
      const ready = new Promise<void>((resolve, reject) => {
        loads.push(resolve);
        fails.push(reject);
      });
      const thread = {
        ...{ tasks: 0, isBusy: false, isUnused: true, mayTake: workers, ready },
        rest: async () => void said.push(`${number} rests`),
        close: async () => void said.push(`${number} closes`),
        run: () => {
          said.push(`${number} does`);
          thread.tasks++;
          thread.isUnused = false;
          return new Promise<TaskResult<WorkerTask>>((resolve) =>
            ends.push(() => {
              thread.tasks--;
              resolve({} as TaskResult<WorkerTask>);
            }),
          );
        },
      };
      threads.push(thread);
      return thread as Thread;
    },
  );
  runner.ready.catch(() => undefined);
  const run = async (): Promise<void> => {
    void runner.run({} as WorkerTask, {} as TaskHooks, new AbortController().signal);
    await nextTurn();
  };
  return { runner, run, said, threads, ends, loads, fails };
}

const SMALL = { workers: 4, threads: 2, firstThreads: 1, spreads: false };

it('tasks share a thread on a small machine for as long as it waits for servers', async () => {
  const { run, said, threads } = makeThreads(SMALL);
  for (let task = 0; task < 3; task++) await run();
  expect(said).toEqual(['1 does', '1 does', '1 does']);
  expect(threads).toMatchObject([{ mayTake: 4 }]);
});

it('another thread takes its share once the first is busy and it has loaded, with the sessions that are left', async () => {
  const { run, said, threads, ends, loads } = makeThreads(SMALL);
  await run();
  await run();
  if (threads[0] !== undefined) threads[0].isBusy = true;
  await run();
  // It loads meanwhile, and no third one is begun.
  await run();
  expect(threads).toHaveLength(2);
  expect(said).toEqual(['1 does', '1 does', '1 does', '1 does']);
  loads[1]?.();
  await nextTurn();
  ends[0]?.();
  await run();
  ends[1]?.();
  await run();
  await vi.waitFor(() => expect(said.slice(4)).toEqual(['1 rests', '2 does', '2 does']));
});

it('a thread that cannot load leaves the tasks to the first, and no other one is begun', async () => {
  const { run, said, threads, fails } = makeThreads(SMALL);
  await run();
  if (threads[0] !== undefined) threads[0].isBusy = true;
  await run();
  fails[1]?.(new Error('no memory'));
  await vi.waitFor(() => expect(said).toContain('2 closes'));
  await run();
  expect(threads).toHaveLength(2);
  expect(said.filter((each) => each === '1 does')).toHaveLength(3);
});

it('a thread that still loads is closed with the others', async () => {
  const { runner, run, said, threads } = makeThreads(SMALL);
  await run();
  if (threads[0] !== undefined) threads[0].isBusy = true;
  await run();
  await runner.close();
  expect(said.slice(2)).toEqual(['1 closes', '2 closes']);
});

it('each task has a thread of its own where there are processors for them', async () => {
  const { run, said } = makeThreads({ ...SMALL, spreads: true });
  for (let task = 0; task < 3; task++) await run();
  expect(said).toEqual(['1 does', '2 does', '1 does']);
});
