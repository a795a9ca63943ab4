import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SavedAsk } from '../../src/state/journal/journal-format.js';
import { useDatabase } from '../support/database.js';
import { fillTable } from '../traps/type-words.js';
import { makeRunFolder, plantRun, readOnlyRun, readRecord, sideFlags } from './run-folder.js';
import { runSitting } from './run-sitting.js';

const ROWS = 600;
const PACE = [
  ...['--workers', '1', '--chunk-time', '50ms', '--max-load', '5000'],
  ...['--max-rows-per-second', '400', '--max-bytes-per-second', '10MB'],
];
const LIMITS = { maxRowsPerSecond: 400, maxBytesPerSecond: 10_000_000, maxLoad: 5000 };

describe('a run that was too much for a server', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    for (const side of [source, target]) {
      await side.run('CREATE TABLE t (id int PRIMARY KEY, n int)');
      await fillTable(side, { table: 't', count: ROWS, select: 'n, n' });
    }
    await target.run('UPDATE t SET n = -1 WHERE id = 500; DELETE FROM t WHERE id = 2');
  });

  it.each(['resume', 'verify --only'])('goes on with fewer workers and with limits: %s', async (how) => {
    const folder = makeRunFolder();
    const sides = sideFlags(source, target);
    let learned = 0;
    const stopped = await runSitting(
      ['verify', ...sides, '--chunk-rows', '50', '--workers', '4', ...folder.flags],
      {
        onLearned: ({ record, interrupt }) => {
          if (record.kind === 'compared' && ++learned === 3) interrupt();
        },
      },
    );
    expect(stopped.exitCode).toBe(130);
    const { run, lines } = readOnlyRun(folder);
    plantRun(folder, { run, lines });
    const begun = performance.now();
    const again = await runSitting([...how.split(' '), run, ...sides, ...PACE, ...folder.flags], {
      keepsJournal: true,
    });
    const elapsedMs = performance.now() - begun;
    expect(again.exitCode).toBe(1);
    const result = JSON.parse(readFileSync(join(folder.path, 'run.json'), 'utf8'));
    expect(result.load).toMatchObject(LIMITS);
    expect(result.totals).toMatchObject({ missing: 1, changed: 1, extra: 0 });
    expect(elapsedMs).toBeGreaterThan(500);
    // What goes on once more keeps to it.
    const [head] = readOnlyRun(folder).lines;
    const { asked } = readRecord<{ readonly asked: SavedAsk }>(head ?? '');
    expect(asked.config).toMatchObject({ workers: 1, fixesWorkers: true, chunkTimeMs: 50, limits: LIMITS });
    folder.remove();
  });

  it('keeps what it was begun with, where nothing is said of it', async () => {
    const folder = makeRunFolder();
    const sides = sideFlags(source, target);
    const first = await runSitting(['verify', ...sides, ...PACE, ...folder.flags, '--max-runtime', '1s']);
    expect(first.exitCode).toBeGreaterThan(0);
    const { run } = readOnlyRun(folder);
    await runSitting(['verify', '--only', run, ...sides, ...folder.flags, '--max-load', '6000']);
    const result = JSON.parse(readFileSync(join(folder.path, 'run.json'), 'utf8'));
    expect(result.load).toMatchObject({ ...LIMITS, maxLoad: 6000 });
    folder.remove();
  });
});
