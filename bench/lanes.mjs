import { createDatabases, DATABASES, dropDatabases, urlOf } from './databases.mjs';
import { describeRun, median, runMeasured } from './measure.mjs';
import { describeSetting, writeResults } from './results.mjs';
import { openServers } from './servers.mjs';

const WAYS = [null, 1, 2, 4];

/** Measures whether a run that finds out itself how many chunks to read at a time is as fast as the best number of them. */
export async function runLanesBench({ rows, runs }, rowproof) {
  const { servers, close } = await openServers(process.env);
  try {
    const loaded = [];
    for (const server of servers) {
      console.error(`Filling tables for ${rows} orders on ${server.engine}`);
      loaded.push({ engine: server.engine, version: await createDatabases(server, rows) });
    }
    const measured = [];
    const pairs = servers.flatMap((source, i) => servers.slice(i).map((target) => ({ source, target })));
    for (const pair of pairs) measured.push(await measureWays(pair, runs));
    const setting = describeSetting({ rowproof, rows, runs, servers: loaded });
    console.log([JSON.stringify(setting), ...measured.map(formatWays)].join('\n'));
    console.error(`Written to ${writeResults(setting, measured)}`);
  } finally {
    await Promise.allSettled(servers.map(dropDatabases));
    await close();
  }
}

async function measureWays({ source, target }, runs) {
  const sides = {
    sourceUrl: urlOf(source.url, DATABASES.source),
    targetUrl: urlOf(target.url, DATABASES.target),
  };
  const usages = new Map(WAYS.map((way) => [way, []]));
  let found = null;
  for (let run = 0; run < runs; run++) {
    for (const way of WAYS) {
      console.error(`Measuring ${source.engine} -> ${target.engine}: ${way ?? 'found out'}`);
      const { output, ...usage } = await runMeasured(
        describeRun({ ...sides, table: 'orders', workers: way }),
      );
      usages.get(way).push(usage);
      if (way === null) found = JSON.parse(output).workers;
    }
  }
  const seconds = Object.fromEntries(
    [...usages].map(([way, of]) => [way ?? 'found', median(of.map((usage) => usage.seconds))]),
  );
  const best = Math.min(...WAYS.flatMap((way) => (way === null ? [] : [seconds[way]])));
  return { source: source.engine, target: target.engine, seconds, overBest: seconds.found / best, found };
}

function formatWays({ source, target, seconds, overBest, found }) {
  const each = WAYS.map((way) => `${way ?? 'found out'} ${seconds[way ?? 'found'].toFixed(2)} s`).join(', ');
  return `${source} -> ${target}: ${each}; found out over the best: ${overBest.toFixed(2)} (${found.used} of ${found.tried} tried, ${found.why})`;
}
