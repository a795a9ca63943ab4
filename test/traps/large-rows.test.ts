import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences } from '../app/compare.js';
import { useDatabase } from '../support/database.js';
import { startCli } from '../support/run-cli.js';
import { runOnBoth, wordsOf } from './type-words.js';

const ROW_BYTES = 20 << 20;
const MOST_MEMORY_MB = 1024;
const POLL_MS = 20;

describe.each([
  { sourceEngine: 'mariadb', targetEngine: 'postgresql' },
  { sourceEngine: 'postgresql', targetEngine: 'mariadb' },
] as const)('rows of 20 MB from $sourceEngine to $targetEngine', ({ sourceEngine, targetEngine }) => {
  const source = useDatabase(sourceEngine);
  const target = useDatabase(targetEngine);

  beforeAll(async () => {
    for (const database of [source, target]) {
      const { longText } = wordsOf(database);
      await database.run(`CREATE TABLE large (id int PRIMARY KEY, filling ${longText})`);
    }
    await runOnBoth(
      [source, target],
      `INSERT INTO large SELECT 1, REPEAT('x', ${ROW_BYTES}); INSERT INTO large VALUES (2, 'small');
       INSERT INTO large SELECT 3, REPEAT('x', ${ROW_BYTES}); INSERT INTO large VALUES (4, 'small')`,
    );
    await target.run(`UPDATE large SET filling = CONCAT(LEFT(filling, ${ROW_BYTES - 1}), 'y') WHERE id = 3`);
  });

  it('are compared to the last byte', async () => {
    for (const chunkRows of ['1', '100']) {
      const run = await compare({ source, target, flags: { 'chunk-rows': chunkRows } });
      expect(listDifferences(run)).toEqual(['changed 3 filling']);
      expect(run.result.totals).toMatchObject({ sourceRows: 4, targetRows: 4 });
      const value = run.differences[0]?.difference.target?.filling;
      expect(typeof value === 'string' ? [value.length, value.at(-1)] : value).toEqual([ROW_BYTES, 'y']);
    }
  });

  it.runIf(existsSync('/proc/self/status'))('need memory for a few rows, not for all of them', async () => {
    const { child, result } = startCli([
      'verify',
      '--source',
      source.url,
      '--target',
      target.url,
      '--workers',
      '1',
    ]);
    let peakMb = 0;
    const timer = setInterval(() => {
      peakMb = Math.max(peakMb, readPeakMemoryMb(child.pid));
    }, POLL_MS);
    const { exitCode, stdout } = await result.finally(() => clearInterval(timer));
    expect(exitCode).toBe(1);
    expect(stdout.length).toBeLessThan(10_000);
    expect(peakMb).toBeGreaterThan(0);
    expect(peakMb).toBeLessThan(MOST_MEMORY_MB);
  });
});

/** The most memory that a process has had so far; 0 once it has ended. */
function readPeakMemoryMb(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
