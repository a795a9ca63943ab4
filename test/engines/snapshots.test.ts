import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/engines/engine.js';
import { engineFor } from '../../src/engines/registry.js';
import type { Session } from '../../src/engines/session.js';
import { availableEngines, type TestSession, useDatabase } from '../support/database.js';
import { mysqlAdmin } from '../support/mysql-admin.js';
import { postgresqlAdmin } from '../support/postgresql-admin.js';

const ENVIRONMENT = { variables: {}, readFile: () => null, homeFolder: '/nowhere', userName: 'nobody' };
const LONGEST_MS = 60_000;

describe.each(availableEngines())('a session of %s that reads as of one instant', (engineName) => {
  const database = useDatabase(engineName);
  const isPostgresql = engineName === 'postgresql';
  const open: Session[] = [];
  let other: TestSession;
  let engine: Engine;

  const openSession = async (): Promise<Session> => {
    const url = new URL(database.url);
    engine = engineFor(url.protocol.slice(0, -1));
    const session = await engine.open(engine.resolveConnection(url, ENVIRONMENT));
    open.push(session);
    return session;
  };
  const count = async (session: Session): Promise<number> => {
    const { tables } = await session.ask('catalog', {
      settings: engine.resolveConnection(new URL(database.url), ENVIRONMENT),
    });
    const [table] = tables.filter(({ name }) => name === 'accounts');
    if (table === undefined) throw new Error('There is no table.');
    return session.ask('count', { table, where: null });
  };

  beforeAll(async () => {
    await database.run('CREATE TABLE accounts (id INT PRIMARY KEY, cents INT NOT NULL)');
    await database.run('INSERT INTO accounts VALUES (1, 10), (2, 20)');
    const admin = isPostgresql ? postgresqlAdmin(database.url) : mysqlAdmin(database.url);
    other = await admin.openSession(database.url);
  });
  afterAll(async () => {
    await other.close();
    for (const session of open) await session.close();
  });

  it('does not see what is committed afterwards, and a new snapshot does', async () => {
    const session = await openSession();
    await session.ask('begin-snapshot', { from: null, longestMs: LONGEST_MS });
    expect(await count(session)).toBe(2);
    await other.run('INSERT INTO accounts VALUES (3, 30)');
    expect(await count(session)).toBe(2);
    await session.ask('begin-snapshot', { from: null, longestMs: LONGEST_MS });
    expect(await count(session)).toBe(3);
  });

  it('holds up nobody who alters a table between two of its statements', async () => {
    const session = await openSession();
    await session.ask('begin-snapshot', { from: null, longestMs: LONGEST_MS });
    await count(session);
    await other.run('ALTER TABLE accounts ADD COLUMN note INT');
  });

  it('says of a table that was emptied since that it cannot be read as it was', async () => {
    const session = await openSession();
    await session.ask('begin-snapshot', { from: null, longestMs: LONGEST_MS });
    await other.run('TRUNCATE TABLE accounts; INSERT INTO accounts (id, cents) VALUES (7, 70)');
    const error = await count(session).catch((failure: unknown) => failure);
    expect(engine.classifyError(error)).toMatchObject({ transient: true, isOutdated: true });
  });

  it('tells what it costs', async () => {
    const session = await openSession();
    await session.ask('begin-snapshot', { from: null, longestMs: LONGEST_MS });
    const watcher = await openSession();
    // Somebody else on this server may wait for a moment.
    await vi.waitFor(async () =>
      expect(await watcher.ask('snapshot-cost', { sessionIds: [session.serverSessionId] })).toEqual({
        waiting: 0,
        isReplayWaiting: false,
        isSeen: true,
        oldTransactions: expect.any(Number),
        unreplayedBytes: null,
      }),
    );
  });

  it.runIf(isPostgresql)(
    'is read along with by others that know its name, and by no other name',
    async () => {
      const [first, second] = [await openSession(), await openSession()];
      const { name } = await first.ask('begin-snapshot', { from: null, longestMs: LONGEST_MS });
      const rows = await count(first);
      await other.run('INSERT INTO accounts (id, cents) VALUES (8, 80)');
      await second.ask('begin-snapshot', { from: name, longestMs: LONGEST_MS });
      expect(await count(second)).toBe(rows);
      const third = await openSession();
      const begun = third.ask('begin-snapshot', {
        from: "1-'; DROP TABLE accounts; --",
        longestMs: LONGEST_MS,
      });
      await expect(begun).rejects.toThrow('invalid snapshot identifier');
    },
  );
});
