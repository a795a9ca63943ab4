import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare, findingCodes, tableResult } from '../app/compare.js';
import { availableEngines, type TestDatabase, useDatabase } from '../support/database.js';
import { endReadingSessions, slowCondition, waitForSlowRead } from './slow-reads.js';
import { fillTable, wordsOf } from './type-words.js';

const ROWS = 1000;
const PASSWORD = 'lost';

describe.each(availableEngines())('a connection to %s that is killed in mid-stream', (engine) => {
  const slow = useDatabase(engine);
  const other = useDatabase(engine === 'postgresql' ? 'mariadb' : 'postgresql');
  const user = `lost_${randomBytes(6).toString('hex')}`;
  const address = new URL(slow.url);
  address.username = user;
  address.password = PASSWORD;
  const slowSide = { url: address.href };
  const flags = {
    where: `streamed:${slowCondition(engine, 0.001)}`,
    'target-where': 'streamed:1 = 1',
  };

  beforeAll(async () => {
    for (const database of [slow, other]) {
      const { instant } = wordsOf(database);
      await database.run(
        `CREATE TABLE streamed (id int PRIMARY KEY, at ${instant} NULL, filling varchar(1000))`,
      );
      await fillTable(database, { table: 'streamed', count: ROWS, select: `n, NULL, '${'x'.repeat(1000)}'` });
      await database.run('CREATE TABLE bag (n int, filling varchar(1000))');
      await fillTable(database, { table: 'bag', count: ROWS, select: `1, '${'x'.repeat(1000)}'` });
      const zone = database.engine === 'postgresql' ? "SET timezone = 'UTC'" : "SET time_zone = '+00:00'";
      await database.run(`${zone}; UPDATE streamed SET at = '2024-03-31 02:30:00'`);
    }
    await slow.run(createAccount(slow, user));
  });
  afterAll(() => slow.run(dropAccount(slow, user)));

  it('is opened and prepared again, and the table is verified', async () => {
    const running = compare({ source: slowSide, target: other, flags: { ...flags, tables: 'streamed' } });
    await waitForSlowRead(slow);
    await delay(200);
    expect(await endReadingSessions(slow)).toBe(1);
    const run = await running;
    expect(run.events.filter(({ type }) => type === 'chunk:retry')).toMatchObject([
      { error: { code: 'connection-lost' } },
    ]);
    expect(tableResult(run, 'streamed')).toMatchObject({
      verdict: 'verified',
      sourceRows: ROWS,
      targetRows: ROWS,
    });
  });

  it('in a table without a key is read from its beginning again, and no row counts twice', async () => {
    const where = { where: `bag:${slowCondition(engine, 0.001)}`, 'target-where': 'bag:1 = 1' };
    const running = compare({ source: slowSide, target: other, flags: { ...where, tables: 'bag' } });
    await waitForSlowRead(slow);
    await delay(200);
    expect(await endReadingSessions(slow)).toBe(1);
    const run = await running;
    expect(run.events.filter(({ type }) => type === 'chunk:retry')).toHaveLength(1);
    expect(tableResult(run, 'bag')).toMatchObject({
      verdict: 'verified',
      sourceRows: ROWS,
      targetRows: ROWS,
    });
  });

  it('leaves the table unverified, never with missing rows, where the server lets nobody in again', async () => {
    const running = compare({
      source: other,
      target: slowSide,
      flags: { ...swapSides(flags), tables: 'streamed' },
    });
    await waitForSlowRead(slow);
    await slow.run(lockAccount(slow, user));
    expect(await endReadingSessions(slow)).toBe(1);
    const run = await running;
    await slow.run(unlockAccount(slow, user));
    const table = tableResult(run, 'streamed');
    expect(table).toMatchObject({ verdict: 'unverified', missing: 0, extra: 0, changed: 0 });
    expect(findingCodes(table)).toEqual(['chunk-unverified']);
    expect(table.findings[0]?.message).toContain('streamed on the target');
    expect(table.findings[0]?.hint).toMatch(/^Run again/);
    expect(table.coverage).toEqual({ rows: 0, chunks: 1, unverifiedChunks: 1 });
  });
});

function swapSides(flags: { where: string; 'target-where': string }): {
  where: string;
  'target-where': string;
} {
  return { where: flags['target-where'], 'target-where': flags.where };
}

function createAccount({ engine, name }: TestDatabase, user: string): string {
  return engine === 'postgresql'
    ? `CREATE ROLE ${user} LOGIN PASSWORD '${PASSWORD}'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${user}`
    : `CREATE USER '${user}'@'%' IDENTIFIED BY '${PASSWORD}'; GRANT SELECT ON \`${name}\`.* TO '${user}'@'%'`;
}

function dropAccount({ engine }: TestDatabase, user: string): string {
  return engine === 'postgresql' ? `DROP OWNED BY ${user}; DROP ROLE ${user}` : `DROP USER '${user}'@'%'`;
}

function lockAccount({ engine }: TestDatabase, user: string): string {
  return engine === 'postgresql' ? `ALTER ROLE ${user} NOLOGIN` : `ALTER USER '${user}'@'%' ACCOUNT LOCK`;
}

function unlockAccount({ engine }: TestDatabase, user: string): string {
  return engine === 'postgresql' ? `ALTER ROLE ${user} LOGIN` : `ALTER USER '${user}'@'%' ACCOUNT UNLOCK`;
}
