import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openSide } from '../../src/app/open-side.js';
import { processEnvironment } from '../../src/config/environment.js';
import { WHOLE } from '../../src/plan/planner.js';
import { compare } from '../app/compare.js';
import { fewEngines, useDatabase } from '../support/database.js';
import type { LyingServer } from '../support/lying-server.js';
import { startCli, untilSaid } from '../support/run-cli.js';
import { type Stall, type StallingProxy, startStallingProxy } from '../support/stalling-proxy.js';
import { fillTable } from './type-words.js';

const ROWS = 60_000;
/** A wait that only this ends takes longer than any test may. */
const AN_HOUR = '3600';

function listStalls(setting: string): { readonly when: string; readonly stall: Stall }[] {
  return [
    { when: 'before it says anything', stall: 'at-once' },
    { when: 'while the session is set up', stall: { saying: setting } },
    { when: 'in the catalog', stall: { saying: 'silent_word' } },
    { when: 'in the middle of the rows', stall: { bytes: 1_000_000 } },
  ];
}

describe.each(fewEngines())('a server of %s that falls silent', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine === 'postgresql' ? 'mariadb' : 'postgresql');
  const open: LyingServer[] = [];

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run('CREATE TABLE silent_word (id int PRIMARY KEY, word varchar(40))');
      await fillTable(database, {
        table: 'silent_word',
        count: ROWS,
        select: "n, 'a word that takes some room'",
      });
    }
  });
  afterAll(() => Promise.all(open.map((server) => server.close())));

  async function proxyBefore(stall: Stall, manner: 'silent' | 'dripping'): Promise<StallingProxy> {
    const proxy = await startStallingProxy(source.url, { stall, manner });
    open.push(proxy);
    return proxy;
  }

  /** Plain text lets the proxy see what is said. */
  function withoutTls(url: string, options: Readonly<Record<string, string>> = {}): string {
    const plain = new URL(url);
    plain.searchParams.set(
      engine === 'postgresql' ? 'sslmode' : 'ssl-mode',
      engine === 'postgresql' ? 'disable' : 'DISABLED',
    );
    if (engine === 'mysql') plain.searchParams.set('get-server-public-key', 'true');
    for (const [name, value] of Object.entries(options)) plain.searchParams.set(name, value);
    return plain.href;
  }

  it('in the middle of a whole table is left, though the statement may take a day', async () => {
    const proxy = await proxyBefore({ bytes: 1_000_000 }, 'silent');
    const url = withoutTls(proxy.url(source.url));
    const side = await openSide({ side: 'source', url, environment: processEnvironment() });
    const { engine: opened, catalog, settings } = side;
    await side.session.close();
    const [table] = catalog.tables.filter(({ name }) => name === 'silent_word');
    if (table === undefined) throw new Error('The table is not there.');
    const { columns } = table;
    const session = await opened.open({
      ...settings,
      statementTimeoutMs: 86_400_000,
      longestSilenceMs: 1000,
    });
    const rest = { key: [], where: null, range: WHOLE, limit: null, offset: 0, descending: false };
    let rows = 0;
    const read = session.readRows({ table, columns, ...rest }, (_buffer, _start, _end, more) => {
      rows += more;
      return true;
    });
    await expect(read).rejects.toMatchObject({
      code: 'connection-lost',
      message: /did not answer within 6 s/,
    });
    expect(rows).toBeGreaterThan(0);
    expect(session.broken).toBe(true);
  });

  it.runIf(process.platform !== 'win32' && engine === fewEngines()[0])(
    'is left at once after a second Ctrl-C, and no output looks whole or loses its privacy',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'rowproof-twice-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      writeFileSync(join(folder, 'run.json'), 'old', { mode: 0o600 });
      const proxy = await proxyBefore({ bytes: 1_000_000 }, 'silent');
      const urls = ['--source', withoutTls(proxy.url(source.url)), '--target', target.url];
      const outputs = ['--report', 'json=run.json', '--differences', 'rows.ndjson', '--repair', 'fix.sql'];
      const { child, result } = startCli(['verify', ...urls, ...outputs, '--workers', '2'], { cwd: folder });
      await proxy.stalled;
      const opened = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
      expect(opened).toEqual([0o600, 0o600, 0o600, 0o600, 0o600]);
      const stopping = untilSaid(child, 'Interrupt again to end at once.');
      child.kill('SIGINT');
      await stopping;
      child.kill('SIGINT');
      expect((await result).exitCode).toBe(130);
      expect(readdirSync(folder)).toEqual(['run.json']);
      const report = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
      expect(report).toMatchObject({ verdict: 'unverified', state: 'failed' });
      expect(statSync(join(folder, 'run.json')).mode & 0o777).toBe(0o600);
    },
  );

  const stalls = listStalls(engine === 'postgresql' ? 'set_config' : 'sql_mode');

  /** The code of what ends the run, or the verdict that it ends with. */
  async function endOfRun(stall: Stall, manner: 'silent' | 'dripping'): Promise<string> {
    const proxy = await proxyBefore(stall, manner);
    const url = withoutTls(proxy.url(source.url), { 'connect-timeout': '1', 'statement-timeout': '1' });
    // A server that is away is waited for otherwise.
    const flags = { workers: '1', 'wait-for-server': '0s' };
    const run = await compare({ source: { url }, target, flags }).catch((error) => error);
    return run instanceof Error ? String((run as { code?: unknown }).code) : run.result.verdict;
  }

  it('ends the run by itself, whenever that is and however it does it', async () => {
    // All of them wait at once, because waiting is nearly all that they do.
    const cases = stalls.flatMap(({ when, stall }) =>
      (['silent', 'dripping'] as const).map((manner) => ({ when, stall, manner })),
    );
    const ends = await Promise.all(
      cases.map(async ({ when, stall, manner }) => [when, manner, await endOfRun(stall, manner)]),
    );
    for (const [when, manner, end] of ends) {
      expect([when, manner, end]).toEqual([
        when,
        manner,
        expect.stringMatching(/^(connect|catalog|unverified)$/),
      ]);
    }
  });

  describe.concurrent.each(['silent', 'dripping'] as const)('(%s)', (manner) => {
    it.runIf(process.platform !== 'win32').each(stalls)(
      '$when is left after Ctrl-C, long before any limit of a wait',
      async ({ stall }) => {
        const proxy = await proxyBefore(stall, manner);
        const url = withoutTls(proxy.url(source.url), {
          'connect-timeout': AN_HOUR,
          'statement-timeout': AN_HOUR,
        });
        const { child, result } = startCli([
          'verify',
          '--source',
          url,
          '--target',
          target.url,
          '--workers',
          '2',
        ]);
        await Promise.all([proxy.stalled, untilConnected(proxy)]);
        child.kill('SIGINT');
        expect((await result).exitCode).toBe(130);
      },
      300_000,
    );
  });
});

async function untilConnected(server: LyingServer): Promise<void> {
  while (server.openConnections() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}
