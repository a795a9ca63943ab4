import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type TestDatabase, type TestSession, urlOfDatabase } from './database.js';
import { mysqlAdmin } from './mysql-admin.js';
import { postgresqlAdmin } from './postgresql-admin.js';
import { type PrivateServer, startPrivateMariadb } from './private-mariadb.js';
import { startPrivatePostgres } from './private-postgres.js';

const DATABASE = 'shop';

/** A server that belongs to one `describe`, whose settings a test may change, with a database `shop`. */
export type OwnServer = Pick<TestDatabase, 'engine' | 'name' | 'url' | 'run' | 'query'>;

/** Starts a server before the first test of the surrounding file or `describe`, and stops it after its last. */
export function useOwnServer(engine: 'mariadb' | 'postgresql'): OwnServer {
  let server: PrivateServer | null = null;
  let session: TestSession | null = null;
  let folder = '';
  const admin = (url: string) => (engine === 'postgresql' ? postgresqlAdmin(url) : mysqlAdmin(url));
  const url = (): string => urlOfDatabase(server?.url ?? '', DATABASE);
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rowproof-own-'));
    chmodSync(folder, 0o755);
    server = engine === 'postgresql' ? await startPrivatePostgres(folder) : await startPrivateMariadb(folder);
    await admin(server.url).createDatabase(DATABASE);
    session = await admin(server.url).openSession(url());
  }, 300_000);
  afterAll(async () => {
    await session?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const opened = (): TestSession => {
    if (session === null) throw new Error('The server has not started.');
    return session;
  };
  return {
    engine,
    name: DATABASE,
    get url() {
      return url();
    },
    run: (script) => opened().run(script),
    query: (sql) => opened().query(sql),
  };
}
