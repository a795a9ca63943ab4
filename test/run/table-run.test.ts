import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChunkResult, ChunkTask, UnverifiedChunk } from '../../src/core/chunk.js';
import type { RowDifference } from '../../src/core/difference.js';
import { encodeDifferenceLines } from '../../src/core/difference-lines.js';
import type { RunEvent } from '../../src/core/event.js';
import { ServerWatch, type WatchedServers } from '../../src/run/server-watch.js';
import { runWithRetries, type TableRun } from '../../src/run/table-run.js';
import { WorkerSlots } from '../../src/run/worker-slots.js';
import type { WorkerPool } from '../../src/runners/pool.js';
import { Spool } from '../../src/state/spool.js';
import type { TableState } from '../../src/state/table-state.js';

const TABLE = 'orders';
const SEGMENT = 0;
const TASK: ChunkTask = {
  kind: 'chunk',
  pairId: TABLE,
  after: null,
  upTo: null,
  capRows: 10,
  keeps: 'no-keys',
  drawLevel: null,
  capBytes: 1000,
};
const DONE = { kind: 'mismatch' } as ChunkResult;
const LOST = unverified({ transient: true });

function unverified({ transient }: { transient: boolean }): UnverifiedChunk {
  return {
    kind: 'unverified',
    error: { code: 'connection-lost', message: 'The connection was lost.', hint: '', causes: [] },
    transient,
  };
}

function missing(id: string): RowDifference {
  return { kind: 'missing', key: { id }, columns: ['id'], source: { id }, target: null };
}

/** A task whose tries end like this, each after it has put a row of its own into the spool. */
async function runTries(results: readonly ChunkResult[], { stopsAfter }: { stopsAfter?: number } = {}) {
  const stop = new AbortController();
  const { signal } = stop;
  if (stopsAfter === 0) stop.abort();
  let tries = 0;
  const pool = {
    run: async (_task: unknown, { onDifferences }: { onDifferences(lines: Uint8Array): Promise<void> }) => {
      await onDifferences(encodeDifferenceLines([missing(`try ${++tries}`)]));
      if (tries === stopsAfter) stop.abort();
      return results[tries - 1] ?? DONE;
    },
  } as unknown as WorkerPool;
  const events: RunEvent[] = [];
  const emit = async (event: RunEvent) => void events.push(event);
  const sides = {} as TableRun['sides'] & WatchedServers['sides'];
  const run = {
    pool,
    spool,
    signal,
    emit,
    random: () => 0,
    servers: new ServerWatch({ sides, waitMs: 0, emit, signal, now: () => 0, random: () => 0 }),
    slots: new WorkerSlots({ workers: 1, setScarce: () => undefined, now: () => 0 }),
  } as unknown as TableRun;
  const table = { name: 'shop.orders', planned: { id: TABLE } } as unknown as TableState;
  const result = await runWithRetries(run, { table, segment: SEGMENT }, TASK);
  const stored = spool.commit(TABLE, SEGMENT);
  const kept = [];
  for await (const { key } of spool.read(TABLE, stored === null ? [] : [stored])) kept.push(key?.id);
  return { result, tries, kept, events };
}

let folder: string;
let spool: Spool;
const delaysMs: (number | undefined)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-tries-'));
  spool = await Spool.create(folder);
  delaysMs.length = 0;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((done: () => void, ms?: number) => {
    delaysMs.push(ms);
    queueMicrotask(done);
  }) as typeof setTimeout);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await spool.close();
  rmSync(folder, { recursive: true });
});

describe('a task that fails', () => {
  it('is tried again after longer and longer waits, and what it had kept of rows is forgotten', async () => {
    const { result, tries, kept, events } = await runTries([LOST, LOST, LOST]);
    expect(result).toBe(DONE);
    expect(tries).toBe(4);
    expect(kept).toEqual(['try 4']);
    expect(delaysMs).toEqual([250, 1000, 4000]);
    expect(events).toMatchObject(
      [1, 2, 3].map((attempt) => ({ type: 'chunk:retry', table: 'shop.orders', attempt, error: LOST.error })),
    );
  });

  it('is given up after the third time, and leaves no row', async () => {
    const { result, tries, kept } = await runTries([LOST, LOST, LOST, LOST]);
    expect(result).toBe(LOST);
    expect(tries).toBe(4);
    expect(kept).toEqual([]);
  });

  it('is not tried again where that cannot help, and leaves no row', async () => {
    const final = unverified({ transient: false });
    const { result, tries, kept, events } = await runTries([final]);
    expect(result).toBe(final);
    expect(tries).toBe(1);
    expect(kept).toEqual([]);
    expect(events).toEqual([]);
    expect(delaysMs).toEqual([]);
  });

  it('is not tried again once the run is stopped', async () => {
    const { result, tries } = await runTries([LOST], { stopsAfter: 1 });
    expect(result).toBe(LOST);
    expect(tries).toBe(1);
  });

  it('is not even begun where the run was stopped while it waited for its turn', async () => {
    const { result, tries } = await runTries([DONE], { stopsAfter: 0 });
    expect(result).toMatchObject({ kind: 'unverified', error: { code: 'interrupted' } });
    expect(tries).toBe(0);
  });
});
