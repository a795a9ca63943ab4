import mysql from 'mysql2/promise';
import pg from 'pg';
import { mariadbNumbers, mysqlNumbers } from './orders-table.mjs';
import { damageStatement, TABLES } from './tables.mjs';

export const DATABASES = { source: 'rowproof_bench_source', target: 'rowproof_bench_target' };

/** Creates both databases of a server, fills them, and returns the server's version. */
export async function createDatabases({ engine, url }, rows) {
  await dropDatabases({ engine, url });
  const admin = await openAdmin(engine, url);
  try {
    for (const name of Object.values(DATABASES)) {
      await admin.run(`CREATE DATABASE ${name}`);
      const session = await openAdmin(engine, urlOf(url, name));
      try {
        for (const statement of statementsFor(engine, rows)) await session.run(statement);
      } finally {
        await session.close();
      }
    }
    return await admin.version();
  } finally {
    await admin.close();
  }
}

/** Removes what `createDatabases` made. */
export async function dropDatabases({ engine, url }) {
  const admin = await openAdmin(engine, url);
  try {
    for (const name of Object.values(DATABASES)) await admin.run(`DROP DATABASE IF EXISTS ${name}`);
  } finally {
    await admin.close();
  }
}

/** The address of a database on the server of a URL. */
export function urlOf(serverUrl, database) {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Changes orders of a server's target database as a case says, and clears away what that leaves behind. */
export async function damageOrders({ engine, url }, damage) {
  const session = await openAdmin(engine, urlOf(url, DATABASES.target));
  try {
    await session.run(damageStatement(damage));
    await session.run(engine === 'postgresql' ? 'VACUUM ANALYZE orders' : 'ANALYZE TABLE orders');
  } finally {
    await session.close();
  }
}

function statementsFor(engine, rows) {
  if (engine === 'postgresql')
    return TABLES.flatMap(({ postgresStatements, rowsOf }) => postgresStatements(rowsOf(rows)));
  const numbers = engine === 'mariadb' ? mariadbNumbers : mysqlNumbers;
  const statements = TABLES.flatMap(({ mysqlStatements, rowsOf }) => mysqlStatements(rowsOf(rows), numbers));
  return engine === 'mariadb' ? statements : [`SET SESSION cte_max_recursion_depth = ${rows}`, ...statements];
}

/** A session that may do anything; `run` resolves with rows. */
export function openAdmin(engine, url) {
  return engine === 'postgresql' ? openPostgres(url) : openMysql(url);
}

async function openPostgres(url) {
  const named = new URL(url).pathname.length > 1 ? url : urlOf(url, 'postgres');
  const client = new pg.Client({ connectionString: named });
  await client.connect();
  return {
    run: async (sql) => (await client.query(sql)).rows,
    version: async () => (await client.query("SELECT current_setting('server_version') AS v")).rows[0].v,
    close: () => client.end(),
  };
}

async function openMysql(url) {
  const { hostname, port, username, password, pathname } = new URL(url);
  const connection = await mysql.createConnection({
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    charset: 'utf8mb4_bin',
    ...(pathname.length > 1 ? { database: decodeURIComponent(pathname.slice(1)) } : {}),
  });
  return {
    run: async (sql) => (await connection.query(sql))[0],
    version: async () => (await connection.query('SELECT VERSION() AS v'))[0][0].v,
    close: () => connection.end(),
  };
}
