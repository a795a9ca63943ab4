import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabases, DATABASES, damageOrders, dropDatabases, urlOf } from './databases.mjs';
import { describeRun, median, runMeasured } from './measure.mjs';
import { describeSetting, writeResults } from './results.mjs';
import { openServers } from './servers.mjs';

/** What writing differences, and repair SQL with its undo, costs where every row of `orders` differs in one column. */
export async function runWritingBench({ rows, runs }, rowproof) {
  const { servers, close } = await openServers(process.env);
  try {
    const loaded = [];
    const measured = [];
    for (const server of servers) {
      console.error(`Filling tables for ${rows} orders on ${server.engine}`);
      loaded.push({ engine: server.engine, version: await createDatabases(server, rows) });
      await damageOrders(server, { every: 1, in: 'a constant' });
      measured.push({ engine: server.engine, ...(await measureWriting(server, runs)) });
    }
    const setting = describeSetting({ rowproof, rows, runs, servers: loaded });
    console.log([JSON.stringify(setting), ...measured.map((one) => formatWriting(one, rows))].join('\n'));
    console.error(`Written to ${writeResults(setting, measured)}`);
  } finally {
    await Promise.allSettled(servers.map(dropDatabases));
    await close();
  }
}

/** Runs with and without files take turns, so that a slow moment of the machine meets all. */
async function measureWriting({ url }, runs) {
  const sides = { sourceUrl: urlOf(url, DATABASES.source), targetUrl: urlOf(url, DATABASES.target) };
  const flags = describeRun({ ...sides, table: 'orders', workers: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-bench-'));
  const files = {
    plain: [],
    differences: ['--differences', join(folder, 'rows.ndjson')],
    repair: ['--repair', join(folder, 'repair.sql')],
  };
  const usages = { plain: [], differences: [], repair: [] };
  try {
    for (let run = 0; run < runs; run++)
      for (const [name, more] of Object.entries(files))
        usages[name].push(await runMeasured([...flags, ...more], [1]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const medianOf = (name, what) => median(usages[name].map((usage) => usage[what]));
  return Object.fromEntries(
    Object.keys(files).map((name) => [
      name,
      { cpuSeconds: medianOf(name, 'cpuSeconds'), peakMegabytes: medianOf(name, 'peakMegabytes') },
    ]),
  );
}

function formatWriting({ engine, plain, differences, repair }, rows) {
  const each = ({ cpuSeconds }) => (((cpuSeconds - plain.cpuSeconds) / rows) * 1e6).toFixed(1);
  return `${engine} -> ${engine}, of the client's processors for a changed row: --differences ${each(differences)} µs, --repair with its undo ${each(repair)} µs; at most ${Math.round(repair.peakMegabytes)} MB`;
}
