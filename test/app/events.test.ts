import { setTimeout as delay } from 'node:timers/promises';
import {
  type RunEvent,
  type RunHooks,
  resolveConfig,
  startVerify,
  type VerifySettings,
  verify,
} from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { fillTable } from '../traps/type-words.js';

describe('the events of a run', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  beforeAll(async () => {
    for (const side of [source, target]) {
      await side.run(
        'CREATE TABLE a (id int PRIMARY KEY, v varchar(9)); CREATE TABLE b (id int PRIMARY KEY)',
      );
      const rows = Array.from({ length: 400 }, (_, index) => `(${index + 1}, 'v${index + 1}')`);
      await side.run(`INSERT INTO a VALUES ${rows.join(',')}`);
    }
    await source.run('CREATE TABLE alone (v int)');
    await target.run("UPDATE a SET v = 'lost' WHERE id % 40 = 0; DELETE FROM a WHERE id = 7");
    await target.run('INSERT INTO a VALUES (500, NULL)');
  });

  const config = (settings: Partial<VerifySettings> = {}) =>
    resolveConfig({
      source: source.url,
      target: target.url,
      workers: 2,
      chunkRows: 50,
      tables: ['a', 'b'],
      ...settings,
    });
  const damaged = [7, 40, 80, 120, 160, 200, 240, 280, 320, 360, 400, 500].map(String);
  const rowIds = (events: readonly RunEvent[]): unknown[] =>
    events.flatMap((event) => (event.type === 'row:differs' ? [event.difference.key?.id] : []));

  async function collect(hooks: Omit<RunHooks, 'onEvent'> = {}, pauseMs = 0) {
    const run = startVerify(config(), hooks);
    const events: RunEvent[] = [];
    for await (const event of run) {
      if (pauseMs > 0) await delay(pauseMs);
      events.push(event);
    }
    const outcome = await run.outcome();
    await outcome.close();
    return { events, result: outcome.result };
  }

  it('name every differing row once, with its values, between the start and the end of its table', async () => {
    const { events, result } = await collect();
    expect(rowIds(events)).toEqual(damaged);
    const told = events.filter((event) => event.type === 'row:differs').map((event) => event.difference);
    expect(told[0]).toMatchObject({ kind: 'missing', key: { id: '7' }, source: { v: 'v7' }, target: null });
    expect(told[1]).toMatchObject({ kind: 'changed', source: { v: 'v40' }, target: { v: 'lost' } });
    const types = events.map((event) => ('table' in event ? `${event.type} ${event.table}` : event.type));
    expect([types[0], types.at(-1)]).toEqual(['run:start', 'run:end']);
    for (const table of ['public.a', 'public.b']) {
      const own = types.filter((type) => type.endsWith(table));
      expect([own[0], own.at(-1)]).toEqual([`table:start ${table}`, `table:end ${table}`]);
      expect(own.filter((type) => /^table/.test(type))).toHaveLength(2);
    }
    const chunks = events.flatMap((event) => ('counts' in event ? [event] : []));
    const sum = (pick: (event: (typeof chunks)[number]) => number) =>
      chunks.reduce((total, event) => total + pick(event), 0);
    expect(sum((event) => event.sourceRows)).toBe(result.totals.sourceRows);
    expect(sum((event) => event.counts?.changed ?? 0)).toBe(result.totals.changed);
  });

  it('reach a slow reader one at a time and without a loss: the run waits', async () => {
    let waiting = 0;
    let most = 0;
    const told: RunEvent[] = [];
    const outcome = await verify(config(), {
      onEvent: async (event) => {
        waiting++;
        most = Math.max(most, waiting);
        await delay(3);
        told.push(event);
        waiting--;
      },
    });
    await outcome.close();
    expect(most).toBe(1);
    expect(rowIds(told)).toEqual(damaged);
    expect(told.at(-1)).toEqual({ type: 'run:end', verdict: 'different' });
    const { events } = await collect({}, 3);
    expect(rowIds(events)).toEqual(damaged);
  });

  it('hold no values where they are hidden, and no rows where they are not wanted', async () => {
    const told: RunEvent[] = [];
    const hooks = { onEvent: (event: RunEvent) => void told.push(event) };
    await (await verify(resolveConfig({ ...hidden(), showValues: false }), hooks)).close();
    expect(rowIds(told)).toEqual(damaged);
    expect(JSON.stringify(told)).not.toContain('lost');
    told.length = 0;
    await (await verify(config(), { ...hooks, rowEvents: false })).close();
    expect(rowIds(told)).toEqual([]);
    expect(told.some((event) => event.type === 'chunk:differs' && event.counts?.missing === 1)).toBe(true);
  });
  const hidden = () => ({ source: source.url, target: target.url, tables: ['a'], chunkRows: 50 });

  it('tell of tables without a partner, and of rows that are only counted', async () => {
    const told: RunEvent[] = [];
    const hooks = { onEvent: (event: RunEvent) => void told.push(event) };
    const counted = resolveConfig({ ...hidden(), mode: 'count' });
    await (await verify(counted, hooks)).close();
    expect(told.map(({ type }) => type)).toEqual([
      'run:start',
      'table:start',
      'chunk:verified',
      'table:end',
      'run:end',
    ]);
    expect(told[2]).toMatchObject({ sourceRows: 400, targetRows: 400, counts: null });
    told.length = 0;
    await (await verify(resolveConfig({ ...hidden(), tables: ['alone'] }), hooks)).close();
    expect(told.map(({ type }) => type)).toEqual(['run:start', 'table:start', 'table:end', 'run:end']);
  });

  it('tell once of a table of which many rows differ', async () => {
    for (const side of [source, target]) {
      await side.run('CREATE TABLE many (id integer PRIMARY KEY, n integer)');
      await fillTable(side, { table: 'many', count: 12_000, select: 'n, n' });
    }
    await target.run('UPDATE many SET n = n + 1');
    const told: RunEvent[] = [];
    const settings = { ...hidden(), tables: ['a', 'many'], chunkRows: 1000 };
    const run = await verify(resolveConfig(settings), { onEvent: (event) => void told.push(event) });
    await run.close();
    const damage = told.filter(({ type }) => type === 'table:differs');
    expect(damage).toEqual([
      { type: 'table:differs', table: 'public.many', rows: 10_000, differing: 10_000, columns: ['n'] },
    ]);
  });

  it('stop the run where the loop is left, and what was verified until then is in the outcome', async () => {
    const run = startVerify(config({ workers: 1 }));
    for await (const event of run) if (event.type === 'row:differs') break;
    const outcome = await run.outcome();
    const rows = [];
    for await (const row of outcome.differences()) rows.push(row);
    await outcome.close();
    expect(outcome.result).toMatchObject({ interrupted: true, verdict: 'different' });
    expect(rows).toHaveLength(2);
    await expect(async () => {
      for await (const _ of run);
    }).rejects.toMatchObject({ code: 'usage' });
  });

  it('end with the error of a listener, or of a run that cannot begin', async () => {
    const onEvent = ({ type }: RunEvent): void => {
      if (type === 'chunk:differs') throw new Error('no more room');
    };
    await expect(verify(config(), { onEvent })).rejects.toThrow('no more room');
    const nothing = startVerify(config({ tables: ['nobody'] }));
    await expect(async () => {
      for await (const _ of nothing);
    }).rejects.toMatchObject({ code: 'usage' });
    await expect(nothing.outcome()).rejects.toMatchObject({ code: 'usage' });
  });

  it('are not needed: an outcome alone runs to the end', async () => {
    const outcome = await startVerify(config()).outcome();
    await outcome.close();
    expect(outcome.result.verdict).toBe('different');
  });
});
