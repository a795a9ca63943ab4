import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { whyNotRead, whyNotWritten } from '../config/file-reason.js';
import { RowproofError } from '../core/errors.js';
import { formatNight, parseNight, type SavedNight } from './night.js';

/** `night-20260131T020000000Z-0123456789ab.json`: in the order of their names nights are in that of their time. */
const NIGHT = /^night-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-[0-9a-f]{12}\.json$/;

/** How names begin of files that are not complete yet; the mark of the process that writes them comes next. */
export const UNFINISHED_PREFIX = '.unfinished-';

/** Makes the folder of a history, for its owner only, so that a run learns at its beginning that it cannot be written. */
export function openHistory(folder: string, mark: string): void {
  attempt(folder, whyNotWritten, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const probe = nameUnfinished(folder, mark);
    closeSync(openSync(probe, 'wx', 0o600));
    rmSync(probe);
  });
}

function nameUnfinished(folder: string, mark: string): string {
  return join(folder, `${UNFINISHED_PREFIX}${mark}.${randomBytes(6).toString('hex')}.tmp`);
}

/**
 * Adds a night as a file of its own, which appears complete or not at all. No file that is there is touched, so that any
 * number of runs may write at once. The mark of the process says whose it is until then.
 */
export function addNight(
  folder: string,
  { night, mark }: { readonly night: SavedNight; readonly mark: string },
): void {
  const stamp = night.startedAt.replaceAll(/[-:.]/g, '');
  const name = `night-${stamp}-${randomBytes(6).toString('hex')}.json`;
  const temporary = nameUnfinished(folder, mark);
  attempt(folder, whyNotWritten, () => {
    try {
      const file = openSync(temporary, 'wx', 0o600);
      try {
        writeAll(file, Buffer.from(formatNight(night)));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, join(folder, name));
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
}

/** A disk that is nearly full takes a part of the bytes, and says so only by their number. */
function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    const written = writeSync(file, bytes, at);
    if (written === 0) throw new Error('no space is left on the disk');
    at += written;
  }
}

/** Removes nights that began before a moment, by their names. What is no night is left alone. */
export function forgetNights(folder: string, beforeMs: number): number {
  return attempt(folder, whyNotWritten, () => {
    const old = readdirSync(folder).filter((name) => (timeOf(name) ?? beforeMs) < beforeMs);
    // Another run may be forgetting the same ones.
    for (const name of old) rmSync(join(folder, name), { force: true });
    return old.length;
  });
}

/**
 * Reads the nights of a folder in the order of their time, one after the other, since all of them together may be large.
 * `onUnreadable` is told the names of files that are no nights.
 */
export function* readHistory(
  folder: string,
  onUnreadable: (name: string) => void,
): Generator<SavedNight, void, undefined> {
  const names = attempt(folder, whyNotRead, () =>
    readdirSync(folder).filter((name) => timeOf(name) !== null),
  );
  for (const name of names.sort()) {
    const night = attempt(folder, whyNotRead, () => readNight(join(folder, name)));
    if (night === null) onUnreadable(name);
    else if (night !== 'gone') yield night;
  }
}

/** A night that a run forgets while another one reads is no fault. */
function readNight(path: string): SavedNight | 'gone' | null {
  try {
    return parseNight(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'gone';
    throw error;
  }
}

function timeOf(name: string): number | null {
  const [, year, month, day, hour, minute, second, ms] = NIGHT.exec(name) ?? [];
  if (year === undefined) return null;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}

function attempt<Result>(folder: string, reason: (error: unknown) => string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw new RowproofError({
      code: 'output',
      message: `Cannot use the history in ${folder}: ${reason(error)}.`,
      hint: 'Name a folder that you may read and write.',
      cause: error,
    });
  }
}
