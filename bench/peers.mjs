import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createDatabases, DATABASES, damageOrders, dropDatabases, urlOf } from './databases.mjs';
import { median } from './measure.mjs';
import { describeSetting, writeResults } from './results.mjs';
import { findServerProcesses, readServerSeconds } from './server-usage.mjs';
import { openServers } from './servers.mjs';

const ROWPROOF = fileURLToPath(new URL('../bin/rowproof.js', import.meta.url));
const STATES = [
  { name: 'equal', every: null },
  { name: '0.01% differ', every: 10_000 },
];

/**
 * The tools that are measured beside Rowproof, as their documentation starts them. `commandFor` is null where a tool does not know
 * the engine; `countFound` says from its output how many rows it lists; null where it does not list rows.
 */
const TOOLS = [
  {
    name: 'rowproof',
    isThere: () => true,
    commandFor: ({ source, target }) => [
      process.execPath,
      ...[ROWPROOF, 'verify', '--no-journal', '--source', source, '--target', target],
      ...['--tables', 'orders', '--report', 'json', '--quiet'],
    ],
    countFound: (output) => JSON.parse(output).totals.changed,
  },
  ...['CRC32', 'MD5'].map((hash) => ({
    name: `pt-table-sync, ${hash}`,
    isThere: () => isInstalled('pt-table-sync'),
    commandFor: ({ engine, source, target }) =>
      engine === 'mariadb'
        ? ['pt-table-sync', '--print', `--function=${hash}`, dsnOf(source), dsnOf(target)]
        : null,
    countFound: (output) =>
      output.split('\n').filter((line) => /^(UPDATE|REPLACE|INSERT|DELETE) /.test(line)).length,
  })),
  {
    name: 'pt-table-checksum, one side only',
    isThere: () => isInstalled('pt-table-checksum'),
    commandFor: ({ engine, source }) => (engine === 'mariadb' ? checksumCommand(source) : null),
    countFound: () => null,
  },
  {
    name: 'reladiff',
    isThere: () => isInstalled('reladiff'),
    commandFor: ({ source, target }) => [
      ...['reladiff', source.replace('postgres:', 'postgresql:'), 'orders'],
      ...[target.replace('postgres:', 'postgresql:'), 'orders', '-k', 'id', '-c', '%'],
    ],
    countFound: (output) => output.split('\n').filter((line) => line.startsWith('- ')).length,
  },
];

/** Measures Rowproof beside the tools that are installed, on one table, the same engine on both sides, in turns. */
export async function runPeersBench({ rows, runs }, rowproof) {
  const { servers, close } = await openServers(process.env);
  try {
    const loaded = [];
    const measured = [];
    const processes = await findServerProcesses(servers);
    for (const server of servers) {
      console.error(`Filling tables for ${rows} orders on ${server.engine}`);
      loaded.push({ engine: server.engine, version: await createDatabases(server, rows) });
      for (const state of STATES) {
        if (state.every !== null) await damageOrders(server, { every: state.every, in: 'a constant' });
        measured.push(...(await measureTools(server, { state, runs, processes })));
      }
    }
    const setting = describeSetting({ rowproof, rows, runs, servers: loaded });
    console.log([JSON.stringify(setting), '', formatPeers(measured)].join('\n'));
    console.error(`Written to ${writeResults(setting, measured)}`);
  } finally {
    await Promise.allSettled(servers.map(dropDatabases));
    await close();
  }
}

async function measureTools({ engine, url }, { state, runs, processes }) {
  const sides = { engine, source: urlOf(url, DATABASES.source), target: urlOf(url, DATABASES.target) };
  const tools = TOOLS.filter((tool) => tool.isThere() && tool.commandFor(sides) !== null);
  const all = new Map(tools.map((tool) => [tool, []]));
  for (let run = 0; run < runs; run++) {
    for (const tool of tools) {
      console.error(`Measuring ${engine}, ${state.name}: ${tool.name}`);
      all.get(tool).push(await measureTool(tool, sides, processes));
    }
  }
  return [...all].map(([{ name }, taken]) => ({
    engine,
    state: state.name,
    tool: name,
    seconds: median(taken.map(({ seconds }) => seconds)),
    serverSeconds: taken[0].serverSeconds === null ? null : median(taken.map((run) => run.serverSeconds)),
    found: taken[0].found,
    runs: taken,
  }));
}

async function measureTool(tool, sides, processes) {
  const [program, ...words] = tool.commandFor(sides);
  const before = readServerSeconds(processes);
  const startedMs = performance.now();
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const seconds = (performance.now() - startedMs) / 1000;
  // Most of them end with another code where rows differ, each with its own.
  if (output === '' && errors !== '') throw new Error(`${tool.name} found nothing out: ${errors}`);
  const after = readServerSeconds(processes)[sides.engine];
  const serverSeconds = after === undefined ? null : after - before[sides.engine];
  return { seconds, serverSeconds, found: tool.countFound(output) };
}

const isInstalled = (program) => spawnSync(program, ['--version']).status === 0;

/** A database as Percona Toolkit names it. */
function dsnOf(url) {
  const { hostname, port, username, password, pathname } = new URL(url);
  const [user, secret] = [username, password].map(decodeURIComponent);
  return `h=${hostname},P=${port || 3306},u=${user},p=${secret},D=${pathname.slice(1)},t=orders`;
}

/** It writes its results to a table beside the data, which is dropped with the database. */
function checksumCommand(source) {
  const { hostname, port, username, password, pathname } = new URL(source);
  const [user, secret] = [username, password].map(decodeURIComponent);
  const database = pathname.slice(1);
  return [
    ...[
      'pt-table-checksum',
      `--databases=${database}`,
      '--tables=orders',
      `--replicate=${database}.checksums`,
    ],
    ...['--no-check-binlog-format', '--no-check-replication-filters', '--recursion-method=none'],
    ...['--no-version-check', `h=${hostname},P=${port || 3306},u=${user},p=${secret}`],
  ];
}

function formatPeers(measured) {
  const heads = ['engine', 'rows', 'tool', 'seconds', 'processor s of the servers', 'rows found'];
  const lines = measured.map(({ engine, state, tool, seconds, serverSeconds, found }) => [
    ...[engine, state, tool, seconds.toFixed(2)],
    serverSeconds === null ? '–' : serverSeconds.toFixed(2),
    found === null ? '–' : String(found),
  ]);
  const widths = heads.map((head, i) => Math.max(head.length, ...lines.map((line) => line[i].length)));
  return [heads, ...lines]
    .map((line) =>
      line.map((cell, i) => (i < 3 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
    )
    .join('\n');
}
