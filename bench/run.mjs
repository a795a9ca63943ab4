// Measures verify against the floor: reading the same rows and doing nothing with them. See docs/performance.md.
import { existsSync, readFileSync } from 'node:fs';
import { readArguments, USAGE } from './arguments.mjs';
import { damagedCases, equalCases } from './cases.mjs';
import { createDatabases, DATABASES, damageOrders, dropDatabases, urlOf } from './databases.mjs';
import { runJournalBench } from './journal.mjs';
import { findWorse } from './judge.mjs';
import { runLanesBench } from './lanes.mjs';
import { measureCase, measurePlanning, measureStart } from './measure.mjs';
import { runNetworkBench } from './network.mjs';
import { measurePeer } from './peer-checksum.mjs';
import { runPeersBench } from './peers.mjs';
import { describeSetting, formatResults, writeResults } from './results.mjs';
import { findServerProcesses } from './server-usage.mjs';
import { openServers } from './servers.mjs';
import { runStartBench } from './starts.mjs';
import { TABLES } from './tables.mjs';
import { runWritingBench } from './writing.mjs';

const options = readArguments(process.argv.slice(2));
if (options.help) console.log(USAGE);
else if (options.peers) await runPeersBench(options, readVersion());
else if (options.only === 'lanes') await runLanesBench(options, readVersion());
else if (options.only === 'network') await runNetworkBench(options, readVersion());
else if (options.only === 'journal') await runJournalBench(options, readVersion());
else if (options.only === 'writing') await runWritingBench(options, readVersion());
else if (options.only === 'starts') await runStartBench(options, readVersion());
else await runBench(options);

async function runBench({ rows, runs, only, quick }) {
  if (!existsSync(new URL('../dist/index.js', import.meta.url)))
    throw new Error('There is no dist folder: run npm run build first.');
  const { servers, close } = await openServers(process.env);
  try {
    const pairings = choosePairings(servers, only);
    const used = servers.filter((server) =>
      pairings.some((pairing) => Object.values(pairing).includes(server)),
    );
    const loaded = [];
    for (const server of used) {
      console.error(`Filling tables for ${rows} orders on ${server.engine}`);
      loaded.push({ engine: server.engine, version: await createDatabases(server, rows) });
    }
    const measured = await measureAll({ pairings, used, rows, runs, quick });
    const setting = describeSetting({ rowproof: readVersion(), rows, runs, servers: loaded });
    console.log(formatResults(setting, measured));
    console.error(`Written to ${writeResults(setting, measured)}`);
    const worse = findWorse(measured, quick);
    for (const line of worse) console.error(`Worse than accepted: ${line}`);
    if (worse.length > 0) process.exitCode = 1;
  } finally {
    await Promise.allSettled(servers.map(dropDatabases));
    await close();
  }
}

async function measureAll({ pairings, used, rows, runs, quick }) {
  const processes = await findServerProcesses(used);
  const cases = [];
  const planning = [];
  const starting = [];
  const measure = async (pairing, one) => {
    console.error(`Measuring ${nameOf(pairing)}: ${one.name}`);
    const facts = { ...one, rows: rowsOf(one), ...urlsOf(pairing) };
    const numbers = await measureCase({ ...facts, processes }, runs);
    cases.push({ ...one, rows: facts.rows, ...enginesOf(pairing), ...numbers });
  };
  for (const pairing of pairings) {
    planning.push({
      ...enginesOf(pairing),
      seconds: await measurePlanning({ ...urlsOf(pairing), workers: 2 }, runs),
    });
    starting.push({
      ...enginesOf(pairing),
      ...(await measureStart({ ...urlsOf(pairing), workers: 2 }, runs)),
    });
    for (const one of equalCases(rows, quick)) await measure(pairing, one);
  }
  const mariadb = used.find(({ engine }) => engine === 'mariadb');
  const peer = quick || mariadb === undefined ? null : measurePeer(mariadb);
  for (const one of damagedCases(rows, quick)) {
    for (const server of used) await damageOrders(server, one);
    for (const pairing of pairings) await measure(pairing, one);
  }
  return { cases, planning, starting, peer };
}

function rowsOf({ table, rows }) {
  return TABLES.find(({ name }) => name === table).rowsOf(rows);
}

function urlsOf({ source, target }) {
  return {
    sourceUrl: urlOf(source.url, DATABASES.source),
    targetUrl: urlOf(target.url, DATABASES.target),
  };
}

function enginesOf({ source, target }) {
  return { source: source.engine, target: target.engine };
}

/** Every engine with itself and with every other one, in one direction. */
function choosePairings(servers, only) {
  const pairings = servers.flatMap((source, i) => servers.slice(i).map((target) => ({ source, target })));
  const chosen = pairings.filter((pairing) => only === null || nameOf(pairing) === only);
  if (chosen.length > 0) return chosen;
  throw new Error(`Expected --only to be one of ${pairings.map(nameOf).join(', ')}, got ${only}.`);
}

function nameOf({ source, target }) {
  return `${source.engine}-${target.engine}`;
}

function readVersion() {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
