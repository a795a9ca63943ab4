import { setTimeout as delay } from 'node:timers/promises';
import type { RunEvent } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { slowCondition } from '../traps/slow-reads.js';
import { fillTable, runOnBoth } from '../traps/type-words.js';
import { compare } from './compare.js';

const ROWS = 10_000;
const WIDE_ROWS = 1000;
const WIDE_BYTES = 2000;

/** What was read, by the time it was heard of. */
interface Reading {
  readonly ms: number;
  readonly rows: number;
}

/** Rows a second, from the first to the last that was heard of. */
function rateOf(readings: readonly Reading[]): number {
  const [first, ...rest] = readings;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) throw new Error(`Only ${readings.length} readings`);
  return (rest.reduce((sum, { rows }) => sum + rows, 0) * 1000) / (last.ms - first.ms);
}

/** Times are taken on a machine that does other work too, so each may be taken three times. */
describe('a limited rate', { retry: 2 }, () => {
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

  async function readTables(tables: string, flags: Record<string, string>) {
    const readings: Record<'source' | 'target', Reading[]> = { source: [], target: [] };
    const onEvent = (event: RunEvent): void => {
      const ms = performance.now();
      if (event.type === 'rows:read') readings[event.side].push({ ms, rows: event.rows });
      if (event.type === 'chunk:verified') {
        readings.source.push({ ms, rows: event.sourceRows });
        readings.target.push({ ms, rows: event.targetRows });
      }
    };
    const run = await compare({ source, target, onEvent, flags: { tables: tables.split(' '), ...flags } });
    expect(run.result.verdict).toBe('verified');
    return { run, readings };
  }

  it.each([
    { tables: 'one two', workers: '1' },
    { tables: 'one two', workers: '2' },
    { tables: 'bag', workers: '1' },
    { tables: 'bag', workers: '2' },
  ])('of rows is obeyed within 10%: $tables, workers $workers', async ({ tables, workers }) => {
    const flags = { workers, 'max-rows-per-second': '10000', 'chunk-time': '100ms' };
    const { run, readings } = await readTables(tables, flags);
    for (const side of ['source', 'target'] as const) {
      const rate = rateOf(readings[side]);
      expect(rate).toBeGreaterThan(9000);
      expect(rate).toBeLessThan(11_000);
    }
    expect(run.result.load).toEqual({
      maxRowsPerSecond: 10_000,
      maxBytesPerSecond: null,
      maxLoad: null,
      pausedMs: 0,
    });
  });

  it.each([
    { table: 'wide', workers: '2' },
    { table: 'wide_bag', workers: '1' },
  ])('of bytes is obeyed within 10%: $table, workers $workers', async ({ table, workers }) => {
    const flags = {
      workers,
      'max-bytes-per-second': '1MB',
      'max-rows-per-second': '1000',
      'chunk-time': '100ms',
    };
    const { readings } = await readTables(table, flags);
    for (const side of ['source', 'target'] as const) {
      const rate = rateOf(readings[side]) * WIDE_BYTES;
      expect(rate).toBeGreaterThan(900_000);
      expect(rate).toBeLessThan(1_100_000);
    }
  });

  it.each(['one', 'bag'])('does not keep an interrupted run from ending: %s', async (tables) => {
    const abort = new AbortController();
    let onRead = (): void => undefined;
    const read = new Promise<void>((resolve) => {
      onRead = resolve;
    });
    const running = compare({
      source,
      target,
      signal: abort.signal,
      onEvent: ({ type }) => {
        if (type === 'rows:read' || type === 'chunk:verified') onRead();
      },
      flags: { tables, workers: '1', 'max-rows-per-second': '200', 'chunk-time': '2s' },
    });
    await read;
    await delay(100);
    const aborted = performance.now();
    abort.abort();
    expect((await running).result).toMatchObject({ interrupted: true, verdict: 'unverified' });
    expect(performance.now() - aborted).toBeLessThan(5000);
  });

  it('is not needed for chunks to take the time that was asked for, within 10%', async () => {
    const ends: number[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'chunk:verified') ends.push(performance.now());
    };
    const flags = {
      tables: 'slow',
      workers: '1',
      'chunk-time': '200ms',
      where: `slow:id <= 3600 OR (${slowCondition('mariadb', 0.0005)})`,
      'target-where': 'slow:1 = 1',
    };
    const run = await compare({ source, target, onEvent, flags });
    expect(run.result.verdict).toBe('verified');
    const times = ends.slice(1).map((ms, i) => ms - (ends[i] ?? 0));
    const settled = times.slice(2, -1).sort((one, other) => one - other);
    const median = settled[Math.floor(settled.length / 2)];
    expect(settled.length).toBeGreaterThan(3);
    expect(median).toBeGreaterThan(180);
    expect(median).toBeLessThan(220);
  });
});
