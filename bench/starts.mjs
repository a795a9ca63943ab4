import { createDatabases, DATABASES, dropDatabases, openAdmin, urlOf } from './databases.mjs';
import { measureTurns } from './measure.mjs';
import { describeSetting, writeResults } from './results.mjs';
import { openServers } from './servers.mjs';

/** So many small tables, and how many rows each has. */
const MANY_TABLES = 1000;
const ROWS = 50;

const NODE = ['-e', '0'];

/** What starting takes, in multiples of a Node.js that does nothing: the version, a run of 100 rows, a run of many small tables. */
export async function runStartBench({ runs }, rowproof) {
  const { servers, close } = await openServers(process.env);
  try {
    const loaded = [];
    for (const server of servers) {
      console.error(`Making ${MANY_TABLES} tables on ${server.engine}`);
      loaded.push({ engine: server.engine, version: await createDatabases(server, 100) });
      for (const name of Object.values(DATABASES)) await createSmallTables(server, name);
    }
    const measured = [];
    for (const [source, target] of pairings(servers)) measured.push(await measurePair(source, target, runs));
    const setting = describeSetting({ rowproof, rows: 100, runs, servers: loaded });
    console.log([JSON.stringify(setting), ...measured.flatMap(formatPair)].join('\n'));
    console.error(`Written to ${writeResults(setting, measured)}`);
  } finally {
    await Promise.allSettled(servers.map(dropDatabases));
    await close();
  }
}

function pairings(servers) {
  return servers.flatMap((source, i) => servers.slice(i).map((target) => [source, target]));
}

async function createSmallTables({ engine, url }, database) {
  const session = await openAdmin(engine, urlOf(url, database));
  const numbers =
    engine === 'postgresql'
      ? `FROM generate_series(1, ${ROWS}) AS i`
      : `FROM (SELECT id AS i FROM narrow WHERE id <= ${ROWS}) AS n`;
  try {
    for (let table = 0; table < MANY_TABLES; table++) {
      await session.run(`CREATE TABLE small_${table} (id bigint PRIMARY KEY, v int NOT NULL, c varchar(20))`);
      await session.run(`INSERT INTO small_${table} SELECT i, i * 7, CONCAT('text ', i) ${numbers}`);
    }
    if (engine === 'postgresql') await session.run('ANALYZE');
  } finally {
    await session.close();
  }
}

async function measurePair(source, target, runs) {
  const sides = [
    ...['--source', urlOf(source.url, DATABASES.source)],
    ...['--target', urlOf(target.url, DATABASES.target)],
  ];
  const turns = await measureTurns(
    {
      node: NODE,
      version: ['rowproof', '--version'],
      few: ['rowproof', 'verify', ...sides, '--tables', 'narrow'],
      many: ['rowproof', 'verify', ...sides, '--tables', 'small_*'],
    },
    runs,
  );
  return { source: source.engine, target: target.engine, tables: MANY_TABLES, turns };
}

function formatPair({ source, target, tables, turns: { node, ...others } }) {
  const titles = { version: '--version', few: 'a run of 100 rows', many: `a run of ${tables} tables` };
  return Object.entries(others).map(([name, { seconds, cpuSeconds }]) => {
    const wall = `${seconds.toFixed(2)} s, ${(seconds / node.seconds).toFixed(1)} times node -e 0`;
    const cpu = `processors ${cpuSeconds.toFixed(2)} s, ${(cpuSeconds / node.cpuSeconds).toFixed(1)} times`;
    return `${source} -> ${target}, ${titles[name]}: ${wall}; ${cpu}`;
  });
}
