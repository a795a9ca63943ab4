import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { startCli } from '../support/run-cli.js';
import { fillTable } from '../traps/type-words.js';
import {
  makeRunFolder,
  plantRun,
  type RunFolder,
  readOnlyRun,
  readOutputs,
  sideFlags,
  waitingRuns,
} from './run-folder.js';
import { runSitting, type SittingRun } from './run-sitting.js';

/** Enough for a table to be shared out by prefixes of its keys. */
const ROWS = 110_000;
/** Rows of a stretch in which all differ, so that it is read again rather than looked up row by row. */
const DENSE_ROWS = 3000;
const MOMENTS = Number(process.env.ROWPROOF_RESUME_MOMENTS ?? '1');
/** So long at most a run goes on after it has kept something. */
const LATEST_MS = 1500;
const POLL_MS = 20;

let kills = 0;
afterAll(() => console.log(`Larger runs were stopped ${kills} times.`));

describe('a larger run', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('mariadb');
  const how = ['--workers', '2', '--chunk-rows', '1000', '--seed', '11', '--max-rows-per-second', '20000'];

  beforeAll(async () => {
    for (const side of [source, target]) {
      await side.run(`CREATE TABLE paired (a int, b int, word varchar(40), PRIMARY KEY (a, b));
        CREATE TABLE heap (n int)`);
      await fillTable(side, {
        table: 'paired',
        count: ROWS,
        select: "(n - n % 100) / 100, n, concat('word ', n)",
      });
      await fillTable(side, { table: 'heap', count: 2000, select: 'n % 50' });
    }
    await target.run(`UPDATE paired SET word = 'other' WHERE b % 997 = 0 OR b BETWEEN 40000 AND ${40_000 + DENSE_ROWS};
      DELETE FROM paired WHERE b % 4999 = 0; UPDATE heap SET n = 77 WHERE n = 7`);
  });

  /** Kills a run some time after it has kept something; true where there was one to kill. */
  async function killLate(words: readonly string[], folder: RunFolder, afterMs: number): Promise<boolean> {
    const sizeOf = (): number =>
      !existsSync(folder.journal)
        ? 0
        : waitingRuns(folder)
            .flatMap((run) =>
              readdirSync(join(folder.journal, run)).map((name) => join(folder.journal, run, name)),
            )
            .reduce((sum, path) => sum + statSync(path).size, 0);
    const before = sizeOf();
    const { child, result } = startCli(words);
    let isOver = false;
    void result.then(() => {
      isOver = true;
    });
    while (!isOver && sizeOf() <= before) await delay(POLL_MS);
    await delay(afterMs);
    child.kill('SIGKILL');
    return (await result).signal === 'SIGKILL';
  }

  it(
    'that is killed at any moments, again and again, ends as one that nobody stopped',
    async () => {
      const sides = sideFlags(source, target);
      const whole = makeRunFolder();
      const unstopped = await runSitting(['verify', ...sides, ...how.slice(0, -2), ...whole.flags]);
      expect(unstopped).toMatchObject({ exitCode: 1, stderr: '' });
      // A bound of the first key column alone stands behind all keys that begin with it.
      expect(unstopped.tasks.some((task) => task.kind === 'chunk' && task.upTo?.length === 1)).toBe(true);
      const expected = comparable(whole);
      const begin = (folder: RunFolder): readonly string[] => ['verify', ...sides, ...how, ...folder.flags];
      let folder = makeRunFolder();
      let words = begin(folder);
      while (kills < MOMENTS) {
        if (await killLate(words, folder, Math.random() * LATEST_MS)) {
          kills++;
          words = ['resume', ...sides, ...folder.flags];
          continue;
        }
        // It came to its end before it could be killed.
        expect(comparable(folder)).toEqual(expected);
        folder.remove();
        folder = makeRunFolder();
        words = begin(folder);
      }
      const last = await runSitting(words);
      expect(last).toMatchObject({ exitCode: 1 });
      const chunks = ({ tasks }: SittingRun): number => tasks.filter(({ kind }) => kind === 'chunk').length;
      expect(chunks(last)).toBeLessThan(chunks(unstopped));
      expect(comparable(folder)).toEqual(expected);
      expect(waitingRuns(folder)).toEqual([]);
      for (const each of [folder, whole]) each.remove();
    },
    60_000 + MOMENTS * 30_000,
  );
});

describe('a sample of a larger table', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    for (const side of [source, target]) {
      await side.run('CREATE TABLE walked (id int PRIMARY KEY, word varchar(40))');
      await fillTable(side, { table: 'walked', count: 12_000, select: "n, concat('word ', n)" });
    }
    await target.run("UPDATE walked SET word = 'other' WHERE id % 333 = 0");
  });

  it('stays as it was drawn, wherever its run is stopped', async () => {
    const sides = sideFlags(source, target);
    const whole = makeRunFolder();
    const words = ['--workers', '1', '--mode', 'spot', '--ratio', '0.4'];
    await runSitting(['verify', ...sides, ...words, ...whole.flags], { keepsJournal: true });
    const kept = readOnlyRun(whole);
    expect(kept.lines.filter((line) => line.includes('"kind":"drawn"')).length).toBeGreaterThan(4);
    const stride = MOMENTS > 1 ? 1 : 6;
    for (let lines = 2; lines <= kept.lines.length; lines += stride) {
      kills++;
      const folder = makeRunFolder();
      plantRun(folder, { ...kept, lines: kept.lines.slice(0, lines) });
      const resumed = await runSitting(['resume', ...sides, ...folder.flags]);
      expect(resumed).toMatchObject({ exitCode: 1 });
      expect(readOutputs(folder)).toEqual(readOutputs(whole));
      expect(waitingRuns(folder)).toEqual([]);
      folder.remove();
    }
    whole.remove();
  });
});

/** That it was held back says nothing of what it found. */
function comparable(folder: RunFolder) {
  const { result, ...files } = readOutputs(folder);
  const { load, howHash, ...known } = result as Record<string, unknown>;
  return { ...files, ...known };
}
