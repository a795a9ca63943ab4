import pg from 'pg';
import type { DatabaseAdmin, TestSession } from './database.js';
import type { Cell } from './mysql-admin.js';
import { waitForSessionsToEnd } from './wait-for-sessions.js';

/** The server's own text is what tests compare, so no value is parsed. */
const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => String };

/** Test access to PostgreSQL. */
export function postgresqlAdmin(serverUrl: string): DatabaseAdmin {
  return {
    createDatabase: (name) =>
      withSession(serverUrl, (session) => session.run(`CREATE DATABASE ${name} TEMPLATE template0`)),
    dropDatabase: (name) =>
      withSession(serverUrl, async (session) => {
        const leaked = await waitForSessionsToEnd(() => session.query(selectSessions(name)));
        // DROP DATABASE … WITH (FORCE) came with PostgreSQL 13 only.
        await session.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
        );
        await waitForSessionsToEnd(() => session.query(selectSessions(name)));
        await session.run(`DROP DATABASE IF EXISTS ${name}`);
        return leaked.map((row) => row.join(' '));
      }),
    openSession,
  };
}

async function openSession(url: string): Promise<TestSession> {
  const client = new pg.Client({ connectionString: url, types: AS_TEXT });
  // Where the server ends a session, whoever uses it next is told.
  client.on('error', () => undefined);
  await client.connect();
  // Without an operator, which a test may have planted.
  const version = await client.query('SHOW server_version_num');
  const flushes = Number(version.rows[0]?.server_version_num) >= 150_000;
  return {
    run: async (script) => {
      await client.query(script);
      // Else the server counts what was written some seconds later, and a run takes it for written meanwhile.
      if (flushes) await client.query('SELECT pg_catalog.pg_stat_force_next_flush()').catch(() => undefined);
    },
    query: async (sql) => (await client.query<Cell[]>({ text: sql, rowMode: 'array' })).rows,
    close: () => client.end(),
  };
}

/** Autovacuum workers and the like come and go in a database without anybody having opened them. */
function selectSessions(name: string): string {
  return `SELECT pid, state, query FROM pg_stat_activity WHERE datname = '${name}' AND backend_type = 'client backend'`;
}

async function withSession<Result>(
  url: string,
  use: (session: TestSession) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(url);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}
