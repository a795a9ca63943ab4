import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LookResult, type LookTask, NONE_UNFOUND } from '../../src/core/chunk.js';
import type { RunEvent } from '../../src/core/event.js';
import type { Fence } from '../../src/core/fence.js';
import { KeyPacker, unpackKeys } from '../../src/core/packed-keys.js';
import type { RowStates } from '../../src/core/row-states.js';
import type { HeldRange } from '../../src/run/held-range.js';
import { batchRanges, type LookBatch } from '../../src/run/looks/look-batch.js';
import type { LookRules } from '../../src/run/looks/look-rules.js';
import { settleBatches } from '../../src/run/looks/settle.js';
import type { TableRun } from '../../src/run/table-run.js';
import { WorkerSlots } from '../../src/run/worker-slots.js';
import type { TableState } from '../../src/state/table-state.js';

const FENCE: Fence = {
  ...({ way: 'gtid', reachedOn: 'target', order: 'global', details: {} } as const),
  statements: { position: 'p', reached: 'r' },
};
const MINUTE_MS = 60_000;
/** Longer than any test settles anything. */
const LONG_MS = 10 * MINUTE_MS;

const RULES: LookRules = {
  ...{ forMs: MINUTE_MS, longestLagMs: 5000, passwords: [] },
  findHalt: async () => null,
  onLag: () => undefined,
};

/** What a row is on each side at a time, since the looks began; null where there is none. */
type Row = Readonly<Record<'source' | 'target', (ms: number) => string | null>>;

const always = (value: string | null) => () => value;
const same = (source: string | null, target: string | null): Row => ({
  source: always(source),
  target: always(target),
});

/** A run whose workers see these rows, by their keys. */
class LiveRows {
  readonly #rows: readonly Row[];
  readonly #beganMs = Date.now();
  readonly tasks: LookTask[] = [];
  readonly events: RunEvent[] = [];
  readonly stop = new AbortController();
  isReached = true;
  failure: LookResult | null = null;

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  get run(): TableRun {
    return {
      workers: 2,
      signal: this.stop.signal,
      now: () => Date.now(),
      random: () => 0,
      emit: async (event: RunEvent) => void this.events.push(event),
      spool: { rollback: async () => undefined },
      slots: new WorkerSlots({ workers: 2, setScarce: () => undefined, now: () => 0 }),
      servers: { untilUp: async () => null, tellSilence: () => undefined },
      sides: { target: { session: { ask: async () => this.isReached } } },
      pool: { run: async (task: LookTask) => this.#look(task) },
    } as unknown as TableRun;
  }

  #look(task: LookTask): LookResult {
    this.tasks.push(task);
    if (this.failure !== null) return this.failure;
    const ms = Date.now() - this.#beganMs;
    const keys = [...unpackKeys(task.keys)].map(({ source }) => source[0] as number);
    const states = task.sides.map((side): RowStates => {
      const values = keys.map((key) => this.#rows[key]?.[side](ms) ?? null);
      return {
        present: Uint8Array.from(values, (value) => Number(value !== null)),
        hashes: BigUint64Array.from(values, (value) => (value === null ? 0n : BigInt(value.charCodeAt(0)))),
      };
    });
    return { kind: 'looked', states, position: task.fence === null ? null : 'here' };
  }
}

const table = { name: 'shop.orders', planned: { id: 'orders' } } as unknown as TableState;

function batchOf(rows: number, fence: Fence | null, halt: string | null = null): readonly LookBatch[] {
  const packer = new KeyPacker();
  for (let row = 0; row < rows; row++)
    packer.add({ source: Uint8Array.of(row), target: Uint8Array.of(row), wireBytes: 9 });
  const range: HeldRange = {
    work: { table } as HeldRange['work'],
    ...{ part: 0, range: null, hasher: 'client', unfound: NONE_UNFOUND, keys: packer.take() },
    rows: {} as HeldRange['rows'],
    ...{ count: rows, chunks: 1 },
  };
  return batchRanges([range], { fenceOf: () => fence, haltOf: () => halt });
}

async function settle(live: LiveRows, batches: readonly LookBatch[], forMs = MINUTE_MS): Promise<number[]> {
  const lags: number[] = [];
  const rules = { ...RULES, forMs, onLag: (_: Fence, ms: number) => lags.push(ms) };
  const settling = settleBatches(live.run, batches, rules);
  await vi.advanceTimersByTimeAsync(LONG_MS);
  await settling;
  return lags;
}

const outcome = ([batch]: readonly LookBatch[]) => ({
  confirmed: [...(batch?.book.confirmed ?? [])],
  open: [...(batch?.book.open ?? [])],
  inFlight: batch?.book.inFlight,
  why: batch?.why,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('rows that differed, behind a fence', () => {
  it('are confirmed by three looks and once more at the end, each behind a fence of its own', async () => {
    const live = new LiveRows([same('A', 'B'), same('A', null), same('C', 'C')]);
    const batches = batchOf(3, FENCE);
    const lags = await settle(live, batches);
    expect(outcome(batches)).toEqual({ confirmed: [0, 1], open: [], inFlight: 1, why: null });
    expect(lags).toHaveLength(4);
    // Of each look the source comes first, with its position, then the target and the source.
    expect(live.tasks.map(({ sides }) => sides)).toEqual(
      Array.from({ length: 4 }, () => [['source'], ['target', 'source']]).flat(),
    );
    expect(live.tasks.map(({ fence }) => fence !== null)).toEqual(
      Array.from({ length: 4 }, () => [true, false]).flat(),
    );
    expect(live.events.map((event) => event.type === 'rows:looked' && event.open)).toEqual([2, 2, 0]);
    // Behind a fence it is not the time that decides.
    expect(live.events).toEqual(live.events.map((event) => ({ ...event, leftMs: null })));
  });

  it('are settled long before the time is up where they settle', async () => {
    const live = new LiveRows([{ source: always('B'), target: (ms) => (ms < 3000 ? 'A' : 'B') }]);
    const batches = batchOf(1, FENCE);
    await settle(live, batches);
    expect(outcome(batches)).toMatchObject({ confirmed: [], open: [], inFlight: 1 });
    expect(live.tasks.length).toBeLessThanOrEqual(10);
  });

  it('are unsettled where they move until the time is up', async () => {
    let turn = 0;
    const moving = { source: () => String.fromCharCode(0x4e00 + turn++), target: always('a') };
    const live = new LiveRows([same('A', 'B'), moving]);
    const batches = batchOf(2, FENCE);
    await settle(live, batches, 20_000);
    expect(outcome(batches)).toEqual({ confirmed: [0], open: [1], inFlight: 0, why: null });
  });

  it('are all unsettled where one becomes equal by itself after it was confirmed', async () => {
    let looks = 0;
    const late = { source: always('A'), target: () => (++looks > 3 ? 'A' : 'B') };
    const live = new LiveRows([same('A', 'B'), late]);
    const batches = batchOf(2, FENCE);
    await settle(live, batches);
    expect(outcome(batches)).toEqual({ confirmed: [], open: [0], inFlight: 1, why: 'fence-broken' });
  });

  it('are unsettled where the target does not come up to the source', async () => {
    const live = new LiveRows([same('A', 'B')]);
    live.isReached = false;
    const batches = batchOf(1, FENCE);
    await settle(live, batches);
    expect(outcome(batches)).toEqual({ confirmed: [], open: [0], inFlight: 0, why: 'fence-late' });
    expect(live.tasks).toHaveLength(1);
  });

  it('are not waited for by a target that stands still for a minute, and the reason is told', async () => {
    const live = new LiveRows([same('A', 'B')]);
    live.isReached = false;
    const batches = batchOf(1, FENCE);
    const rules = { ...RULES, longestLagMs: 10 * LONG_MS, findHalt: async () => 'its applier is stopped' };
    const settling = settleBatches(live.run, batches, rules);
    await vi.advanceTimersByTimeAsync(LONG_MS);
    await settling;
    expect(batches[0]).toMatchObject({ why: 'fence-late', because: 'its applier is stopped' });
    const waits = live.events.filter(({ type }) => type === 'target:late');
    expect(waits[0]).toMatchObject({ halt: 'its applier is stopped' });
  });

  it('are not looked at where it is known that nothing reaches the target', async () => {
    const live = new LiveRows([same('A', 'B')]);
    const batches = batchOf(1, null, 'subscription s is disabled');
    await settle(live, batches);
    expect(live.tasks).toEqual([]);
    expect(batches[0]).toMatchObject({ why: 'fence-late', because: 'subscription s is disabled' });
    expect(outcome(batches)).toMatchObject({ confirmed: [], open: [0] });
  });

  it('keep what a look failed with, and lose nothing', async () => {
    const live = new LiveRows([same('A', 'B')]);
    const error = { code: 'permission', message: 'No.', hint: '', causes: [] } as const;
    live.failure = { kind: 'unverified', transient: false, error };
    const batches = batchOf(1, FENCE);
    await settle(live, batches);
    expect(batches[0]?.failure).toEqual(live.failure);
    expect(outcome(batches)).toMatchObject({ confirmed: [], open: [0] });
  });

  it('are left as they are at a stop', async () => {
    const live = new LiveRows([same('A', 'B')]);
    const batches = batchOf(1, FENCE);
    const settling = settleBatches(live.run, batches, RULES);
    await vi.advanceTimersByTimeAsync(500);
    live.stop.abort();
    await settling;
    expect(outcome(batches)).toMatchObject({ confirmed: [] });
  });
});

describe('rows that differed, without a fence that proves an order', () => {
  it.each([
    ['no fence', null],
    ['a fence of the order of each table', { ...FENCE, order: 'table' } as const],
  ])('are confirmed with %s after all of the time, and only where they never moved', async (_, fence) => {
    const late: Row = { source: always('B'), target: (ms) => (ms < 30_000 ? 'A' : 'B') };
    const moved: Row = { source: (ms) => (ms < 30_000 ? 'A' : 'C'), target: always('B') };
    const live = new LiveRows([same('A', 'B'), late, moved]);
    const batches = batchOf(3, fence);
    await settle(live, batches, MINUTE_MS);
    expect(outcome(batches)).toMatchObject({ confirmed: [0], open: [2], inFlight: 1 });
    expect(live.tasks.length).toBeLessThan(40);
    const left = live.events.map((event) => (event.type === 'rows:looked' ? event.leftMs : null));
    const known = left.filter((ms) => ms !== null);
    expect(known.length).toBeGreaterThan(3);
    // What is told ends with the time, and grows less from look to look.
    expect(known.every((ms, i) => ms >= 0 && ms <= (known[i - 1] ?? MINUTE_MS))).toBe(true);
    expect(known.at(-1)).toBeLessThan(MINUTE_MS / 2);
  });
});
