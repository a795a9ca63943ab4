import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairSides, withOpenSides } from '../../src/app/open-run.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { type ChunkTask, type ComparedChunk, NONE_UNFOUND } from '../../src/core/chunk.js';
import type { KeyPart } from '../../src/core/encoding/key-bytes.js';
import { Lanes } from '../../src/run/lanes.js';
import { chooseChunkSizes } from '../../src/run/pacing.js';
import { runTables } from '../../src/run/run-tables.js';
import { ServerWatch } from '../../src/run/server-watch.js';
import { WorkerSlots } from '../../src/run/worker-slots.js';
import type { WorkerPool } from '../../src/runners/pool.js';
import { ALL_OPEN } from '../../src/state/open-ranges.js';
import { Spool } from '../../src/state/spool.js';
import { TableState } from '../../src/state/table-state.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { fillTable } from '../traps/type-words.js';

/** More than twice as many rows as a segment of its own is worth. */
const MANY_ROWS = 250_000;
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

  /** The chunks that workers are asked for, where each of them reads its segment to the end. */
  async function listChunks(name: string, workers: number): Promise<readonly ChunkTask[]> {
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
        return EQUAL;
      },
    } as unknown as WorkerPool;
    const spool = await Spool.create(folder);
    await withOpenSides(config, async (sides) => {
      const { tables } = await pairSides(config, sides);
      await runTables({
        tables: tables.map((table) => new TableState(table, { mode: 'full', ratio: 1 })),
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
    }).finally(() => spool.close());
    return tasks;
  }

  const describeKey = (parts: readonly KeyPart[] | null): unknown =>
    parts === null ? null : parts.map((part) => (part.kind === 'int' ? part.value : part.kind));

  it('is cut into segments that follow each other, so that workers can share it', async () => {
    const tasks = await listChunks('many', 2);
    const ranges = tasks.map(({ after, upTo }) => ({ after: describeKey(after), upTo: describeKey(upTo) }));
    expect(ranges.length).toBeGreaterThanOrEqual(4);
    expect(ranges.length).toBeLessThanOrEqual(8);
    expect(ranges[0]?.after).toBeNull();
    expect(ranges.at(-1)?.upTo).toBeNull();
    const bounds = ranges.slice(1).map(({ after }) => Number(after));
    expect(ranges.slice(0, -1).map(({ upTo }) => Number(upTo))).toEqual(bounds);
    expect(bounds).toEqual([...new Set(bounds)].sort((one, other) => one - other));
    expect(bounds.every((bound) => bound > 0 && bound < MANY_ROWS)).toBe(true);
  });

  it('is one segment where it is small, or where nobody shares it', async () => {
    for (const tasks of [await listChunks('few', 2), await listChunks('many', 1)])
      expect(tasks.map(({ after, upTo }) => [after, upTo])).toEqual([[null, null]]);
  });
});
