import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunHooks } from '../../src/app/run-hooks.js';
import { verifyWith } from '../../src/app/verify.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { NO_LOG } from '../../src/core/log.js';
import { compileKernel } from '../../src/hashing/kernel-module.js';
import { createLog } from '../../src/log/create-log.js';
import { GrowingRunner } from '../../src/runners/growing-runner.js';
import { InlineRunner } from '../../src/runners/inline-runner.js';
import { createWorkerPool, type MakeRunner } from '../../src/runners/pool.js';
import { ThreadRunner } from '../../src/runners/thread-runner.js';
import { createSharedLoad } from '../../src/tasks/shared-load.js';
import type { LaneData, RunnerParts, TaskHooks, TaskResult, WorkerTask } from '../../src/tasks/task.js';
import { fewEnginePairs, type TestDatabase, useDatabase } from '../support/database.js';
import { endReadingSessions, slowCondition, waitForSlowRead } from '../traps/slow-reads.js';
import { fillTable, runOnBoth, wordsOf } from '../traps/type-words.js';

const RUNNERS: readonly (readonly [string, MakeRunner])[] = [
  ['the main thread', (parts) => new InlineRunner(parts)],
  ['threads', (parts) => new ThreadRunner(parts)],
];
const TABLES = ['numbers', 'texts', 'bag'];
const NO_LIMITS = { maxRowsPerSecond: null, maxBytesPerSecond: null, maxLoad: null };

interface Whole {
  readonly source: TestDatabase;
  readonly target: TestDatabase;
  readonly flags?: Readonly<Record<string, string>>;
  readonly hooks?: RunHooks;
}

async function runWith(makeRunner: MakeRunner, { source, target, flags, hooks = {} }: Whole) {
  const urls = { source: source.url, target: target.url };
  const config = resolveFlags({ ...urls, workers: '2', seed: '7', 'chunk-rows': '300', ...flags });
  const outcome = await verifyWith(
    { makePool: (data, workers) => createWorkerPool(data, workers, makeRunner) },
    config,
    hooks,
  );
  try {
    const differences = [];
    for await (const difference of outcome.differences()) differences.push(difference);
    return { result: outcome.result, differences };
  } finally {
    await outcome.close();
  }
}

/**
 * Everything of a result but how long it took, how large chunks became with it, and which of them PostgreSQL's own chance cut
 * into parts that servers proved.
 */
function withoutTimes({ result, differences }: Awaited<ReturnType<typeof runWith>>): unknown {
  const tables = result.tables.map(({ elapsedMs: _, coverage: __, checksum: ___, ...table }) => table);
  return { verdict: result.verdict, totals: result.totals, tables, differences };
}

/** Which thread does a task is the same to all engines; `npm run test:long` tries more pairs of them. */
const PAIRS = process.env.ROWPROOF_TEST_PAIRS === 'all' ? fewEnginePairs() : fewEnginePairs().slice(0, 2);

/** Parts of a runner that knows no database. */
function loneParts(kernel: LaneData['kernel'], log = NO_LOG): RunnerParts {
  const rules = { level: log.level, hidesValues: log.hidesValues };
  const data = {
    seed: 1n,
    schemes: ['mysql'],
    load: createSharedLoad(NO_LIMITS),
    kernel,
    log: rules,
  };
  const readSetup = () => ({ connections: {} as never, pairs: [], hidesWords: false, holdsSnapshots: false });
  const numbers = { workers: 2, threads: 2, firstThreads: 2, spreads: true };
  return { data, readSetup, log, onAlone: () => undefined, ...numbers };
}

it('threads that are ended while they load end in silence', async () => {
  const runner = new ThreadRunner({
    ...loneParts(compileKernel()),
    workers: 12,
    threads: 12,
    firstThreads: 12,
  });
  // So many load for longer than they are waited for; a rejection that nobody took would fail this file.
  await runner.close();
  await runner.ready.catch(() => undefined);
});

it('threads that cannot load leave the tasks to the main thread, and a line in the log', async () => {
  const lines: string[] = [];
  const log = createLog({ write: (line) => void lines.push(line) });
  const alone: unknown[] = [];
  const parts = loneParts({}, log);
  const threads = new ThreadRunner(parts);
  await expect(threads.ready).rejects.toThrow();
  await threads.close();
  const inline = new InlineRunner({ ...parts, data: loneParts(compileKernel()).data });
  let endTask: (result: TaskResult<WorkerTask>) => void = () => undefined;
  const growing = new GrowingRunner({
    hasSpareProcessors: true,
    inline: {
      run: () => new Promise((resolve) => (endTask = resolve)),
      retire: () => inline.retire(),
      close: () => inline.close(),
    },
    startThreads: () => new ThreadRunner(parts),
    onAlone: (error) => void alone.push(error),
  });
  const task = growing.run({} as WorkerTask, {} as TaskHooks, new AbortController().signal);
  await vi.waitFor(() => expect(alone).toHaveLength(1), { timeout: 20_000 });
  endTask({} as TaskResult<WorkerTask>);
  await task;
  await growing.close();
  expect(lines.map((line) => JSON.parse(line).event)).toContain('threads:fail');
});

describe.each(PAIRS)('tasks from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);
  const rows = TABLES.join(',');

  beforeAll(async () => {
    for (const database of [source, target]) {
      const { codepointText } = wordsOf(database);
      await database.run(`CREATE TABLE numbers (id int PRIMARY KEY, word varchar(20));
        CREATE TABLE texts (code ${codepointText(20)} PRIMARY KEY, n int); CREATE TABLE bag (a int, b varchar(20));
        CREATE TABLE slow (id int PRIMARY KEY)`);
      await fillTable(database, { table: 'numbers', count: 2000, select: "n, 'word'" });
      await fillTable(database, { table: 'texts', count: 2000, select: "concat('code ', n), n" });
      await fillTable(database, { table: 'bag', count: 2000, select: "n % 900, 'equal'" });
      await fillTable(database, { table: 'slow', count: 1000, select: 'n' });
    }
    await runOnBoth(
      [target],
      `UPDATE numbers SET word = 'other' WHERE id % 100 = 0; DELETE FROM numbers WHERE id = 7;
      DELETE FROM texts WHERE n BETWEEN 400 AND 450; INSERT INTO texts VALUES ('zzz', 1);
      DELETE FROM bag WHERE a = 5; INSERT INTO bag VALUES (900, 'extra')`,
    );
  });

  it.each([
    ['in full', {}],
    ['sampled', { mode: 'spot', ratio: '0.5' }],
    ['hashed by the servers', { 'checksum-on': 'server' }],
  ])('find the same %s, whichever thread they are done in', async (_how, flags) => {
    const found = [];
    for (const [, makeRunner] of RUNNERS)
      found.push(
        withoutTimes(await runWith(makeRunner, { source, target, flags: { tables: rows, ...flags } })),
      );
    expect(found[0]).toEqual(found[1]);
    expect(found[0]).toMatchObject({ verdict: 'different' });
  });

  it.runIf(engines === PAIRS[0])(
    'are all done in the main thread where no other can load, and the report says so',
    async () => {
      const where = `slow:${slowCondition(engines.source, 0.002)}`;
      const flags = { tables: 'slow', where, 'target-where': 'slow:1 = 1' };
      const makeRunner: MakeRunner = (parts) =>
        new GrowingRunner({
          hasSpareProcessors: true,
          inline: new InlineRunner(parts),
          startThreads: () => new ThreadRunner({ ...parts, data: { ...parts.data, kernel: {} } }),
          onAlone: parts.onAlone,
        });
      const { result } = await runWith(makeRunner, { source, target, flags });
      expect(result).toMatchObject({ verdict: 'verified', findings: [{ code: 'one-thread' }] });
    },
  );

  it.each(RUNNERS)('end, and their sessions, when a run in %s is stopped', async (_name, makeRunner) => {
    const stop = new AbortController();
    const where = `slow:${slowCondition(engines.source, 0.05)}`;
    const flags = { tables: 'slow', where, 'target-where': 'slow:1 = 1' };
    const running = runWith(makeRunner, { source, target, flags, hooks: { signal: stop.signal } });
    await waitForSlowRead(source);
    stop.abort();
    expect((await running).result).toMatchObject({ interrupted: true, verdict: 'unverified' });
  });

  it.each(RUNNERS)(
    'are done again in %s when their session is lost, as the log says',
    async (name, makeRunner) => {
      const where = `slow:${slowCondition(engines.source, 0.002)}`;
      const flags = { tables: 'slow', where, 'target-where': 'slow:1 = 1' };
      const lines: Readonly<Record<string, unknown>>[] = [];
      const log = createLog({ hidesValues: false, write: (line) => void lines.push(JSON.parse(line)) });
      const running = runWith(makeRunner, { source, target, flags, hooks: { log } });
      await waitForSlowRead(source);
      expect(await endReadingSessions(source)).toBeGreaterThan(0);
      expect((await running).result).toMatchObject({ verdict: 'verified', totals: { sourceRows: 1000 } });
      const [retry] = lines.filter(({ event }) => event === 'chunk:retry');
      expect(retry).toMatchObject({ level: 'warn', attempt: 1, code: expect.any(String) });
      expect(retry?.causes).not.toEqual([]);
      const of = (wanted: string) =>
        lines.flatMap(({ event, session }) => (event === wanted ? [session] : [])).sort();
      expect(of('session:close')).toEqual(of('session:open'));
      const threads = new Set(
        lines.flatMap(({ event, thread }) => (event === 'session:open' ? [thread] : [])),
      );
      expect(threads.size > 1).toBe(name === 'threads');
    },
  );
});
