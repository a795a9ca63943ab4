import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, syncFolder, writeWhole } from './journal-folder.js';
import { formatLine, parseLine } from './journal-line.js';

/** A name that no sitting has. */
const NAME = 'paused-replica';

/** Keeps beside the journal of a run by which statement its target applies again; it is on the disk afterwards. */
export function keepPausedReplica(folder: string, run: string, start: string): void {
  forgetPausedReplica(folder, run);
  writeWhole(join(folder, run, NAME), formatLine({ start }));
  syncFolder(join(folder, run));
}

/** The statement by which the target of a run applies again; null where none was told to stop, or all are started again. */
export function readPausedReplica(folder: string, run: string): string | null {
  try {
    const kept = parseLine(readFileSync(join(folder, run, NAME), 'utf8').trimEnd());
    return typeof kept === 'object' && kept !== null && 'start' in kept ? String(kept.start) : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

export function forgetPausedReplica(folder: string, run: string): void {
  rmSync(join(folder, run, NAME), { force: true });
}
