import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabases, DATABASES, damageOrders, dropDatabases, urlOf } from './databases.mjs';
import { describeRun, median, runMeasured } from './measure.mjs';
import { describeSetting, writeResults } from './results.mjs';
import { openServers } from './servers.mjs';

/** How often the size of a journal is looked at: one of a run that ends equal is gone afterwards. */
const LOOK_MS = 100;
const EVERY = 10;

/** Measures what a run's journal costs in time and bytes, on equal tables and where one row in ten differs. */
export async function runJournalBench({ rows, runs }, rowproof) {
  const { servers, close } = await openServers(process.env);
  try {
    const loaded = [];
    const measured = [];
    for (const server of servers) {
      console.error(`Filling tables for ${rows} orders on ${server.engine}`);
      loaded.push({ engine: server.engine, version: await createDatabases(server, rows) });
      measured.push(await measureTurns(server, { name: 'equal', rows, runs }));
      await damageOrders(server, EVERY);
      measured.push(await measureTurns(server, { name: 'one row in ten differs', rows, runs }));
    }
    const setting = describeSetting({ rowproof, rows, runs, servers: loaded });
    console.log([JSON.stringify(setting), ...measured.map(formatTurns)].join('\n'));
    console.error(`Written to ${writeResults(setting, measured)}`);
  } finally {
    await Promise.allSettled(servers.map(dropDatabases));
    await close();
  }
}

/** With and without take turns, so that a slow moment of the machine meets both. */
async function measureTurns({ engine, url }, { name, rows, runs }) {
  const sides = { sourceUrl: urlOf(url, DATABASES.source), targetUrl: urlOf(url, DATABASES.target) };
  const flags = describeRun({ ...sides, table: 'orders', workers: 2 });
  const without = [];
  const kept = [];
  for (let run = 0; run < runs; run++) {
    without.push(await runMeasured([...flags, '--no-journal'], [0, 1]));
    kept.push(await measureKept(flags));
  }
  const middle = (of, what) => median(of.map((each) => each[what]));
  return {
    ...{ engine, name },
    seconds: { without: middle(without, 'seconds'), kept: middle(kept, 'seconds') },
    cpuSeconds: { without: middle(without, 'cpuSeconds'), kept: middle(kept, 'cpuSeconds') },
    bytesPerMillionRows: Math.round(Math.max(...kept.map(({ bytes }) => bytes)) / (rows / 1e6)),
    runs: { without, kept },
  };
}

async function measureKept(flags) {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-bench-'));
  let bytes = 0;
  const timer = setInterval(() => {
    bytes = Math.max(bytes, sizeOf(folder));
  }, LOOK_MS);
  try {
    const usage = await runMeasured([...flags, '--journal', folder], [0, 1]);
    return { ...usage, bytes: Math.max(bytes, sizeOf(folder)) };
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true, force: true });
  }
}

function sizeOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) =>
        sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
}

function formatTurns({ engine, name, seconds, cpuSeconds, bytesPerMillionRows }) {
  const ratio = (seconds.kept / seconds.without).toFixed(3);
  const cpu = (cpuSeconds.kept / cpuSeconds.without).toFixed(3);
  return `${engine} -> ${engine}, ${name}: ${seconds.without.toFixed(2)} s without, ${seconds.kept.toFixed(2)} s with a journal (${ratio}; client CPU ${cpu}), ${bytesPerMillionRows} bytes per million rows`;
}
