import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { KeptServer } from './kept-server.js';
import { type PrivateServer, pingMysql, startPrivateMariadb } from './private-mariadb.js';
import { pingPostgres, startPrivatePostgres } from './private-postgres.js';

/** The servers of one test run. A socket is null where the server was named by the environment. */
export interface TestServers {
  readonly mariadb: string;
  readonly postgresql: string;
  /** A real MySQL is only there when ROWPROOF_TEST_MYSQL_URL names one. */
  readonly mysql: string | null;
  readonly mariadbSocket: string | null;
  readonly postgresqlSocketFolder: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    servers: TestServers;
  }
}

interface ServerAddress {
  readonly url: string;
  readonly socket: string | null;
}

interface Startable {
  readonly ping: (url: string) => Promise<void>;
  readonly launch: (parent: string) => Promise<PrivateServer>;
}

/** Starts each server that the environment does not name; the function that it returns stops what it started. */
export default async function setUpServers(project: TestProject): Promise<() => Promise<void>> {
  const parent = mkdtempSync(join(tmpdir(), 'rowproof-'));
  chmodSync(parent, 0o755);
  // What a run keeps would lie in the home of whoever runs the tests.
  process.env.XDG_STATE_HOME = join(parent, 'state');
  const started: KeptServer[] = [];
  const tearDown = async () => {
    await Promise.all(started.map((server) => server.stop()));
    if (existsSync(parent)) rmSync(parent, { recursive: true, force: true });
  };
  const startUnlessNamed = async (variable: string, { ping, launch }: Startable): Promise<ServerAddress> => {
    const named = await findNamedServer(variable, ping);
    if (named !== null) return named;
    const server = await launch(parent);
    started.push(server);
    return server;
  };
  const [mariadb, postgresql, mysql] = await Promise.allSettled([
    startUnlessNamed('ROWPROOF_TEST_MARIADB_URL', { ping: pingMysql, launch: startPrivateMariadb }),
    startUnlessNamed('ROWPROOF_TEST_POSTGRES_URL', { ping: pingPostgres, launch: startPrivatePostgres }),
    findNamedServer('ROWPROOF_TEST_MYSQL_URL', pingMysql),
  ]);
  if (mariadb.status === 'rejected' || postgresql.status === 'rejected' || mysql.status === 'rejected') {
    await tearDown();
    throw [mariadb, postgresql, mysql].find((outcome) => outcome.status === 'rejected')?.reason;
  }
  project.provide('servers', {
    mariadb: mariadb.value.url,
    postgresql: postgresql.value.url,
    mysql: mysql.value?.url ?? null,
    mariadbSocket: mariadb.value.socket,
    postgresqlSocketFolder: postgresql.value.socket,
  });
  return tearDown;
}

/** A server that was named and does not answer fails the run: running without it would be a silent skip. */
async function findNamedServer(
  variable: string,
  ping: (url: string) => Promise<void>,
): Promise<ServerAddress | null> {
  const url = process.env[variable];
  if (url === undefined || url === '') return null;
  try {
    await ping(url);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The server that ${variable} names does not answer: ${reason}`, { cause: error });
  }
  return { url, socket: null };
}
