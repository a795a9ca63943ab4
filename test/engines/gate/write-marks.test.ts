import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenSide, openSide } from '../../../src/app/open-side.js';
import { isUnwritten, maySettle, type WriteMark } from '../../../src/core/gate/write-marks.js';
import type { TestDatabase, TestSession } from '../../support/database.js';
import { mysqlAdmin } from '../../support/mysql-admin.js';
import { postgresqlAdmin } from '../../support/postgresql-admin.js';
import { startPrivateMariadb } from '../../support/private-mariadb.js';
import { startPrivatePostgres } from '../../support/private-postgres.js';
import { serversToTest } from '../../support/servers/list.js';
import { useServer } from '../../support/servers/use-server.js';

const ENVIRONMENT = { variables: {}, readFile: () => null, homeFolder: '/nowhere', userName: 'nobody' };
type Kind = Parameters<typeof useServer>[0];
const OWN: readonly Kind[] = [
  { name: 'mariadb', engine: 'mariadb', start: ({ parent, args }) => startPrivateMariadb(parent, args) },
  { name: 'postgresql', engine: 'postgresql', start: ({ parent }) => startPrivatePostgres(parent) },
];
/** The same with another proof, of which MySQL 5.6 has a test as well. */
const COUNTING: readonly Kind[] = [
  {
    name: 'mariadb with counts',
    engine: 'mariadb',
    start: ({ parent }) => startPrivateMariadb(parent, ['--performance-schema=ON']),
  },
];
const isLong = process.env.ROWPROOF_TEST_PAIRS === 'all';
/** Nobody else writes on these: where other servers are named, they take the place of the usual ones. */
const servers = [
  ...OWN,
  ...(isLong ? COUNTING : []),
  ...serversToTest().filter(({ isOwn, engine }) => isOwn || engine === 'mysql'),
];

describe.each(servers)('write marks of $name', (kind) => {
  // MySQL 5.6 has no time of a write, so that without counts nothing tells one table from another.
  const server = useServer(kind, kind.name === 'mysql-5.6' ? ['--performance-schema=ON'] : []);
  const isPostgresql = kind.engine === 'postgresql';
  let database: TestDatabase;
  let side: OpenSide;
  let writer: TestSession;
  const openWriter = () =>
    (isPostgresql ? postgresqlAdmin : mysqlAdmin)(server.url()).openSession(database.url);

  beforeAll(async () => {
    database = await server.openDatabase();
    writer = await openWriter();
    const parts = isPostgresql
      ? `CREATE TABLE parted (id INT, v INT) PARTITION BY RANGE (id);
         CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (10);
         CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (10) TO (20)`
      : `CREATE TABLE parted (id INT PRIMARY KEY, v INT) PARTITION BY RANGE (id)
           (PARTITION low VALUES LESS THAN (10), PARTITION high VALUES LESS THAN (20))`;
    const plain = ['inserted', 'updated', 'deleted', 'emptied', 'calm'].map(
      (name) =>
        `CREATE TABLE ${name} (id INT PRIMARY KEY, v INT); INSERT INTO ${name} VALUES (1, 1), (2, 2);`,
    );
    await writer.run(
      `${plain.join(' ')} CREATE TABLE parent (id INT PRIMARY KEY);
       CREATE TABLE child (id INT PRIMARY KEY, parent_id INT REFERENCES parent (id) ON DELETE CASCADE); ${parts}`,
    );
    if (!isPostgresql)
      await writer.run(
        'ALTER TABLE child ADD CONSTRAINT of_parent FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE',
      );
    await writer.run(
      'INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (1, 1), (2, 2); INSERT INTO parted VALUES (1, 1), (11, 1)',
    );
    side = await openSide({ side: 'source', url: database.url, environment: ENVIRONMENT });
  });
  afterAll(async () => {
    await writer?.close();
    await side?.session.close();
  });

  const read = (): Promise<ReadonlyMap<string, WriteMark>> =>
    side.session.ask('write-marks', {
      tables: side.catalog.tables,
      ownSessionIds: [side.session.serverSessionId],
    });
  /** As long as what was written just now may hide what is written next, nothing is proved. */
  const readSettled = async (): Promise<ReadonlyMap<string, WriteMark>> => {
    await delay(isPostgresql ? 0 : 2200);
    return read();
  };
  const unwritten = (before: ReadonlyMap<string, WriteMark>, after: ReadonlyMap<string, WriteMark>) =>
    [...after.keys()].filter((name) => isUnwritten(before.get(name), after.get(name))).sort();

  it('stay the same while nobody writes, our own reading included', async () => {
    const before = await readSettled();
    for (const table of side.catalog.tables)
      await side.session.ask('count', { table, where: null }).catch(() => undefined);
    await delay(1000);
    const after = await read();
    expect(unwritten(before, after)).toEqual([...after.keys()].sort());
    expect(after.size).toBeGreaterThan(7);
  });

  it('are others after each kind of write, at once', async () => {
    const before = await read();
    expect([...before.values()].every(({ proofs }) => Object.keys(proofs).length > 0)).toBe(true);
    await writer.run(
      `INSERT INTO inserted VALUES (3, 3); UPDATE updated SET v = 7 WHERE id = 1; DELETE FROM deleted WHERE id = 2;
       TRUNCATE TABLE emptied; UPDATE parted SET v = 5 WHERE id = 11; DELETE FROM parent WHERE id = 1;
       INSERT INTO calm VALUES (8, 8)`,
    );
    expect(unwritten(before, await read())).toEqual([]);
  });

  it('are others after the commit of what was written before, or late by what began early', async () => {
    const [early, late] = [await openWriter(), await openWriter()];
    try {
      // Both begin in the second of the last write before them.
      await writer.run('INSERT INTO calm VALUES (9, 9); INSERT INTO inserted VALUES (10, 9)');
      await early.run('BEGIN; UPDATE calm SET id = id + 20 WHERE id = 1');
      await late.run('BEGIN; SELECT * FROM inserted');
      const before = await readSettled();
      await early.run('COMMIT');
      expect(unwritten(before, await read())).not.toContain('calm');
      await late.run('UPDATE inserted SET v = 11 WHERE id = 10; COMMIT');
      const after = unwritten(before, await read());
      expect(after).not.toContain('inserted');
      expect(after).not.toContain('calm');
    } finally {
      await Promise.all([early.close(), late.close()]);
    }
  });

  it('tell a table that was not written from one that was, beside others who write', async () => {
    // What was written by the tests before is told by then.
    await delay(isPostgresql ? 1500 : 0);
    const before = await readSettled();
    await writer.run('INSERT INTO updated VALUES (77, 1)');
    const after = await read();
    expect(unwritten(before, after)).not.toContain('updated');
    if (!isPostgresql) {
      // Where the server is shared somebody else may be writing at this moment.
      await expect
        .poll(async () => unwritten(before, await read()), { timeout: 10_000 })
        .toContain('deleted');
      return;
    }
    // Somebody who may have written just now is still there.
    expect(maySettle(after.get('deleted'))).toBe(true);
    expect(unwritten(before, after)).not.toContain('deleted');
    // Whoever has gone has told what it wrote.
    await writer.close();
    await expect.poll(async () => unwritten(before, await read()), { timeout: 10_000 }).toContain('deleted');
    expect(unwritten(before, await read())).not.toContain('updated');
    writer = await openWriter();
  });
});
