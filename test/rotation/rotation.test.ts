import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nameRotation, openSitting } from '../../src/app/open-sitting.js';
import { listKeptRuns, openKeptRun } from '../../src/app/saved-runs.js';
import { verifyWith } from '../../src/app/verify.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { exitCodeOfResult } from '../../src/core/exit-code.js';
import type { RunResult } from '../../src/core/result.js';
import { InlineRunner } from '../../src/runners/inline-runner.js';
import { createWorkerPool } from '../../src/runners/pool.js';
import { useDatabase } from '../support/database.js';
import { fillTable } from '../traps/type-words.js';

const ROWS = 2000;
const CHUNK_ROWS = 100;
/** Each chunk takes so long, so that a night reads some of them and never all. */
const CHUNK_MS = 100;
const NIGHT_MS = 800;
const DAY_MS = 86_400_000;

describe('a database that is read in turns', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  let folder: string;

  interface Night {
    readonly maxMs?: number;
    readonly proveWithinMs?: number | null;
    readonly flags?: Readonly<Record<string, string>>;
    readonly chunkMs?: number;
    /** After so many chunks somebody interrupts it. */
    readonly stopAfter?: number;
  }

  /** One night, and the key ranges that it read. */
  async function runNight({
    maxMs = NIGHT_MS,
    proveWithinMs = DAY_MS,
    flags = {},
    chunkMs = CHUNK_MS,
    stopAfter = Number.POSITIVE_INFINITY,
  }: Night) {
    const config = resolveFlags({
      source: source.url,
      target: target.url,
      workers: '1',
      'chunk-rows': String(CHUNK_ROWS),
      tables: 'walked',
      ...flags,
    });
    const name = nameRotation(config);
    const isKept = listKeptRuns(folder).some(({ run }) => run === name);
    const sitting = openSitting({
      ...{ folder, isNamed: true, config, outputs: {}, isSameData: false, share: null },
      earlier: isKept ? openKeptRun(folder, name) : null,
      rotation: { maxMs, proveWithinMs },
      remark: () => undefined,
      onWarning: (sentence) => expect.fail(sentence),
    });
    const read: string[] = [];
    const stop = new AbortController();
    const outcome = await verifyWith(
      {
        makePool: (data, workers) => createWorkerPool(data, workers, (parts) => new InlineRunner(parts)),
        onRecord: ({ name: table }, record) => {
          if (record.kind !== 'compared' || record.range === null) return;
          if (read.length + 1 >= stopAfter) stop.abort();
          read.push(`${table} ${record.range.after?.[0]?.value ?? 'begin'}`);
        },
      },
      config,
      {
        sitting,
        signal: stop.signal,
        onEvent: async ({ type }) => {
          if (type === 'chunk:verified' || type === 'chunk:differs')
            await new Promise((resolve) => setTimeout(resolve, chunkMs));
        },
      },
    );
    await outcome.close();
    const { result } = outcome;
    return { result, read, exitCode: exitCodeOfResult(result), codes: codesOf(result) };
  }

  const codesOf = ({ tables, findings }: RunResult): string[] =>
    [...findings, ...tables.flatMap((table) => table.findings)].map(({ code }) => code);

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run(`CREATE TABLE walked (id int PRIMARY KEY, word varchar(20));
        CREATE TABLE bag (n int, word varchar(20))`);
      await fillTable(database, { table: 'walked', count: ROWS, select: "n, 'word'" });
      await fillTable(database, { table: 'bag', count: 300, select: "n, 'word'" });
    }
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rowproof-rotation-'));
  });

  it('is read to its end in some nights, each where the last one ended, and then from its beginning again', async () => {
    const seen = new Set<string>();
    let nights = 0;
    for (; seen.size < ROWS / CHUNK_ROWS && nights < 40; nights++) {
      const { result, read, exitCode } = await runNight({});
      expect([result.verdict, exitCode, result.interrupted]).toEqual(['sampled', 0, false]);
      const isRepeated = read.some((range) => seen.has(range));
      for (const range of read) seen.add(range);
      if (isRepeated) break;
    }
    expect(nights).toBeGreaterThan(1);
    // Whatever was read twice was read after all else had been read once.
    expect(seen.size).toBeGreaterThanOrEqual(ROWS / CHUNK_ROWS);
  });

  it('is verified by a night that is long enough', async () => {
    const { result, exitCode } = await runNight({ maxMs: 60_000, chunkMs: 0 });
    expect([result.verdict, exitCode, result.totals.sourceRows]).toEqual(['verified', 0, ROWS]);
    expect(result.sittings).toBeUndefined();
  });

  it('says how old the oldest of it is, and is unverified where that is too old', async () => {
    const first = await runNight({});
    expect(first.codes).toContain('rotated');
    expect(first.result.sittings?.count).toBe(1);
    const second = await runNight({ proveWithinMs: 1 });
    expect([second.result.verdict, second.exitCode]).toEqual(['unverified', 3]);
    const late = second.result.tables[0]?.findings.find(({ code }) => code === 'rotation-late');
    expect(late?.message).toMatch(
      /^Rows of \w+\.walked with id > .* were not compared yet, .* after the rotation began, which is longer than/,
    );
  });

  it('finds damage in its turn, looks at it again before all else, and sees that it is healed', async () => {
    await target.run("UPDATE walked SET word = 'new' WHERE id = 150");
    const first = await runNight({});
    expect([first.result.verdict, first.exitCode, first.result.totals.changed]).toEqual(['different', 1, 1]);
    const second = await runNight({});
    expect([second.result.verdict, second.exitCode, second.result.totals.changed]).toEqual([
      'different',
      1,
      1,
    ]);
    await target.run("UPDATE walked SET word = 'word' WHERE id = 150");
    const third = await runNight({});
    expect([third.result.verdict, third.exitCode, third.result.totals.changed]).toEqual(['sampled', 0, 0]);
  });

  it('does not forget a range in which most rows differ and of which no keys were kept', async () => {
    await runNight({});
    await target.run("UPDATE walked SET word = 'new' WHERE id > 1900");
    let found = false;
    for (let night = 0; night < 10 && !found; night++)
      found = (await runNight({ flags: { 'chunk-rows': '400' } })).exitCode === 1;
    expect(found).toBe(true);
    for (let night = 0; night < 2; night++) {
      const { exitCode } = await runNight({ flags: { 'chunk-rows': '400' } });
      expect(exitCode).toBe(1);
    }
    await target.run("UPDATE walked SET word = 'word' WHERE id > 1900");
  });

  it('reads a range that differed once in a night, and counts its rows once', async () => {
    await target.run("UPDATE walked SET word = 'new' WHERE id = 150");
    await runNight({});
    const { result } = await runNight({ maxMs: 60_000, chunkMs: 0 });
    expect([result.totals.sourceRows, result.totals.targetRows, result.totals.changed]).toEqual([
      ROWS,
      ROWS,
      1,
    ]);
    await target.run("UPDATE walked SET word = 'word' WHERE id = 150");
  });

  it('is different until a table that differed is read again, and green with no night that read nothing', async () => {
    await target.run('DELETE FROM bag WHERE n = 7');
    const bag = { flags: { tables: 'bag' }, chunkMs: 0 };
    const cut = { ...bag, maxMs: 300, flags: { tables: 'bag', 'max-rows-per-second': '100' } };
    const vain = await runNight(cut);
    expect([vain.result.verdict, vain.exitCode]).toEqual(['unverified', 3]);
    expect([(await runNight({ ...bag, maxMs: 60_000 })).exitCode, (await runNight(cut)).exitCode]).toEqual([
      1, 1,
    ]);
    await source.run('DELETE FROM bag WHERE n = 7');
    expect((await runNight({ ...bag, maxMs: 60_000 })).exitCode).toBe(0);
  });

  it('names a table whose pass is longer than a night, and reads the others all the same', async () => {
    const flags = { tables: '*', 'max-rows-per-second': '250' };
    const [first, second] = [await runNight({ flags, chunkMs: 0 }), await runNight({ flags, chunkMs: 0 })];
    const read = [...first.read, ...second.read];
    expect([...first.codes, ...second.codes]).toContain('pass-cut');
    expect(read.some((range) => range.includes('walked'))).toBe(true);
    expect(second.result.tables.find(({ source: name }) => name?.endsWith('.bag'))?.verdict).toBe('sampled');
  });

  it('keeps what a night had read that somebody interrupted', async () => {
    const first = await runNight({ maxMs: 60_000, stopAfter: 3 });
    expect([first.result.interrupted, first.exitCode]).toEqual([true, 130]);
    const second = await runNight({});
    expect(second.read.some((range) => first.read.includes(range))).toBe(false);
  });

  it('begins anew where a table was altered, and says so', async () => {
    await runNight({});
    await target.run('ALTER TABLE walked ALTER COLUMN word TYPE varchar(30)');
    const { result, read } = await runNight({});
    expect(result.findings.find(({ code }) => code === 'rotation-restarted')?.message).toContain('(30)');
    expect(read[0]).toMatch(/walked begin$/);
    await target.run('ALTER TABLE walked ALTER COLUMN word TYPE varchar(20)');
  });
});
