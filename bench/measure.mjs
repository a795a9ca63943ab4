import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { readServerSeconds } from './server-usage.mjs';

const USAGE_HOOK = new URL('./report-usage.mjs', import.meta.url).href;
const FLOOR = fileURLToPath(new URL('./read-floor.mjs', import.meta.url));
const PLAN_COST = fileURLToPath(new URL('./plan-cost.mjs', import.meta.url));
const ROWPROOF = fileURLToPath(new URL('../bin/rowproof.js', import.meta.url));
/** Rows of a run that is all start and end. */
const FEW_ROWS = 100;

/** Measures one case: floor and verify take turns, so that a slow moment of the machine meets both. */
export async function measureCase(measured, runs) {
  const floors = [];
  const verifies = [];
  for (let run = 0; run < runs; run++) {
    floors.push(await measureFloor(measured));
    verifies.push(await measureVerify(measured));
  }
  return { floor: medians(floors), verify: medians(verifies), runs: { floors, verifies } };
}

/** Seconds that planning alone takes, as the median of some runs. */
export async function measurePlanning({ sourceUrl, targetUrl, workers }, runs) {
  const seconds = [];
  for (let run = 0; run < runs; run++) {
    const { output } = await runMeasured([PLAN_COST, sourceUrl, targetUrl, String(workers)]);
    seconds.push(JSON.parse(output).seconds);
  }
  return median(seconds);
}

/** Programs by name, each run in turn so many times, and the medians of each; `rowproof` stands for the program of this checkout. */
export async function measureTurns(programs, runs) {
  const usages = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let run = 0; run < runs; run++) {
    for (const [name, words] of Object.entries(programs)) {
      const program = words[0] === 'rowproof' ? [ROWPROOF, ...words.slice(1)] : words;
      const { output: _, ...usage } = await runMeasured(program);
      usages[name].push(usage);
    }
  }
  return Object.fromEntries(Object.entries(usages).map(([name, of]) => [name, medians(of)]));
}

/** A whole run that reads next to nothing: what starting and ending take, and more than passes before the first chunk. */
export async function measureStart({ sourceUrl, targetUrl, workers }, runs) {
  const usages = [];
  const idle = [];
  for (let run = 0; run < runs; run++) {
    idle.push(await runMeasured(['-e', '0']));
    const flags = describeRun({ sourceUrl, targetUrl, table: 'narrow', workers });
    const { output, ...usage } = await runMeasured([...flags, '--where', `narrow:id <= ${FEW_ROWS}`]);
    const { totals } = JSON.parse(output);
    if (totals.sourceRows !== FEW_ROWS || totals.targetRows !== FEW_ROWS)
      throw new Error(`Expected ${FEW_ROWS} rows, got: ${JSON.stringify(totals)}`);
    usages.push(usage);
  }
  return {
    nodeSeconds: median(idle.map(({ cpuSeconds }) => cpuSeconds)),
    seconds: median(usages.map(({ seconds }) => seconds)),
    cpuSeconds: median(usages.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

async function measureFloor({ sourceUrl, targetUrl, table, rows, processes }) {
  const before = readServerSeconds(processes);
  const { output, ...usage } = await runMeasured([FLOOR, table, sourceUrl, targetUrl]);
  const floor = JSON.parse(output);
  if (floor.rows.some((count) => count !== rows)) throw new Error(`The floor read ${floor.rows} rows.`);
  return { ...usage, seconds: floor.seconds, serverSeconds: serverSecondsSince(before, processes) };
}

/** The whole command as a user runs it, start and end of the process included; anything but what was expected is an error. */
async function measureVerify({ sourceUrl, targetUrl, table, rows, workers, changed, processes }) {
  const before = readServerSeconds(processes);
  const { output, ...usage } = await runMeasured(
    describeRun({ sourceUrl, targetUrl, table, workers }),
    [0, 1],
  );
  const { totals } = JSON.parse(output);
  const { sourceRows, targetRows, missing, extra, inFlight } = totals;
  const isExpected = sourceRows === rows && targetRows === rows && totals.changed === changed;
  if (!isExpected || missing + extra + inFlight > 0)
    throw new Error(`Expected ${rows} rows of which ${changed} differ, got: ${JSON.stringify(totals)}`);
  return { ...usage, serverSeconds: serverSecondsSince(before, processes) };
}

/** The command line that compares a table; without a number of workers the run finds it out. */
export function describeRun({ sourceUrl, targetUrl, table, workers }) {
  const sides = ['--source', sourceUrl, '--target', targetUrl];
  const numbered = workers === null ? [] : ['--workers', String(workers)];
  return [ROWPROOF, 'verify', ...sides, '--tables', table, ...numbered, '--report', 'json'];
}

function serverSecondsSince(before, processes) {
  const after = readServerSeconds(processes);
  return Object.keys(after).reduce((sum, engine) => sum + after[engine] - before[engine], 0);
}

/** Runs a program of ours to its end and says what it took. */
export async function runMeasured(program, exitCodes = [0]) {
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
  if (!exitCodes.includes(exitCode))
    throw new Error(`A measured program ended with exit code ${exitCode}: ${errors}`);
  return { output, seconds, ...JSON.parse(usage) };
}

function medians(runs) {
  const names = ['seconds', 'cpuSeconds', 'peakMegabytes', 'serverSeconds'];
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))]));
}

/** The middle of some numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
