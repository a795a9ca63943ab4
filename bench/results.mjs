import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('./results', import.meta.url));
const HEADINGS = [
  'source -> target',
  'floor s',
  'verify s',
  'ratio',
  'rows/s per side',
  'CPU s per M rows and side',
  'floor CPU',
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

/** The results as a table; each line is the median of the runs of one pairing. */
export function formatResults(setting, pairings) {
  const lines = [HEADINGS, ...pairings.map((pairing) => formatPairing(pairing, setting.rows))];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const table = lines.map((line) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
  );
  return [describeLine(setting), '', ...table].join('\n');
}

function describeLine({ rowproof, node, processor, cores, rows, runs, servers }) {
  const versions = Object.entries(servers).map(([engine, version]) => `${engine} ${version}`);
  return [
    `Rowproof ${rowproof}, Node.js ${node}, ${cores} cores (${processor})`,
    `${versions.join(', ')}; ${rows} rows of 10 columns, median of ${runs}`,
  ].join('\n');
}

function formatPairing({ source, target, floor, verify }, rows) {
  const millions = (2 * rows) / 1e6;
  return [
    `${source} -> ${target}`,
    floor.seconds.toFixed(2),
    verify.seconds.toFixed(2),
    (verify.seconds / floor.seconds).toFixed(2),
    String(Math.round(rows / verify.seconds)),
    (verify.cpuSeconds / millions).toFixed(2),
    (floor.cpuSeconds / millions).toFixed(2),
    String(Math.round(verify.peakMegabytes)),
  ];
}

/** Writes setting and numbers as JSON and returns the file's name. */
export function writeResults(setting, pairings) {
  mkdirSync(FOLDER, { recursive: true });
  const name = `${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`;
  writeFileSync(join(FOLDER, name), `${JSON.stringify({ ...setting, pairings }, null, 2)}\n`);
  return join('bench', 'results', name);
}
