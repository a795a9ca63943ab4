import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairSides, withOpenSides } from '../../src/app/open-run.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { type ChunkTask, type ComparedChunk, NONE_UNFOUND } from '../../src/core/chunk.js';
import type { KeyPart } from '../../src/core/encoding/key-bytes.js';
import { Lanes } from '../../src/run/lanes.js';
import { chooseChunkSizes } from '../../src/run/pacing.js';
import { runTables } from '../../src/run/run-tables.js';
import { ServerWatch } from '../../src/run/server-watch.js';
import { SpareLanes } from '../../src/run/spare-lanes.js';
import { WorkerSlots } from '../../src/run/worker-slots.js';
import type { WorkerPool } from '../../src/runners/pool.js';
import { ALL_OPEN } from '../../src/state/open-ranges.js';
import { Spool } from '../../src/state/spool.js';
import { TableState } from '../../src/state/table-state.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { fillTable } from '../traps/type-words.js';

/** So many rows that half of them, and half of these, are worth a segment of their own, whatever the server guesses. */
const MANY_ROWS = 500_000;
const FEW_ROWS = 1000;

const EQUAL: ComparedChunk = {
  kind: 'match',
  end: null,
  sourceRows: 0,
  targetRows: 0,
  wireBytes: 0,
  elapsedMs: 0,
  counts: { missing: 0, extra: 0, changed: 0, inFlight: 0 },
  changedColumns: {},
  undecidedColumns: {},
  explained: null,
  differingKeys: null,
  unfound: NONE_UNFOUND,
};

describe.each(availableEngines())('a table of %s that is read', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-segments-'));

  beforeAll(async () => {
    for (const database of [source, target])
      await database.run('CREATE TABLE many (id int PRIMARY KEY); CREATE TABLE few (id int PRIMARY KEY)');
    await fillTable(source, { table: 'many', count: MANY_ROWS, select: 'n' });
    await fillTable(source, { table: 'few', count: FEW_ROWS, select: 'n' });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The chunks that workers are asked for, where each of them reads its segment to the end, or as it is said. */
  async function listChunks(
    name: string,
    workers: number,
    read: (task: ChunkTask) => Promise<ComparedChunk> = async () => EQUAL,
  ): Promise<readonly ChunkTask[]> {
    const config = resolveFlags({
      source: source.url,
      target: target.url,
      tables: [name],
      workers: `${workers}`,
    });
    const tasks: ChunkTask[] = [];
    const pool = {
      run: async (task: ChunkTask) => {
        tasks.push(task);
        return read(task);
      },
    } as unknown as WorkerPool;
    const spool = await Spool.create(folder);
    await withOpenSides(config, async (sides) => {
      const { tables } = await pairSides(config, sides);
      const states = tables.map((table) => new TableState(table, { mode: 'full', ratio: 1 }));
      await runTables({
        tables: states,
        spare: new SpareLanes(),
        lanes: new Lanes({ lanes: workers, why: 'asked' }),
        ...{ pool, spool, sides, workers, checksums: null, tellRow: null, showsKeys: true },
        ...chooseChunkSizes({ ...config, workers }),
        openOf: () => ALL_OPEN,
        mayGroup: false,
        ages: null,
        isPart: false,
        keepsKeys: false,
        keepsRows: true,
        looks: null,
        leaving: null,
        snapshots: null,
        spotHash: () => 0n,
        emit: async () => undefined,
        signal: new AbortController().signal,
        now: () => 0,
        random: () => 0,
        servers: new ServerWatch({
          ...{ sides, waitMs: 0, emit: async () => undefined, now: () => 0, random: () => 0 },
          signal: new AbortController().signal,
        }),
        slots: new WorkerSlots({ workers, setScarce: () => undefined, now: () => 0 }),
      });
      expect(states.map(({ isDone, coverage }) => ({ isDone, coverage }))).toEqual([
        { isDone: true, coverage: [{ after: null, upTo: null }] },
      ]);
    }).finally(() => spool.close());
    return tasks;
  }

  const describeKey = (parts: readonly KeyPart[] | null): readonly unknown[] | null =>
    parts === null ? null : parts.map((part) => (part.kind === 'int' ? part.value : part.kind));

  it('is cut into segments that follow each other, one for each worker', async () => {
    const tasks = await listChunks('many', 2);
    const ranges = tasks.map(({ after, upTo }) => ({ after: describeKey(after), upTo: describeKey(upTo) }));
    const bound = ranges[0]?.upTo?.[0];
    expect(ranges).toEqual([
      { after: null, upTo: [bound] },
      { after: [bound], upTo: null },
    ]);
    expect(Number(bound)).toBeGreaterThan(0);
    expect(Number(bound)).toBeLessThan(MANY_ROWS);
  });

  it('is read by both workers to its end, although the rows of one take far longer, and each row once', async () => {
    const read: { readonly from: number; readonly to: number }[] = [];
    let [slow, most] = [0, 0];
    const tasks = await listChunks('many', 2, async ({ after, upTo }) => {
      const from = Number(describeKey(after)?.[0] ?? 0);
      const last = Number(describeKey(upTo)?.[0] ?? MANY_ROWS);
      const to = Math.min(from + 5000, last);
      read.push({ from, to });
      const isSlow = from < MANY_ROWS / 2;
      most = Math.max(most, isSlow ? ++slow : 0);
      await wait(isSlow ? 30 : 0);
      if (isSlow) slow--;
      const end: readonly KeyPart[] | null = to === last ? null : [{ kind: 'int', value: BigInt(to) }];
      return { ...EQUAL, end };
    });
    expect(most).toBe(2);
    // A segment was cut again while it was read.
    expect(new Set(tasks.map(({ upTo }) => String(describeKey(upTo)))).size).toBeGreaterThan(2);
    const ordered = read.toSorted((one, other) => one.from - other.from);
    expect(ordered.map(({ from }) => from)).toEqual([0, ...ordered.slice(0, -1).map(({ to }) => to)]);
    expect(ordered.at(-1)?.to).toBe(MANY_ROWS);
  });

  it('is one segment where it is small, or where nobody shares it', async () => {
    for (const tasks of [await listChunks('few', 2), await listChunks('many', 1)])
      expect(tasks.map(({ after, upTo }) => [after, upTo])).toEqual([[null, null]]);
  });
});
