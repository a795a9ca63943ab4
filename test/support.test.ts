import mysql from 'mysql2/promise';
import pg from 'pg';
import { describe, expect, inject, it } from 'vitest';
import {
  availableEngines,
  enginePairs,
  openTestDatabase,
  type TestDatabase,
  useDatabase,
} from './support/database.js';
import { describeWithSharedData, readSharedScript, sharedData } from './support/shared-data.js';

describe.each(availableEngines())('a test database of %s', (engine) => {
  const database = useDatabase(engine);

  it('keeps rows between statements and returns the text of the server', async () => {
    await database.run(
      "CREATE TABLE word (id bigint, word varchar(20)); INSERT INTO word VALUES (9007199254740993, 'é😀')",
    );
    expect(await database.query('SELECT id, word, NULL FROM word')).toEqual([
      ['9007199254740993', 'é😀', null],
    ]);
  });

  it('returns bytes as hexadecimal digits', async () => {
    const bytes = engine === 'postgresql' ? "'\\xff00fe'::bytea" : "x'ff00fe'";
    expect(await database.query(`SELECT ${bytes}`)).toEqual([['\\xff00fe']]);
  });

  it('stores text as UTF-8', async () => {
    const sql = engine === 'postgresql' ? 'SHOW server_encoding' : 'SELECT @@character_set_database';
    expect(await database.query(sql)).toEqual([[engine === 'postgresql' ? 'UTF8' : 'utf8mb4']]);
  });

  it('refuses to be dropped in silence while a session is in it', async () => {
    const leaking = await openTestDatabase(engine);
    const close = await leakSession(leaking);
    await expect(leaking.drop()).rejects.toThrow('Sessions were left open');
    await close();
  });

  it('is gone after it was dropped', async () => {
    const dropped = await openTestDatabase(engine);
    await dropped.drop();
    await expect(dropped.query('SELECT 1')).rejects.toThrow();
  });
});

describe('the private servers', () => {
  it.runIf(inject('servers').mariadbSocket !== null)('do not run in UTC: MariaDB', async () => {
    const database = await openTestDatabase('mariadb');
    expect(await database.query('SELECT @@time_zone')).toEqual([['-05:00']]);
    await database.drop();
  });

  it.runIf(inject('servers').postgresqlSocketFolder !== null)('do not run in UTC: PostgreSQL', async () => {
    const database = await openTestDatabase('postgresql');
    expect(await database.query('SHOW timezone')).toEqual([['America/New_York']]);
    await database.drop();
  });

  it.runIf(inject('servers').mariadbSocket !== null)(
    'let the account in through the socket too',
    async () => {
      const socketPath = inject('servers').mariadbSocket ?? '';
      await mysql.createConnection({ socketPath, user: 'verify', password: 'verify' }).then((c) => c.end());
    },
  );

  it('ask for the right password', async () => {
    const { mariadb, postgresql } = inject('servers');
    const { port } = new URL(mariadb);
    const asMysql = mysql.createConnection({
      host: '127.0.0.1',
      port: Number(port),
      user: 'verify',
      password: 'wrong',
    });
    await expect(asMysql).rejects.toThrow('Access denied');
    const wrong = new URL(postgresql);
    wrong.password = 'wrong';
    await expect(new pg.Client({ connectionString: wrong.href }).connect()).rejects.toThrow(
      'password authentication',
    );
  });
});

describe('the test matrix', () => {
  it('pairs every engine with every engine', () => {
    const { length } = availableEngines();
    expect(new Set(enginePairs().map(({ source, target }) => `${source} ${target}`)).size).toBe(length ** 2);
  });
});

describeWithSharedData('shared data', () => {
  const database = useDatabase('postgresql');

  it('names the file that is missing', () => {
    expect(() => sharedData('no/such/file')).toThrow(/^Expected the shared data .*file: put it there/);
  });

  it('loads into a test database', async () => {
    await database.run(readSharedScript('chinook/postgres.sql'));
    expect(await database.query('SELECT count(*) FROM track')).toEqual([['3503']]);
  });
});

async function leakSession({ engine, url }: TestDatabase): Promise<() => Promise<void>> {
  if (engine === 'postgresql') {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    return () => client.end().catch(() => {});
  }
  const connection = await mysql.createConnection(url.replace(/^mariadb/, 'mysql'));
  connection.on('error', () => {});
  return async () => connection.destroy();
}
