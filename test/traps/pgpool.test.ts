import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { apply, repairFile } from '../apply/applied.js';
import { type TestDatabase, useDatabase } from '../support/database.js';
import { findPgpool, findSystemPostgres, PGPOOL_MISSING } from '../support/find-binaries.mjs';
import type { Pool } from '../support/pgbouncer.js';
import { startPgpool } from '../support/pgpool.js';
import type { PrivateServer } from '../support/private-mariadb.js';
import { startPrivateStandby } from '../support/private-postgres.js';
import { useOwnServer } from '../support/private-server.js';
import { fillTable } from './type-words.js';

const ROWS = 3000;
/** As many as pgpool has processes, each with a connection to every server. */
const CONNECTIONS = 10;

const isThere = findPgpool() !== null && findSystemPostgres() !== null;
if (!isThere) console.warn(PGPOOL_MISSING);

describe.skipIf(!isThere)('a run through pgpool', () => {
  const primary = useOwnServer('postgresql');
  const other = useDatabase('postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-pgpool-'));
  let standby: PrivateServer;
  let pool: Pool;
  let otherPool: Pool;
  let carelessPool: Pool;
  const pooled = () => ({ url: pool.urlFor(primary.url) });
  const otherPooled = () => ({ url: otherPool.urlFor(other.url) });

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    for (const database of [primary, other]) {
      await database.run(
        'CREATE TABLE word (id int PRIMARY KEY, word varchar(20)); CREATE TABLE bag (n int)',
      );
      await fillTable(database as TestDatabase, { table: 'word', count: ROWS, select: "n, 'word'" });
      await fillTable(database as TestDatabase, { table: 'bag', count: ROWS, select: 'n' });
    }
    const folders = ['one', 'two', 'three'].map((name) => mkdtempSync(join(folder, name)));
    for (const each of folders) chmodSync(each, 0o755);
    [standby, otherPool] = await Promise.all([
      startPrivateStandby(folders[0] ?? '', primary.url),
      startPgpool(folders[1] ?? '', [other.url]),
    ]);
    const servers = [primary.url, standby.url];
    [pool, carelessPool] = await Promise.all([
      startPgpool(folders[0] ?? '', servers),
      startPgpool(folders[2] ?? '', servers, { allow_sql_comments: 'on' }),
    ]);
    await ask(standby.url, 'SELECT pg_wal_replay_pause()');
    await primary.run("UPDATE word SET word = 'new' WHERE id IN (7, 2999); DELETE FROM word WHERE id = 8");
  }, 300_000);
  afterAll(async () => {
    for (const server of [pool, otherPool, carelessPool, standby]) await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function ask(url: string, sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(sql);
    await client.end();
    return rows;
  }

  /** Every connection is as a new one, for the next client too, and can write. */
  async function expectUntouched(url: string): Promise<void> {
    const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client({ connectionString: url }));
    await Promise.all(clients.map((client) => client.connect()));
    for (const client of clients) {
      const { rows } = await client.query(
        "/*NO LOAD BALANCE*/ SELECT name FROM pg_settings WHERE source = 'session' AND setting IS DISTINCT FROM reset_val",
      );
      expect(rows.map(({ name }) => name).filter((name) => name !== 'application_name')).toEqual([]);
      await client.query("UPDATE word SET word = 'word' WHERE id = -1");
      await client.end();
    }
  }

  const DIFFERENCES = ['changed 7 word', 'missing 8', 'changed 2999 word'];

  it('reads the primary, although pgpool gives reads to a standby that lags behind', async () => {
    expect(await ask(pooled().url, 'SELECT word FROM word WHERE id = 7')).toEqual([{ word: 'word' }]);
    const run = await compare({
      source: otherPooled(),
      target: pooled(),
      flags: { 'chunk-rows': '500' },
    });
    expect(listDifferences(run)).toEqual(DIFFERENCES);
    expect(tableResult(run, 'bag')).toMatchObject({ verdict: 'verified', sourceRows: ROWS });
    await expectUntouched(pooled().url);
  });

  it('proves nothing where pgpool does so whatever it is told', async () => {
    const target = { url: carelessPool.urlFor(primary.url) };
    const { result } = await compare({ source: other, target });
    expect(result).toMatchObject({ verdict: 'unverified', totals: { targetRows: 0 } });
    for (const { verdict, findings } of result.tables)
      expect({ verdict, findings }).toMatchObject({
        verdict: 'unverified',
        findings: [{ code: 'chunk-unverified', hint: expect.stringContaining('allow_sql_comments') }],
      });
    const count = await compare({ source: other, target, flags: { mode: 'count' } });
    expect(count.result.verdict).toBe('unverified');
  });

  it('counts and hashes there too, and is not told what pgpool remembers', async () => {
    const sides = { source: otherPooled(), target: pooled() };
    const hashed = await compare({ ...sides, flags: { 'checksum-on': 'server' } });
    expect(tableResult(hashed, 'word')).toMatchObject({ missing: 1, changed: 2 });
    for (const rows of [ROWS - 1, ROWS]) {
      const count = await compare({ ...sides, flags: { mode: 'count' } });
      expect(tableResult(count, 'word')).toMatchObject({ sourceRows: ROWS, targetRows: rows });
      await primary.run("INSERT INTO word VALUES (8, 'word') ON CONFLICT DO NOTHING");
    }
    await primary.run('DELETE FROM word WHERE id = 8');
    await expectUntouched(pooled().url);
  });

  it('has its repair applied and taken back on the primary', async () => {
    const sides = { source: other, target: { ...other, url: pooled().url } };
    const before = await primary.query('SELECT * FROM word ORDER BY id');
    const { result, left } = await apply(sides.target, await repairFile(sides));
    expect(left).toEqual([]);
    expect(result).toMatchObject({ applied: 3, verified: 3, differing: 0 });
    expect((await compare({ source: other, target: primary })).result.verdict).toBe('verified');
    const undone = await apply(sides.target, result.undoPath ?? '');
    expect(undone.result).toMatchObject({ applied: 3, differing: 0 });
    expect(await primary.query('SELECT * FROM word ORDER BY id')).toEqual(before);
    await expectUntouched(pooled().url);
  });

  it('has its repair applied on the primary where pgpool gives reads to a standby whatever it is told', async () => {
    const target = { ...other, url: carelessPool.urlFor(primary.url) };
    const before = await primary.query('SELECT * FROM word ORDER BY id');
    const file = await repairFile({ source: other, target: { ...other, url: pooled().url } });
    const { result, left } = await apply(target, file, { otherTarget: true });
    expect(left).toEqual([]);
    expect(result).toMatchObject({ applied: 3, verified: 3, differing: 0 });
    expect((await compare({ source: other, target: primary })).result.verdict).toBe('verified');
    await apply(target, result.undoPath ?? '');
    expect(await primary.query('SELECT * FROM word ORDER BY id')).toEqual(before);
  });

  it('says whose rows they are where a side is the standby itself', async () => {
    const url = new URL(primary.url);
    url.port = new URL(standby.url).port;
    // Its replay is paused, and nobody is to wait for it.
    const flags = { 'recheck-for': '0s' };
    const run = await compare({ source: primary, target: { url: url.href }, flags });
    expect(listDifferences(run)).toEqual(DIFFERENCES.map((line) => line.replace('missing', 'extra')));
    expect(run.result.findings).toMatchObject([
      { code: 'standby', message: expect.stringMatching(/^Target: the server is a standby/) },
    ]);
  });
});
