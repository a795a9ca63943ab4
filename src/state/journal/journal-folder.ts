import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { RowproofError } from '../../core/errors.js';

const SITTING = /^sitting-(\d{4,})\.journal$/;
/** A name that no run has. */
const PROBE = '.probe';

/** The file of a sitting of a run. */
export function sittingPath(folder: string, run: string, sitting: number): string {
  return join(folder, run, `sitting-${String(sitting).padStart(4, '0')}.journal`);
}

/** Makes the folder in which journals lie, for this user alone, and tries in it what they rest on. */
export function openJournalFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusableJournal(folder, error);
  }
  tryPromises(folder);
}

/**
 * Tries that a file is made by one process only, that it can be renamed, and that it reaches the disk: some network file
 * systems, and some that programs make up, promise less.
 */
function tryPromises(folder: string): void {
  const own = join(folder, `${PROBE}-${process.pid}-${Math.random().toString(36).slice(2)}`);
  const renamed = `${own}.renamed`;
  try {
    writeWhole(own, 'probe');
    if (isMadeTwice(own)) throw new Error('a file can be made there twice');
    renameSync(own, renamed);
    if (statSync(renamed).size !== 'probe'.length)
      throw new Error('a file that was renamed there is not whole');
    syncFolder(folder);
  } catch (error) {
    throw unusableJournal(folder, error);
  } finally {
    for (const path of [own, renamed]) rmSync(path, { force: true });
  }
}

/** Makes a file that only its owner may read, and has it reach the disk. */
export function writeWhole(path: string, text: string): void {
  const handle = openSync(path, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function isMadeTwice(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Has the names in a folder reach the disk, where the system can do that. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Says, whatever went wrong, that a journal cannot be kept in a folder. */
export function unusableJournal(folder: string, cause: unknown): RowproofError {
  if (cause instanceof RowproofError) return cause;
  return new RowproofError({
    code: 'output',
    message: `Cannot keep a journal in ${folder}: ${cause instanceof Error ? cause.message : String(cause)}.`,
    hint: 'Name a folder of a local disk with --journal DIR.',
    cause,
  });
}

/** The numbers of a run's sittings, ascending; none where there is no such run. */
export function listSittings(folder: string, run: string): number[] {
  return namesIn(join(folder, run))
    .flatMap((name) => SITTING.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
}

/** The runs of a folder that have a journal, the oldest first: their names begin with when they began. */
export function listRunNames(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => !name.startsWith('.') && listSittings(folder, name).length > 0)
    .sort();
}

/** Deletes a run's journal. */
export function removeRun(folder: string, run: string): void {
  rmSync(join(folder, run), { recursive: true, force: true, maxRetries: 3 });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw unusableJournal(folder, error);
  }
}

/** What the system calls an error; null for one that is not its own. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
