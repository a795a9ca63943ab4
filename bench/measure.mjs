import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const USAGE_HOOK = new URL('./report-usage.mjs', import.meta.url).href;
const FLOOR = fileURLToPath(new URL('./read-floor.mjs', import.meta.url));
const ROWPROOF = fileURLToPath(new URL('../bin/rowproof.js', import.meta.url));

/** Measures one pairing: floor and verify take turns, so that a slow moment of the machine meets both. */
export async function measurePairing({ source, target, rows, runs }) {
  const floors = [];
  const verifies = [];
  for (let run = 0; run < runs; run++) {
    floors.push(await measureFloor({ source, target, rows }));
    verifies.push(await measureVerify({ source, target, rows }));
  }
  return { floor: medians(floors), verify: medians(verifies), runs: { floors, verifies } };
}

async function measureFloor({ source, target, rows }) {
  const { output, cpuSeconds, peakMegabytes } = await runMeasured([FLOOR, source, target]);
  const floor = JSON.parse(output);
  if (floor.rows.some((count) => count !== rows)) throw new Error(`The floor read ${floor.rows} rows.`);
  return { seconds: floor.seconds, cpuSeconds, peakMegabytes };
}

/** The whole command as a user runs it, start and end of the process included; a verdict but `verified` is an error. */
async function measureVerify({ source, target, rows }) {
  const flags = ['verify', '--source', source, '--target', target, '--report', 'json'];
  const { output, seconds, cpuSeconds, peakMegabytes } = await runMeasured([ROWPROOF, ...flags]);
  const { verdict, totals } = JSON.parse(output);
  if (verdict !== 'verified' || totals.sourceRows !== rows || totals.targetRows !== rows)
    throw new Error(`Expected ${rows} verified rows, got: ${verdict}, ${JSON.stringify(totals)}`);
  return { seconds, cpuSeconds, peakMegabytes };
}

async function runMeasured(program) {
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', USAGE_HOOK, ...program], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [output, errors, usage, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    text(child.stdio[3]),
    once(child, 'close'),
  ]);
  const seconds = (performance.now() - started) / 1000;
  if (exitCode !== 0) throw new Error(`A measured program ended with exit code ${exitCode}: ${errors}`);
  return { output, seconds, ...JSON.parse(usage) };
}

function medians(runs) {
  const names = ['seconds', 'cpuSeconds', 'peakMegabytes'];
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))]));
}

function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
