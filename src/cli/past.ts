import { dirname } from 'node:path';
import { refuseInputsAsOutputs } from '../config/file-place.js';
import { createRowHasher } from '../secrets/row-digest.js';
import { WaiverBook } from '../waivers/waiver-book.js';
import { plannedFiles } from './output-plan.js';
import { type Past, type PastOpening, type PastRequest, planPast } from './past-plan.js';

/**
 * Reads everything that a run is held against before it begins, so that a file that cannot be used ends no run of hours. What
 * was read is told on stderr: a file that was only found in the working folder may be a stranger's.
 */
export async function openPast(opening: PastOpening): Promise<Past> {
  const plan = planPast(opening);
  const { waiversPath, baselinePath, historyFolder, keyFile } = plan;
  const inputs = [waiversPath, baselinePath, keyFile].filter((path) => path !== null);
  refuseInputsAsOutputs(plannedFiles(opening.outputs), inputs);
  const isHashed = !opening.showValues && opening.outputs.differencesPath !== null;
  const isHeld = waiversPath !== null || baselinePath !== null || historyFolder !== null;
  if (!isHeld && !isHashed) return NO_PAST;
  // Loaded late: most runs have none of it, and YAML and its checks take their time to load.
  const { readSecret } = await import('../secrets/read-secret.js');
  const besides = [waiversPath, baselinePath].flatMap((path) => (path === null ? [] : [dirname(path)]));
  const secret = readSecret({
    variables: opening.io.env,
    keyFile,
    protects: { besides, inside: historyFolder === null ? [] : [historyFolder] },
  });
  const request = { ...opening, plan, secret };
  const waivers = waiversPath === null ? WaiverBook.empty() : await openWaivers(request, waiversPath);
  const { openComparison } = await import('./past-comparison.js');
  const hashRow = secret === null || !isHashed ? null : createRowHasher(secret);
  const readsRows = baselinePath !== null || historyFolder !== null;
  return { waivers, hashRow, readsRows, ...openComparison(request) };
}

const NO_PAST: Past = {
  waivers: WaiverBook.empty(),
  hashRow: null,
  readsRows: false,
  mostKnown: () => 0,
  judge: (outcome) => Promise.resolve({ ...outcome, trend: null, failure: null }),
};

async function openWaivers({ io, secret }: PastRequest, path: string): Promise<WaiverBook> {
  const { readWaiversFile } = await import('./waivers-place.js');
  const today = new Date().toISOString().slice(0, 10);
  const file = readWaiversFile(path, today);
  const book = WaiverBook.open({ file, secret, today });
  const { length } = file.waivers;
  const entries = length === 1 ? '1 entry' : `${length} entries`;
  const expired = book.expired.length === 0 ? '' : `, ${book.expired.length} of them expired`;
  io.stderr.write(`Waivers: ${entries} of ${path}${expired}.\n`);
  return book;
}
