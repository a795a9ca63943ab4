import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, compare, listDifferences } from '../app/compare.js';
import { type TestDatabase, useDatabase } from '../support/database.js';
import { findSystemPostgres, POSTGRES_MISSING } from '../support/find-binaries.mjs';
import { postgresqlAdmin } from '../support/postgresql-admin.js';
import type { PrivateServer } from '../support/private-mariadb.js';
import { startPrivateStandby } from '../support/private-postgres.js';
import { useOwnServer } from '../support/private-server.js';
import { findSlowReads, slowCondition, waitForSlowRead } from './slow-reads.js';
import { fillTable } from './type-words.js';

const ROWS = 1500;
const FLAGS = {
  where: `word:${slowCondition('postgresql', 0.001)}`,
  'target-where': 'word:1 = 1',
  // What differs twice at once is not waited for.
  'recheck-for': '0s',
};

/** Only an installed PostgreSQL brings along what copies a running server. */
const isThere = findSystemPostgres() !== null;
if (!isThere) console.warn(POSTGRES_MISSING);

describe.skipIf(!isThere)('a read of PostgreSQL', () => {
  const source = useOwnServer('postgresql');
  const target = useDatabase('postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-standby-'));
  let standby: PrivateServer;

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    for (const database of [source, target]) {
      await database.run('CREATE TABLE word (id int PRIMARY KEY, word varchar(20))');
      await fillTable(database as TestDatabase, { table: 'word', count: ROWS, select: "n, 'word'" });
    }
    await target.run(`UPDATE word SET word = 'other' WHERE id IN (7, ${ROWS})`);
    standby = await startPrivateStandby(folder, source.url, ['-c', 'max_standby_streaming_delay=0']);
  }, 300_000);
  afterAll(async () => {
    await standby?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function expectReadAgain(run: Comparison, error: object): void {
    const [first, ...others] = run.events.filter(({ type }) => type === 'chunk:retry');
    expect(first).toMatchObject({ error });
    // A server that is not up again yet lets nobody in.
    for (const retry of others) expect(retry).toMatchObject({ error: { code: 'connect' } });
    expect(run.result.totals).toMatchObject({ sourceRows: ROWS, targetRows: ROWS });
    expect(listDifferences(run)).toEqual(['changed 7 word', `changed ${ROWS} word`]);
    expect(run.result.tables).toMatchObject([{ verdict: 'different', coverage: { unverifiedChunks: 0 } }]);
  }

  it('that its standby cancels, because it takes over that rows are gone, is done again', async () => {
    const url = new URL(source.url);
    url.port = new URL(standby.url).port;
    const session = await postgresqlAdmin(url.href).openSession(url.href);
    const running = compare({ source: { url: url.href }, target, flags: FLAGS });
    await waitForSlowRead({ ...source, query: session.query } as TestDatabase);
    await session.close();
    await source.run("INSERT INTO word VALUES (0, 'gone')");
    await source.run('DELETE FROM word WHERE id = 0');
    await source.run('VACUUM word');
    expectReadAgain(await running, {
      code: 'read',
      message: expect.stringContaining('conflict with recovery'),
    });
  });

  it('is one of the standby among several hosts where the URL asks for that', async () => {
    const { host } = new URL(standby.url);
    const primary = new URL(source.url);
    const both = `${primary.protocol}//verify:verify@${primary.host},${host}${primary.pathname}`;
    for (const role of ['standby', 'read-only', 'prefer-standby']) {
      const run = await compare({
        source: { url: `${both}?target_session_attrs=${role}` },
        target,
        flags: {},
      });
      expect(run.result.source.url).toBe(`postgres://${host}${primary.pathname}`);
      expect(run.result.findings).toContainEqual(expect.objectContaining({ code: 'standby' }));
    }
    const run = await compare({ source: { url: both }, target, flags: {} });
    expect(run.result.source.url).toBe(`postgres://${primary.host}${primary.pathname}`);
  });

  it('in which the server crashes and recovers is done again', async () => {
    const running = compare({ source, target, flags: FLAGS });
    await waitForSlowRead(source as TestDatabase);
    const [pid] = await findSlowReads(source as TestDatabase);
    process.kill(Number(pid), 'SIGKILL');
    expectReadAgain(await running, { code: 'connection-lost' });
  });
});
