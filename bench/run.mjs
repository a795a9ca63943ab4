// Measures verify against the floor: reading the same rows and doing nothing with them. See docs/performance.md.
import { existsSync, readFileSync } from 'node:fs';
import { readArguments, USAGE } from './arguments.mjs';
import { createDatabases, DATABASES, dropDatabases, urlOf } from './databases.mjs';
import { measurePairing } from './measure.mjs';
import { runNetworkBench } from './network.mjs';
import { describeSetting, formatResults, writeResults } from './results.mjs';
import { openServers } from './servers.mjs';

const options = readArguments(process.argv.slice(2));
if (options.help) console.log(USAGE);
else if (options.only === 'network') await runNetworkBench(options, readVersion());
else await runBench(options);

async function runBench({ rows, runs, only }) {
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
      console.error(`Filling two tables of ${rows} rows on ${server.engine}`);
      loaded.push({ engine: server.engine, version: await createDatabases(server, rows) });
    }
    const results = [];
    for (const pairing of pairings) results.push(await measure(pairing, { rows, runs }));
    const setting = describeSetting({ rowproof: readVersion(), rows, runs, servers: loaded });
    console.log(formatResults(setting, results));
    console.error(`Written to ${writeResults(setting, results)}`);
  } finally {
    await Promise.allSettled(servers.map(dropDatabases));
    await close();
  }
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

async function measure({ source, target }, { rows, runs }) {
  console.error(`Measuring ${source.engine} -> ${target.engine}`);
  const measured = await measurePairing({
    source: urlOf(source.url, DATABASES.source),
    target: urlOf(target.url, DATABASES.target),
    rows,
    runs,
  });
  return { source: source.engine, target: target.engine, ...measured };
}

function readVersion() {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
