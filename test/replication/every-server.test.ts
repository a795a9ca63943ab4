import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSide } from '../../src/app/open-side.js';
import { type LeastAccount, leastAccount } from '../servers/least-account.js';
import type { TestDatabase } from '../support/database.js';
import { serversToTest } from '../support/servers/list.js';
import { useServer } from '../support/servers/use-server.js';

const ENVIRONMENT = { variables: {}, readFile: () => null, homeFolder: '/nowhere', userName: 'nobody' };

describe.each(serversToTest())('$name', (kind) => {
  const server = useServer(kind);
  let database: TestDatabase;
  let account: LeastAccount;
  beforeAll(async () => {
    database = await server.openDatabase();
    await database.run('CREATE TABLE kept (id INT PRIMARY KEY)');
    account = await leastAccount(kind.engine, database);
  });
  afterAll(() => account?.drop());

  it('says what it can of replication to an account that has SELECT alone, and how much was written', async () => {
    const { session, catalog } = await openSide({
      side: 'source',
      url: account.url,
      environment: ENVIRONMENT,
    });
    try {
      const about = { side: 'source' as const, tables: catalog.tables };
      const { facts } = await session.ask('replication', about);
      expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
      if (kind.engine === 'postgresql') {
        expect(facts).toMatchObject({ isStandby: false, system: expect.stringMatching(/^\d+$/) });
        expect(facts).toMatchObject({ timeline: '1', position: expect.stringMatching(/^\w+\/\w+$/) });
      } else {
        const grant = /^GRANT (REPLICATION CLIENT|BINLOG MONITOR|SLAVE MONITOR) ON \*\.\* TO 'least_/;
        const refused = { refused: expect.any(String), grant: expect.stringMatching(grant) };
        expect(facts).toMatchObject({ channels: refused, binlog: refused });
      }
      const readChanges = async () => (await session.ask('changes', catalog.tables)).get('kept');
      const before = await readChanges();
      expect(before).toBeDefined();
      await database.run('INSERT INTO kept VALUES (1)');
      // A session of an older PostgreSQL counts what it wrote with a later statement.
      const readLater = async () => {
        await database.run('SELECT 1');
        return readChanges();
      };
      await expect.poll(readLater, { timeout: 20_000, interval: 200 }).not.toBe(before);
      const calm = await readChanges();
      if (kind.isOwn) expect(await readChanges()).toBe(calm);
    } finally {
      await session.close();
    }
  });
});
