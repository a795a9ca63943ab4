import type { RunEvent } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { slowCondition } from '../traps/slow-reads.js';
import { fillTable, runOnBoth } from '../traps/type-words.js';
import { compare } from './compare.js';

const ROWS = 10_000;
const WIDE_ROWS = 1000;
const WIDE_BYTES = 2000;

/** What lies between two tables belongs to neither. */
const LEAST_SHARE = 0.95;

/** How exactly rates are kept is shown where the clock is the test's; here, that every part of a run keeps to them. */
describe('a limited rate', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    await runOnBoth(
      [source, target],
      `CREATE TABLE one (id int PRIMARY KEY, note varchar(200)); CREATE TABLE two (id int PRIMARY KEY, note varchar(200));
       CREATE TABLE bag (id int, note varchar(200)); CREATE TABLE wide (id int PRIMARY KEY, note varchar(2000));
       CREATE TABLE wide_bag (id int, note varchar(2000)); CREATE TABLE slow (id int PRIMARY KEY)`,
    );
    for (const database of [source, target]) {
      for (const table of ['one', 'two']) {
        await fillTable(database, { table, count: ROWS, select: "n, repeat('x', 200)" });
      }
      await fillTable(database, { table: 'bag', count: 2 * ROWS, select: "n, repeat('x', 200)" });
      for (const table of ['wide', 'wide_bag']) {
        await fillTable(database, { table, count: WIDE_ROWS, select: `n, repeat('x', ${WIDE_BYTES})` });
      }
      await fillTable(database, { table: 'slow', count: ROWS, select: 'n' });
    }
  });

  /** The time that a run says its tables took: a machine that is busy makes it longer, and nothing makes it shorter. */
  async function readTables(tables: string, flags: Record<string, string>) {
    const { result } = await compare({ source, target, flags: { tables: tables.split(' '), ...flags } });
    expect(result.verdict).toBe('verified');
    return { load: result.load, elapsedMs: sumOf(result.tables.map((table) => table.elapsedMs)) };
  }

  it.each([
    { tables: 'one two', workers: '1' },
    { tables: 'one two', workers: '2' },
    { tables: 'bag', workers: '1' },
    { tables: 'bag', workers: '2' },
  ])('of rows holds a run back: $tables, workers $workers', async ({ tables, workers }) => {
    const flags = { workers, 'max-rows-per-second': '10000', 'chunk-time': '100ms' };
    const { elapsedMs, load } = await readTables(tables, flags);
    expect(elapsedMs).toBeGreaterThanOrEqual(LEAST_SHARE * ((2 * ROWS * 1000) / 10_000));
    expect(load).toEqual({ maxRowsPerSecond: 10_000, maxBytesPerSecond: null, maxLoad: null, pausedMs: 0 });
  });

  it.each([
    { table: 'wide', workers: '2' },
    { table: 'wide_bag', workers: '1' },
  ])('of bytes holds a run back: $table, workers $workers', async ({ table, workers }) => {
    const flags = { workers, 'max-bytes-per-second': '1MB', 'chunk-time': '100ms' };
    const { elapsedMs } = await readTables(table, flags);
    expect(elapsedMs).toBeGreaterThanOrEqual(LEAST_SHARE * ((WIDE_ROWS * WIDE_BYTES) / 1000));
  });

  it.each(['one', 'bag'])(
    'does not keep an interrupted run from ending with what it has: %s',
    async (tables) => {
      const abort = new AbortController();
      let afterwards = 0;
      let onRead = (): void => undefined;
      const read = new Promise<void>((resolve) => {
        onRead = resolve;
      });
      const running = compare({
        source,
        target,
        signal: abort.signal,
        onEvent: ({ type }) => {
          if (type !== 'rows:read' && type !== 'chunk:verified') return;
          if (abort.signal.aborted) afterwards++;
          onRead();
        },
        flags: { tables, workers: '1', 'max-rows-per-second': '20', 'chunk-time': '2s' },
      });
      await read;
      abort.abort();
      expect((await running).result).toMatchObject({ interrupted: true, verdict: 'unverified' });
      // At this rate the rest takes the better part of ten minutes; what was on its way is one piece of news a side.
      expect(afterwards).toBeLessThanOrEqual(2);
    },
  );

  it('is not needed for chunks to take no longer than was asked for', async () => {
    const rowMs = 0.5;
    const chunkMs = 200;
    const chunks: number[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'chunk:verified') chunks.push(event.sourceRows);
    };
    const flags = {
      tables: 'slow',
      workers: '1',
      'chunk-time': `${chunkMs}ms`,
      where: `slow:id <= 3600 OR (${slowCondition('mariadb', rowMs / 1000)})`,
      'target-where': 'slow:1 = 1',
    };
    const run = await compare({ source, target, onEvent, flags });
    expect(run.result.verdict).toBe('verified');
    // A row cannot be faster, so that so many take the time; where the machine is busy they are fewer.
    const slow = chunks.slice(chunks.findIndex((_, i) => sumOf(chunks.slice(0, i)) > 3600) + 1);
    expect(slow.length).toBeGreaterThan(5);
    expect(Math.max(...slow)).toBeLessThanOrEqual(chunkMs / rowMs);
  });
});

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
