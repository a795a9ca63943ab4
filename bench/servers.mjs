import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadServerStarters } from '../test/support/load-server-starters.mjs';

const VARIABLES = {
  mariadb: 'ROWPROOF_BENCH_MARIADB_URL',
  mysql: 'ROWPROOF_BENCH_MYSQL_URL',
  postgresql: 'ROWPROOF_BENCH_POSTGRES_URL',
};

/**
 * The servers to measure on, as `{ engine, url }`, and how to stop those that were started here. Servers that the
 * environment names are used as they are; where it names none, private ones are started as the tests start them.
 */
export async function openServers(environment) {
  const named = Object.entries(VARIABLES)
    .filter(([, variable]) => environment[variable])
    .map(([engine, variable]) => ({ engine, url: environment[variable] }));
  if (named.length > 0) return { servers: named, close: async () => {} };
  return startPrivateServers();
}

async function startPrivateServers() {
  const parent = mkdtempSync(join(tmpdir(), 'rowproof-bench-'));
  chmodSync(parent, 0o755);
  const started = [];
  const close = async () => {
    await Promise.all(started.map(({ server }) => server.stop()));
    if (existsSync(parent)) rmSync(parent, { recursive: true, force: true });
  };
  try {
    const { startPrivateMariadb, startPrivatePostgres } = await loadServerStarters();
    started.push({ engine: 'mariadb', server: await startPrivateMariadb(parent) });
    started.push({ engine: 'postgresql', server: await startPrivatePostgres(parent) });
  } catch (error) {
    await close();
    throw error;
  }
  return { servers: started.map(({ engine, server }) => ({ engine, url: server.url })), close };
}
