import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compare, listDifferences } from '../app/compare.js';
import { useDatabase } from '../support/database.js';
import { fillTable } from '../traps/type-words.js';

const ROWS = 12_000;

const source = useDatabase('mariadb');
const target = useDatabase('postgresql');
const threads: Worker[] = [];
const keep = (thread: Worker): void => void threads.push(thread);

beforeAll(async () => {
  for (const database of [source, target]) {
    await database.run('CREATE TABLE t (id int PRIMARY KEY, word varchar(20))');
    await fillTable(database, { table: 't', count: ROWS, select: "n, 'word'" });
  }
  await target.run("UPDATE t SET word = 'other' WHERE id = 11999");
  process.on('worker', keep);
});
afterAll(() => void process.off('worker', keep));

it('a thread that dies while it reads costs nothing but another try, in a thread that takes its place', async () => {
  threads.length = 0;
  // Two workers share a thread where processors are few.
  const begun = availableParallelism() > 2 ? 2 : 1;
  let chunks = 0;
  const run = await compare({
    source,
    target,
    flags: { workers: '2', 'chunk-rows': '500', 'max-rows-per-second': '2000' },
    onEvent: ({ type }) => {
      if (!type.startsWith('chunk:') || ++chunks !== 16) return;
      expect(threads.length).toBe(begun);
      // They have loaded by now, and read the chunks that follow.
      setTimeout(() => threads.slice().forEach((thread) => void thread.terminate()), 100);
    },
  });
  const retries = run.events.flatMap((event) => (event.type === 'chunk:retry' ? event.error.message : []));
  expect(retries[0]).toContain('The thread that read these rows ended: worker exited');
  expect(threads.length).toBeGreaterThan(begun);
  expect(listDifferences(run)).toEqual(['changed 11999 word']);
  expect(run.result.tables.map(({ coverage }) => coverage.unverifiedChunks)).toEqual([0]);
});
