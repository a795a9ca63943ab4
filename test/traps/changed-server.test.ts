import { RowproofError } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, compare, findingCodes, tableResult } from '../app/compare.js';
import { inClear } from '../apply/applied.js';
import type { TestDatabase } from '../support/database.js';
import { useOwnServer } from '../support/private-server.js';
import { openStatementBalancer } from '../support/statement-balancer.js';
import { openTcpProxy } from '../support/tcp-proxy.js';
import { endReadingSessions, slowCondition, waitForSlowRead } from './slow-reads.js';
import { fillTable } from './type-words.js';

const ROWS = 5000;
const DAMAGED = 1100;

describe.each(['mariadb', 'postgresql'] as const)(
  'an address of %s that leads to another server',
  (engine) => {
    const source = useOwnServer(engine);
    const target = useOwnServer(engine);
    const slow = { where: `word:${slowCondition(engine, 0.001)}`, 'chunk-rows': '1000' };

    beforeAll(async () => {
      for (const server of [source, target]) {
        await server.run('CREATE TABLE word (id int PRIMARY KEY, word varchar(20))');
        await fillTable(server as TestDatabase, { table: 'word', count: ROWS, select: "n, 'word'" });
        await server.run(
          // Text that looks like UTF-8 encoded twice is looked at again once all is read.
          "CREATE TABLE calm (id int PRIMARY KEY, word varchar(20)); INSERT INTO calm VALUES (1, 'Ã©')",
        );
      }
      await target.run(`UPDATE word SET word = 'damaged' WHERE id > ${ROWS - DAMAGED}`);
    });

    it('is found to be different as long as it leads to one', async () => {
      const proxy = await openTcpProxy(() => target.url);
      const run = await compare({ source, target: { url: proxy.urlFor(target.url) } });
      await proxy.close();
      expect(tableResult(run, 'word')).toMatchObject({ verdict: 'different', changed: DAMAGED });
    });

    it.each(['source', 'target'] as const)(
      'in the middle of a run proves nothing on the %s',
      async (side) => {
        let leadsTo = side === 'source' ? source.url : target.url;
        const other = side === 'source' ? target.url : source.url;
        const proxy = await openTcpProxy(() => leadsTo);
        const through = { url: proxy.urlFor(leadsTo) };
        const running = compare({
          ...(side === 'source' ? { source: through, target } : { source, target: through }),
          flags: slow,
        });
        await waitForSlowRead((side === 'source' ? source : target) as TestDatabase);
        leadsTo = other;
        proxy.cut();
        const run = await running;
        await proxy.close();
        // A server notices only at the end of its statement that nobody waits for it.
        for (const server of [source, target]) await endReadingSessions(server as TestDatabase);
        const table = tableResult(run, 'word');
        expect(run.result.verdict).not.toBe('verified');
        expect(table.coverage.unverifiedChunks).toBeGreaterThan(0);
        expect(findingCodes(table)).toContain('chunk-unverified');
        const [finding] = table.findings.filter(({ message }) => message.includes('Another server answers'));
        expect(finding?.message).toContain(`on the ${side}`);
        for (const url of [source.url, target.url]) expect(finding?.message).toContain(new URL(url).port);
        expect(finding?.hint).toContain('Name one server in the URL');
        expect(run.events.filter(({ type }) => type === 'chunk:retry').length).toBeLessThan(10);
      },
    );

    it.each([0, 1, 2])('by turns proves nothing, whichever comes first (%i)', async (first) => {
      const proxy = await openTcpProxy((n) => ((n + first) % 2 === 0 ? target.url : source.url));
      const outcome = await compare({
        source,
        target: { url: proxy.urlFor(target.url) },
        flags: { 'chunk-rows': '500', workers: '3' },
      }).catch((error: unknown) => error);
      await proxy.close();
      expectNothingProved(outcome);
    });

    it('by turns proves nothing of a sample either', async () => {
      const proxy = await openTcpProxy((n) => (n % 3 < 2 ? target.url : source.url));
      const outcome = await compare({
        source,
        target: { url: proxy.urlFor(target.url) },
        flags: { mode: 'spot', ratio: '0.5', 'chunk-rows': '100' },
      }).catch((error: unknown) => error);
      await proxy.close();
      expectNothingProved(outcome);
    });

    it('after the last row was read leaves the run unverified', async () => {
      let leadsTo = target.url;
      const proxy = await openTcpProxy(() => leadsTo);
      const run = await compare({
        source,
        target: { url: proxy.urlFor(target.url) },
        flags: { tables: 'calm' },
        onEvent: ({ type }) => {
          if (type === 'table:end') leadsTo = source.url;
        },
      });
      await proxy.close();
      expect(tableResult(run, 'calm').verdict).toBe('verified');
      expect(run.result.verdict).toBe('unverified');
      expect(run.result.findings[0]).toMatchObject({
        code: 'other-server',
        message: expect.stringMatching(/^On the target, after its rows were read: Another server answers/),
      });
    });

    it('while it is counted proves nothing', async () => {
      let leadsTo = target.url;
      const proxy = await openTcpProxy(() => leadsTo);
      const running = compare({
        source,
        target: { url: proxy.urlFor(target.url) },
        flags: { mode: 'count', where: `word:${slowCondition(engine, 0.0005)}` },
      });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      leadsTo = source.url;
      proxy.cut();
      const run = await running;
      await proxy.close();
      expect(run.result.verdict).toBe('unverified');
      expect(JSON.stringify(run.result.tables)).toContain('Another server answers');
    });
  },
);

describe('an address of mariadb that has single statements answered by another server', () => {
  const source = useOwnServer('mariadb');
  const target = useOwnServer('mariadb');

  beforeAll(async () => {
    for (const server of [source, target]) {
      await server.run('CREATE TABLE word (id int PRIMARY KEY, word varchar(20))');
      await fillTable(server as TestDatabase, { table: 'word', count: ROWS, select: "n, 'word'" });
    }
    await target.run(`UPDATE word SET word = 'damaged' WHERE id > ${ROWS - DAMAGED}`);
  });

  it.each([{}, { mode: 'count' }, { 'checksum-on': 'server' }])('proves nothing (%o)', async (flags) => {
    const balancer = await openStatementBalancer(inClear(target.url), source.url);
    const outcome = await compare({
      source: { url: inClear(source.url) },
      target: { url: balancer.url },
      flags: { 'chunk-rows': '500', ...flags },
    }).catch((error: unknown) => error);
    const { diverted } = balancer;
    await balancer.close();
    expect(diverted).toBeGreaterThan(0);
    expect(JSON.stringify(outcome)).toContain('Another server or session answers');
    expectNothingProved(outcome);
  });
});

/** A run either says that it cannot be done like this, or leaves rows unverified. */
function expectNothingProved(outcome: unknown): void {
  if (outcome instanceof RowproofError) expect(['usage', 'other-server']).toContain(outcome.code);
  else expect((outcome as Comparison).result.verdict).toMatch(/^(unverified|different)$/);
}
