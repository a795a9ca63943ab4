import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/event.js';
import { compare, listDifferences } from '../app/compare.js';
import { makeRunFolder, readOutputs } from '../resume/run-folder.js';
import { fewEngines, useDatabase } from '../support/database.js';
import { runCli, startCli, untilSaid } from '../support/run-cli.js';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { fillTable } from './type-words.js';

const TABLES = 40;
const ROWS = 200;
const MANY = 3000;

const typesOf = (events: readonly RunEvent[]): string[] =>
  events.map(({ type }) => type).filter((type) => type.startsWith('server:'));

// Those that wait do so at once; what is timed is alone.
describe.each(fewEngines())('a server of %s that goes away while tables are compared', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine === 'postgresql' ? 'mariadb' : 'postgresql');

  beforeAll(async () => {
    for (const database of [source, target]) {
      for (let table = 0; table < TABLES; table++) {
        await database.run(`CREATE TABLE t${table} (id int PRIMARY KEY, word varchar(20))`);
        await fillTable(database, { table: `t${table}`, count: ROWS, select: "n, 'word'" });
      }
    }
    await target.run("UPDATE t5 SET word = 'other' WHERE id = 7; DELETE FROM t39 WHERE id = 9");
  });

  /** Does something with a way to the source that is nobody else's. */
  async function behindProxy<Result>(
    work: (url: string, proxy: TcpProxy) => Promise<Result>,
  ): Promise<Result> {
    const proxy = await openTcpProxy(() => source.url);
    try {
      return await work(proxy.urlFor(source.url), proxy);
    } finally {
      await proxy.close();
    }
  }

  /** Takes the server away when the n-th table ends, for so long; zero for good. */
  function runWithOutage(
    { after, forMs }: { readonly after: number; readonly forMs: number },
    flags: Readonly<Record<string, string>> = {},
  ) {
    return behindProxy(async (url, proxy) => {
      let ended = 0;
      let returning: Promise<void> = Promise.resolve();
      const run = await compare({
        source: { url },
        target,
        flags: { workers: '2', ...flags },
        onEvent: async ({ type }) => {
          if (type !== 'table:end' || ++ended !== after) return;
          await proxy.down();
          if (forMs > 0) returning = delay(forMs).then(() => proxy.up());
        },
      });
      await returning;
      return run;
    });
  }

  it.concurrent('is waited for by all workers together, and every table is compared', async () => {
    const run = await runWithOutage({ after: 10, forMs: 8000 });
    expect(typesOf(run.events)).toEqual(['server:down', 'server:up']);
    expect(run.result.tables.filter(({ verdict }) => verdict === 'unverified')).toEqual([]);
    expect(listDifferences(run).sort()).toEqual(['changed 7 word', 'missing 9']);
    expect(run.result.findings.map(({ code }) => code)).not.toContain('server-gone');
  });

  it.concurrent('is waited for where rows are only counted', async () => {
    const run = await runWithOutage({ after: 10, forMs: 7000 }, { mode: 'count' });
    expect(typesOf(run.events)).toEqual(['server:down', 'server:up']);
    expect(run.result.tables.filter(({ verdict }) => verdict === 'unverified')).toEqual([]);
  });

  it.concurrent.each(['full', 'count'])(
    'only for a moment, again and again, costs no table anything (%s)',
    (mode) =>
      behindProxy(async (url, proxy) => {
        let ended = 0;
        const run = await compare({
          source: { url },
          target,
          flags: { workers: '2', mode },
          onEvent: ({ type }) => {
            if (type === 'table:end' && ++ended % 7 === 0) proxy.cut();
          },
        });
        const findings = run.result.tables.flatMap((table) => table.findings.map(({ code }) => code));
        expect(findings.filter((code) => code !== 'row-count')).toEqual([]);
        expect(typesOf(run.events)).toEqual([]);
      }),
  );

  it.concurrent('and does not come back leaves a run that another sitting ends as if nothing had been', () =>
    behindProxy(async (url, proxy) => {
      const folder = makeRunFolder();
      const sides = ['--source', url, '--target', target.url];
      const flags = folder.flags.filter((flag) => flag !== '--quiet');
      const words = [
        'verify',
        ...sides,
        '--log',
        '-',
        '--max-rows-per-second',
        '1000',
        '--wait-for-server',
        '1s',
      ];
      const { child, result } = startCli([...words, '--workers', '2', ...flags], { timeoutMs: 50_000 });
      await untilSaid(child, 'table:end');
      await proxy.down();
      const stopped = await result;
      expect(child.exitCode).toBe(3);
      expect(stopped.stderr).toContain('The source did not come back within');
      expect(stopped.stderr).toContain('To go on: rowproof resume');
      await proxy.up();
      const resumed = await runCli(['resume', ...sides, ...folder.flags], { timeoutMs: 50_000 });
      expect(resumed.exitCode).toBe(1);
      expect(readOutputs(folder)).toMatchObject({
        result: { totals: { missing: 1, changed: 1, extra: 0, sourceRows: TABLES * ROWS } },
      });
      folder.remove();
    }));

  it('and does not come back costs the other tables no further time, and the run says so', async () => {
    const startedMs = performance.now();
    // Read one by one: of tables that are compared together many would be done already.
    const run = await runWithOutage(
      { after: 10, forMs: 0 },
      { 'wait-for-server': '0', 'chunk-rows': '10000' },
    );
    expect(performance.now() - startedMs).toBeLessThan(20_000);
    expect(typesOf(run.events)).toEqual(['server:down', 'server:gone']);
    const open = run.result.tables.filter(({ verdict }) => verdict === 'unverified');
    expect(open.length).toBeGreaterThan(TABLES - 15);
    for (const { findings } of open)
      expect(findings).toMatchObject([
        {
          code: 'chunk-unverified',
          message: expect.stringMatching(/the source could not be reached for \d/),
        },
      ]);
    expect(run.result.findings).toContainEqual(
      expect.objectContaining({ code: 'server-gone', hint: expect.stringContaining('rowproof resume') }),
    );
  });

  it('is left at once on Ctrl-C while it is waited for', () =>
    behindProxy(async (url, proxy) => {
      const folder = makeRunFolder();
      const flags = folder.flags.filter((flag) => flag !== '--quiet');
      const words = [
        'verify',
        '--source',
        url,
        '--target',
        target.url,
        '--log',
        '-',
        '--max-rows-per-second',
        '1000',
      ];
      const { child, result } = startCli([...words, '--workers', '2', ...flags], { timeoutMs: 50_000 });
      await untilSaid(child, 'table:end');
      const waiting = untilSaid(child, 'stands still and waits for it');
      await proxy.down();
      await waiting;
      const stoppedMs = performance.now();
      child.kill('SIGINT');
      expect((await result).exitCode).toBe(130);
      expect(performance.now() - stoppedMs).toBeLessThan(5000);
      folder.remove();
    }));
});

describe('a server with thousands of tables', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  it('that goes away for good costs seconds, and not a wait for each table', async () => {
    const tables = Array.from({ length: MANY }, (_, n) => `CREATE TABLE many${n} (id int PRIMARY KEY)`);
    for (const database of [source, target]) await database.run(tables.join(';'));
    const proxy = await openTcpProxy(() => source.url);
    let goneMs = 0;
    let ended = 0;
    const run = await compare({
      source: { url: proxy.urlFor(source.url) },
      target,
      flags: { workers: '2', 'wait-for-server': '0' },
      onEvent: async ({ type }) => {
        if (type === 'table:end' && ++ended === 5) await proxy.down();
        if (type === 'server:gone') goneMs = performance.now();
      },
    });
    expect(performance.now() - goneMs).toBeLessThan(10_000);
    const open = run.result.tables.filter(({ verdict }) => verdict === 'unverified');
    expect(open.length).toBeGreaterThan(MANY - 20);
    await proxy.close();
  }, 120_000);
});
