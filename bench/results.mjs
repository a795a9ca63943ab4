import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientSeconds } from './judge.mjs';

const FOLDER = fileURLToPath(new URL('./results', import.meta.url));
const HEADINGS = [
  'source -> target',
  'case',
  'floor s',
  'verify s',
  'ratio',
  'k rows/s per side',
  'client CPU',
  'floor CPU',
  'server CPU',
  'floor server CPU',
  'peak MB',
];

/** What was measured on and with, so that two results can be told apart. */
export function describeSetting({ rowproof, rows, runs, servers }) {
  return {
    rowproof,
    node: process.version,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    rows,
    runs,
    servers: Object.fromEntries(servers.map(({ engine, version }) => [engine, version])),
  };
}

/** The results as a table; each line is the median of the runs of one case. */
export function formatResults(setting, { cases, planning, starting, peer }) {
  const lines = [HEADINGS, ...cases.map(formatCase)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const table = lines.map((line) =>
    line.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
  );
  const plans = planning.map(
    ({ source, target, seconds }) =>
      `Planning ${source} -> ${target} alone: ${(seconds * 1000).toFixed(0)} ms`,
  );
  const starts = starting.map(
    ({ source, target, seconds, cpuSeconds, nodeSeconds }) =>
      `A whole run of 100 rows, ${source} -> ${target}: ${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s of the client's processors, ${(cpuSeconds / nodeSeconds).toFixed(1)} times those of node -e 0`,
  );
  const peers = peer === null ? [] : [`pt-table-checksum, orders of one MariaDB side: ${peer.toFixed(2)} s`];
  return [describeLine(setting), '', ...table, '', ...plans, ...starts, ...peers].join('\n');
}

function describeLine({ rowproof, node, processor, cores, rows, runs, servers }) {
  const versions = Object.entries(servers).map(([engine, version]) => `${engine} ${version}`);
  return [
    `Rowproof ${rowproof}, Node.js ${node}, ${cores} cores (${processor})`,
    `${versions.join(', ')}; ${rows} orders, median of ${runs}; CPU in seconds per million rows and side`,
  ].join('\n');
}

function formatCase(one) {
  const { source, target, name, rows, floor, verify } = one;
  const millions = (2 * rows) / 1e6;
  return [
    `${source} -> ${target}`,
    name,
    floor.seconds.toFixed(2),
    verify.seconds.toFixed(2),
    (verify.seconds / floor.seconds).toFixed(2),
    String(Math.round(rows / verify.seconds / 1000)),
    clientSeconds(one).toFixed(2),
    (floor.cpuSeconds / millions).toFixed(2),
    (verify.serverSeconds / millions).toFixed(2),
    (floor.serverSeconds / millions).toFixed(2),
    String(Math.round(verify.peakMegabytes)),
  ];
}

/** Writes setting and numbers as JSON and returns the file's name. */
export function writeResults(setting, measured) {
  mkdirSync(FOLDER, { recursive: true });
  const name = `${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`;
  writeFileSync(join(FOLDER, name), `${JSON.stringify({ ...setting, ...measured }, null, 2)}\n`);
  return join('bench', 'results', name);
}
