import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseOwnFence } from '../../src/app/own-fence.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import type { Fence } from '../../src/core/fence.js';
import { takePosition } from '../../src/tasks/fence-position.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { startMariadbReplica } from '../support/replication/mysql-replica.js';
import { type ReplicationPair, waitUntil } from '../support/replication/pair.js';
import { type FenceSides, openFenceSides } from './fence-sides.js';

const START_TIMEOUT_MS = 300_000;
const SHORT_MS = 500;

const ownFence = (
  sides: FenceSides,
  urls: { source: string; target: string },
  flags: Readonly<Record<string, string>>,
): Fence => {
  const config = resolveFlags({ source: urls.source, target: urls.target, ...flags });
  const fence = chooseOwnFence(config, { source: sides.source.catalog, target: sides.target.catalog });
  if (fence === null) throw new Error('No column was named.');
  return fence;
};

describe('a column of the user beside a replica', () => {
  let pair: ReplicationPair;
  let sides: FenceSides;
  let beat = 0;
  const once = () => pair.onSource.run(`UPDATE heartbeat SET beat = ${++beat}`);
  const read = async () => Number((await pair.onTarget.query('SELECT beat FROM heartbeat'))[0]?.[0]);
  beforeAll(async () => {
    pair = await startMariadbReplica();
    await pair.onSource.run(
      'CREATE TABLE heartbeat (id INT PRIMARY KEY, beat BIGINT); INSERT INTO heartbeat VALUES (1, 0)',
    );
    await waitUntil('the target has the row', () =>
      read().then(
        (found) => found === 0,
        () => false,
      ),
    );
    sides = await openFenceSides(pair);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await sides?.close();
    await pair?.stop();
  });

  it('gives the second new value, because the first may be of an older transaction', async () => {
    const fence = ownFence(sides, pair, { 'fence-table': 'heartbeat.beat' });
    expect(fence).toMatchObject({ way: 'column', order: 'table', reachedOn: 'target' });
    await once();
    const taking = sides.position(fence);
    const state = { isTaken: false };
    void taking.then(() => {
      state.isTaken = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await once();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(state.isTaken).toBe(false);
    await once();
    expect(await taking).toBe('3');
  });

  it('is reached by that value or a later one', async () => {
    const fence = ownFence(sides, pair, { 'fence-table': 'heartbeat.beat', 'fence-order': 'global' });
    expect(fence.order).toBe('global');
    await pair.pause();
    const writing = setInterval(() => void once(), 100);
    const position = await sides.position(fence);
    clearInterval(writing);
    expect(await sides.isReached(fence, position ?? '', SHORT_MS)).toBe(false);
    await pair.go();
    expect(await sides.isReached(fence, position ?? '')).toBe(true);
    expect(await read()).toBeGreaterThanOrEqual(Number(position));
    expect(await sides.isReached(fence, '99999999999999', SHORT_MS)).toBe(false);
  });

  it('gives none where nobody writes to it, and ends at a stop', async () => {
    const fence = ownFence(sides, pair, { 'fence-table': 'heartbeat.beat' });
    const { session } = sides.source;
    const never = new AbortController().signal;
    expect(await takePosition({ session, fence, stop: never, limitMs: 300 })).toBeNull();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    const began = performance.now();
    expect(await takePosition({ session, fence, stop: stop.signal, limitMs: 60_000 })).toBeNull();
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('gives what a command prints', async () => {
    const fence = ownFence(sides, pair, {
      'fence-table': 'heartbeat.beat',
      'fence-command': `${process.execPath} -p "'7' + 0"`,
    });
    expect(fence.way).toBe('command');
    expect(JSON.parse(JSON.stringify(fence))).toEqual(fence);
    expect(await sides.position(fence)).toBe('70');
  });
});

describe('a column of the user on two engines', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  let sides: FenceSides;
  beforeAll(async () => {
    source = await openTestDatabase('mariadb');
    target = await openTestDatabase('postgresql');
    await source.run(
      `CREATE TABLE Beats (id INT PRIMARY KEY, n DECIMAL(20,3), seen TIMESTAMP(6) NULL, day DATE, word VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
         loose VARCHAR(40), flag BLOB);
       INSERT INTO Beats VALUES (1, 9.5, '2026-01-02 03:04:05.678', '2026-01-02', 'b', 'b', 'x'),
         (2, 10.25, '2026-01-01 00:00:00', '2026-01-01', 'a', 'a', 'x')`,
    );
    await target.run(
      `CREATE TABLE beats (id int PRIMARY KEY, n numeric, seen timestamptz, day date, word text COLLATE "C", loose text, flag bytea);
       INSERT INTO beats SELECT 1, 9.5, '2025-12-31', '2025-12-31', 'Z', 'b', ''`,
    );
    sides = await openFenceSides({ source: source.url, target: target.url });
  });
  afterAll(async () => {
    await sides?.close();
    await source?.drop();
    await target?.drop();
  });
  const choose = (column: string) =>
    ownFence(
      sides,
      { source: source.url, target: target.url },
      {
        'fence-table': column,
        'match-names': 'ignore-case',
      },
    );

  it.each([
    ['n', '10.250', '10.25'],
    ['seen', /^2026-01-02 0\d:04:05\.678000$/, '2026-01-02 23:00:00+00'],
    ['day', '2026-01-02', '2026-01-02'],
    ['word', 'b', 'ba'],
  ])('compares %s as what it is', async (column, position, later) => {
    const fence = choose(`Beats.${column}`);
    const at = await sides.source.session.ask('position', fence);
    expect(at).toMatch(position);
    expect(await sides.isReached(fence, at ?? '', SHORT_MS)).toBe(false);
    await target.run(`UPDATE beats SET ${column} = '${later}'`);
    expect(await sides.isReached(fence, at ?? '', SHORT_MS)).toBe(true);
  });

  it.each([
    ['Beats.loose', 'which do not grow alike'],
    ['Beats.flag', 'which do not grow alike'],
    ['Beats.beat', 'but no such column is on the source'],
    ['beets.n', 'but no table of the source has such a name'],
  ])('refuses %s', (column, message) => {
    expect(() => choose(column)).toThrow(message);
  });
});
