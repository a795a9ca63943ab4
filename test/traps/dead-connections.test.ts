import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSide } from '../../src/app/open-side.js';
import { processEnvironment } from '../../src/config/environment.js';
import { watchSilence } from '../../src/engines/watch-silence.js';
import { compare, listDifferences } from '../app/compare.js';
import { fewEngines, useDatabase } from '../support/database.js';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { slowCondition } from './slow-reads.js';
import { fillTable } from './type-words.js';

const ROWS = 4000;
/** So few that most of the rows are not read yet when a second chunk is told of, however late that is. */
const CHUNK_ROWS = '250';
/** A connection is looked after once it was silent for as long as a statement may take, where that is less than half a minute. */
const SILENCE = { 'statement-timeout': '6' };

// Two or three that wait do so at once: what is timed must not have many beside it.
describe.each(fewEngines())('a connection to %s that falls silent', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine === 'postgresql' ? 'mariadb' : 'postgresql');

  beforeAll(async () => {
    for (const database of [source, target]) {
      for (const table of ['one', 'two'])
        await database.run(`CREATE TABLE ${table} (id int PRIMARY KEY, word varchar(4000))`);
      for (const table of ['one', 'two'])
        await fillTable(database, { table, count: ROWS, select: `n, '${'x'.repeat(2000)}'` });
    }
    await target.run("UPDATE two SET word = 'other' WHERE id = 7");
  });

  /** Does something with a way to the source that is nobody else's. */
  async function behindProxy(
    options: Readonly<Record<string, string>>,
    work: (url: string, proxy: TcpProxy) => Promise<void>,
  ): Promise<void> {
    const proxy = await openTcpProxy(() => source.url);
    const url = new URL(proxy.urlFor(source.url));
    for (const [name, value] of Object.entries(options)) url.searchParams.set(name, value);
    try {
      await work(url.href, proxy);
    } finally {
      await proxy.close();
    }
  }

  /** Freezes a way to the source while rows are read. */
  const expectLeftSoon = (_: string, manner: 'loses' | 'stalls', bytes: number): Promise<void> =>
    behindProxy(SILENCE, async (url, proxy) => {
      let chunks = 0;
      let silentMs = Number.NaN;
      let leftMs: number | null = null;
      const run = await compare({
        source: { url },
        target,
        flags: { workers: '2', 'chunk-rows': CHUNK_ROWS },
        onEvent: ({ type }) => {
          if (type === 'chunk:retry') leftMs ??= performance.now();
          if (!type.startsWith('chunk:') || ++chunks !== 2) return;
          proxy.freeze(manner, bytes);
          silentMs = performance.now();
        },
      });
      expect((leftMs ?? Number.NaN) - silentMs).toBeLessThan(25_000);
      expect(listDifferences(run)).toEqual(['changed 7 word']);
      expect(run.result.tables.map(({ coverage }) => coverage.unverifiedChunks)).toEqual([0, 0]);
      const silent = run.events.flatMap((event) => (event.type === 'server:silent' ? event.side : []));
      expect(new Set(silent)).toEqual(new Set(['source']));
      const retries = run.events.flatMap((event) =>
        event.type === 'chunk:retry' ? event.error.message : [],
      );
      expect(retries[0]).toMatch(/on the source: The server sent nothing for \d+ s, and it /);
    });

  const TITLE = 'because something between %s is left soon, named, and its rows are read again';
  it.concurrent.each([
    ['loses what both ends say', 'loses', 0],
    ['loses bytes in the middle of the rows', 'loses', 300_000],
  ] as const)(TITLE, expectLeftSoon);

  it('that ends in the middle of a packet costs nothing', () =>
    behindProxy({}, async (url, proxy) => {
      let chunks = 0;
      const run = await compare({
        source: { url },
        target,
        flags: { workers: '2', 'chunk-rows': CHUNK_ROWS },
        onEvent: async ({ type }) => {
          if (!type.startsWith('chunk:') || ++chunks !== 2) return;
          proxy.freeze('loses', 100_001);
          await delay(300);
          proxy.cut();
        },
      });
      expect(run.events.map(({ type }) => type)).toContain('chunk:retry');
      expect(listDifferences(run)).toEqual(['changed 7 word']);
      expect(run.result.tables.map(({ coverage }) => coverage.unverifiedChunks)).toEqual([0, 0]);
    }));

  it.concurrent.each([
    ['passes nothing on', 'stalls', 0],
    ['stops in the middle of the rows', 'stalls', 300_000],
  ] as const)(TITLE, expectLeftSoon);

  it.concurrent('while rows are counted is left too', () =>
    behindProxy(SILENCE, async (url, proxy) => {
      const run = await compare({
        source: { url },
        target,
        flags: { mode: 'count' },
        onEvent: ({ type }) => {
          if (type === 'table:start') proxy.freeze('loses');
        },
      });
      expect(run.result.tables.map(({ verdict }) => verdict)).toEqual(['counted', 'counted']);
    }));

  it('because the server works is waited for, and told of', async () => {
    const side = await openSide({ side: 'source', url: source.url, environment: processEnvironment() });
    const silences: number[] = [];
    const watched = watchSilence(side.engine, { silenceMs: 500, onSilence: (ms) => silences.push(ms) });
    const session = await watched.open(side.settings);
    const [table] = side.catalog.tables;
    if (table === undefined) throw new Error('The table is not there.');
    const where = `id <= 40 AND ${slowCondition(engine, 0.1)}`;
    expect(await session.ask('count', { table, where })).toBe(40);
    expect(silences.length).toBeGreaterThan(2);
    expect(session.broken).toBe(false);
    await session.close();
    await side.close();
  });
});
