import { setTimeout as delay } from 'node:timers/promises';
import { RowproofError, type RunEvent } from 'rowproof';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BusySessions, keepBusy } from '../support/busy-sessions.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { fillTable } from '../traps/type-words.js';
import { compare, tableResult } from './compare.js';

const ROWS = 20_000;
/** More than other tests keep at work on a server that they share with this one. */
const MAX_LOAD = 20;
/** Far longer than a run that was not paused would need for all of its rows, or for most of them at the limited rate. */
const PAUSE_MS = 2500;
const ROWS_PER_SECOND = 4000;

describe.each(availableEngines())('a limited load of %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine === 'postgresql' ? 'mariadb' : 'postgresql');
  let busy: BusySessions | null = null;

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run(
        'CREATE TABLE rows_by_key (id int PRIMARY KEY); CREATE TABLE rows_in_a_bag (id int)',
      );
      for (const table of ['rows_by_key', 'rows_in_a_bag']) {
        await fillTable(database, { table, count: ROWS, select: 'n' });
      }
    }
  });

  afterEach(async () => {
    await busy?.end();
    busy = null;
  });

  const startBusiness = async (): Promise<void> => {
    busy = await keepBusy(source, MAX_LOAD + 1);
  };
  const endBusiness = async (): Promise<void> => {
    await busy?.end();
    busy = null;
  };

  /** A run of which one can wait for an event, and ask how many rows it has read. */
  function startRun(tables: string, flags: Record<string, string> = {}) {
    const abort = new AbortController();
    const waiting: { readonly type: RunEvent['type']; readonly resolve: () => void }[] = [];
    const rows = { read: 0 };
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'rows:read') rows.read += event.rows;
      if (event.type === 'chunk:verified') rows.read += event.sourceRows + event.targetRows;
      for (const each of waiting) if (each.type === event.type) each.resolve();
    };
    const limits = { 'max-load': String(MAX_LOAD), ...flags };
    const running = compare({ source, target, onEvent, signal: abort.signal, flags: { tables, ...limits } });
    const until = (type: RunEvent['type']) => {
      const happened = new Promise<void>((resolve) => waiting.push({ type, resolve }));
      return Promise.race([happened, running.then(() => Promise.reject(new Error(`No ${type}`)))]);
    };
    return { running, until, rows, abort };
  }

  it('lets no read begin while it is exceeded, and reads everything afterwards', async () => {
    await startBusiness();
    const { running, until, rows } = startRun('rows_by_key');
    await until('run:paused');
    await delay(PAUSE_MS);
    expect(rows.read).toBe(0);
    await endBusiness();
    const run = await running;
    expect(tableResult(run, 'rows_by_key')).toMatchObject({ verdict: 'verified', sourceRows: ROWS });
    const paused = run.events.find((event) => event.type === 'run:paused');
    expect(paused).toMatchObject({ side: 'source', maxLoad: MAX_LOAD });
    expect(paused?.load).toBeGreaterThan(MAX_LOAD);
    expect(run.events.filter(({ type }) => type === 'run:resumed')).toHaveLength(1);
    expect(run.result.load?.pausedMs).toBeGreaterThan(0);
  });

  it('stops a read of a whole table in its middle, and goes on with it', async () => {
    const rate = { 'max-rows-per-second': String(ROWS_PER_SECOND) };
    const { running, until, rows } = startRun('rows_in_a_bag', rate);
    await until('rows:read');
    const paused = until('run:paused');
    await startBusiness();
    await paused;
    const before = rows.read;
    await delay(PAUSE_MS);
    // What was read until then may still be on its way to who counts it.
    expect(rows.read - before).toBeLessThan((ROWS_PER_SECOND * PAUSE_MS) / 1000);
    expect(rows.read).toBeLessThan(2 * ROWS);
    await endBusiness();
    const run = await running;
    expect(tableResult(run, 'rows_in_a_bag')).toMatchObject({ verdict: 'verified', sourceRows: ROWS });
    expect(run.events.filter(({ type }) => type === 'chunk:retry')).toEqual([]);
  });

  it.each(['rows_by_key', 'rows_in_a_bag'])(
    'does not keep an interrupted run from ending before the load does: %s',
    async (table) => {
      const { running, until, abort } = startRun(table, { 'max-rows-per-second': '1000' });
      await until(table === 'rows_by_key' ? 'chunk:verified' : 'rows:read');
      const paused = until('run:paused');
      await startBusiness();
      await paused;
      abort.abort();
      expect((await running).result).toMatchObject({ interrupted: true, verdict: 'unverified' });
      expect(busy?.areAtWork()).toBe(true);
    },
  );

  it('pauses counting too', async () => {
    await startBusiness();
    const { running, until } = startRun('rows_by_key', { mode: 'count' });
    await until('run:paused');
    await endBusiness();
    expect((await running).result).toMatchObject({ verdict: 'counted', totals: { sourceRows: ROWS } });
  });
});

describe('a limited load', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('mariadb');

  it('is refused where the account may not see what other sessions do', async () => {
    const account = `checker_${source.name.slice(-8)}`;
    for (const database of [source, target]) await database.run('CREATE TABLE t (id int PRIMARY KEY)');
    await source.run(`CREATE ROLE ${account} LOGIN PASSWORD 'word'; GRANT SELECT ON t TO ${account}`);
    const url = new URL(source.url);
    url.username = account;
    url.password = 'word';
    const request = { source: { url: url.href }, target, flags: { 'max-load': '1000' } };
    try {
      const error: unknown = await compare(request).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RowproofError);
      expect(error).toMatchObject({
        code: 'usage',
        message: `Cannot keep to --max-load on the source: The account ${account} may not see whether other sessions are active.`,
        hint: expect.stringContaining(`GRANT pg_read_all_stats TO ${account}`),
      });
      await source.run(`GRANT pg_read_all_stats TO ${account}`);
      expect((await compare(request)).result.verdict).toBe('verified');
    } finally {
      await source.run(`DROP OWNED BY ${account}; DROP ROLE ${account}`);
    }
  });
});
