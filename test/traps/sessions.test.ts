import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { processEnvironment } from '../../src/config/environment.js';
import type { SqlSession } from '../../src/engines/sql-session.js';
import { compare } from '../app/compare.js';
import { availableEngines, type TestDatabase, type TestEngine, useDatabase } from '../support/database.js';
import { sqlPartsFor } from '../support/sql-engine.js';
import { processList } from './slow-reads.js';

/** Opens a session as a worker does. */
async function openWorkerSession(url: string): Promise<SqlSession> {
  const address = new URL(url);
  const engine = sqlPartsFor(url);
  return engine.openSql(engine.resolveConnection(address, processEnvironment()));
}

const MYSQL_WRITES = [
  'INSERT INTO word VALUES (2)',
  'UPDATE word SET id = 3',
  'DELETE FROM word',
  'CREATE TABLE other (id int)',
  'DROP TABLE word',
];
/** Only what can stand before an OFFSET gets as far as the server's own refusal. */
const WRITES: Readonly<Record<TestEngine, readonly string[]>> = {
  mysql: MYSQL_WRITES,
  mariadb: MYSQL_WRITES,
  postgresql: [
    'WITH w AS (INSERT INTO public.word VALUES (2) RETURNING id) SELECT id FROM w',
    'WITH w AS (UPDATE public.word SET id = 3 RETURNING id) SELECT id FROM w',
    'WITH w AS (DELETE FROM public.word RETURNING id) SELECT id FROM w',
    'SELECT id INTO public.other FROM public.word',
  ],
};

const withOption = ({ url }: TestDatabase, name: string, value: string): string => {
  const address = new URL(url);
  address.searchParams.set(name, value);
  return address.href;
};

describe.each(availableEngines())('a session on %s', (engine) => {
  const database = useDatabase(engine);
  let session: SqlSession;

  beforeAll(async () => {
    await database.run('CREATE TABLE word (id int PRIMARY KEY); INSERT INTO word VALUES (1)');
    session = await openWorkerSession(database.url);
  });
  afterAll(() => session.close());

  it.each(WRITES[engine])('refuses %s, although the account may', async (statement) => {
    await expect(session.query(statement)).rejects.toThrow(/read.?only/i);
    expect(await database.query('SELECT id FROM word')).toEqual([['1']]);
  });

  it('runs in UTC whatever the zone of the server', async () => {
    const sql =
      engine === 'postgresql'
        ? "SELECT current_setting('TimeZone') AS zone"
        : 'SELECT @@SESSION.time_zone AS zone';
    expect(await session.query(sql)).toEqual([{ zone: engine === 'postgresql' ? 'UTC' : '+00:00' }]);
  });

  it('is gone after a run, on both sides', async () => {
    await compare({ source: database, target: { url: inTheOtherEngine.url } }).catch(() => undefined);
    const sql =
      engine === 'postgresql'
        ? `SELECT count(*) FROM pg_stat_activity WHERE datname = '${database.name}' AND pid <> pg_backend_pid() AND pid <> ${session.serverSessionId}`
        : `SELECT count(*) FROM ${processList(engine)} WHERE db = '${database.name}' AND id NOT IN (CONNECTION_ID(), ${session.serverSessionId})`;
    await expect.poll(() => database.query(sql)).toEqual([['0']]);
  });

  const inTheOtherEngine = useDatabase(engine === 'postgresql' ? 'mariadb' : 'postgresql');
});

describe.each(availableEngines().filter((engine) => engine === 'mysql'))(
  'an account of %s with caching_sha2_password',
  (engine) => {
    const source = useDatabase(engine);
    const target = useDatabase('postgresql');
    const user = `sha2_${randomBytes(6).toString('hex')}`;

    beforeAll(async () => {
      await source.run(`CREATE TABLE word (id int PRIMARY KEY); INSERT INTO word VALUES (1)`);
      await target.run('CREATE TABLE word (id int PRIMARY KEY); INSERT INTO word VALUES (1)');
      await source.run(`CREATE USER '${user}'@'%' IDENTIFIED WITH caching_sha2_password BY 'p@ss:wörd%';
      GRANT SELECT ON \`${source.name}\`.* TO '${user}'@'%'`);
    });
    afterAll(() => source.run(`DROP USER '${user}'@'%'`));

    it.each(['DISABLED&get-server-public-key=true', 'PREFERRED', 'REQUIRED'])(
      'that has not logged in before gets in over TCP with ssl-mode=%s',
      async (options) => {
        const mode = options.split('&')[0] ?? '';
        await source.run(
          `ALTER USER '${user}'@'%' IDENTIFIED WITH caching_sha2_password BY 'p@ss:wörd%'; FLUSH PRIVILEGES`,
        );
        const address = new URL(withOption(source, 'ssl-mode', mode));
        if (options.includes('&')) address.searchParams.set('get-server-public-key', 'true');
        address.username = user;
        address.password = encodeURIComponent('p@ss:wörd%');
        expect((await compare({ source: { url: address.href }, target })).result.verdict).toBe('verified');
      },
    );

    it.each([
      ['PREFERRED', /./],
      ['REQUIRED', /./],
      ['DISABLED', /^$/],
    ])('is connected as ssl-mode=%s asks', async (mode, cipher) => {
      const session = await openWorkerSession(withOption(source, 'ssl-mode', mode));
      const [row] = await session.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
      await session.close();
      expect(Object.values(row ?? {})[1]).toMatch(cipher);
    });
  },
);

describe('a server without TLS', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  beforeAll(async () => {
    await source.run('CREATE TABLE word (id int PRIMARY KEY)');
    await target.run('CREATE TABLE word (id int PRIMARY KEY)');
  });

  it('is read without it where TLS is only preferred', async () => {
    const flags = {
      source: { url: withOption(source, 'ssl-mode', 'PREFERRED') },
      target: { url: withOption(target, 'sslmode', 'prefer') },
    };
    expect((await compare(flags)).result.verdict).toBe('verified');
  });

  it('is not read where TLS is required', async () => {
    await expect(
      compare({ source: { url: withOption(source, 'ssl-mode', 'REQUIRED') }, target }),
    ).rejects.toMatchObject({ code: 'connect' });
    await expect(
      compare({ source, target: { url: withOption(target, 'sslmode', 'require') } }),
    ).rejects.toMatchObject({ code: 'connect' });
  });
});

describe.each(availableEngines().filter((engine) => engine !== 'postgresql'))(
  'a session that %s ends for being idle',
  (engine) => {
    const database = useDatabase(engine);

    it('is the error of the statement that follows, and prints nothing', async () => {
      const written = vi.spyOn(console, 'error').mockImplementation(() => {});
      const session = await openWorkerSession(database.url);
      await session.query('SET SESSION wait_timeout = 1');
      // The thread stands still, so that the server's farewell is read only when the statement is on its way.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
      await expect(session.query('SELECT 1')).rejects.toThrow();
      expect(written.mock.calls).toEqual([]);
      written.mockRestore();
      await session.close();
    });
  },
);
