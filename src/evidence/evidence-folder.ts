import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { whyNotWritten } from '../config/file-reason.js';
import { optionError } from '../config/raw-flags.js';
import { RowproofError } from '../core/errors.js';

/** Its owner alone may look into it: rows, names and grants lie there. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** The log of the run, which is written while the run goes on. */
export const LOG_FILE = 'log.ndjson';

/** A folder that evidence goes into, and the log that has begun in it. */
export interface EvidenceFolder {
  readonly path: string;
  /** Adds a line to the log; nothing once the log is sealed. */
  log(line: string): void;
  /** Ends the log: what comes later would not be in the manifest. */
  sealLog(): void;
  /** Takes away what a run without a result has begun, so that the next one finds the folder as it was; harmless afterwards. */
  discard(): void;
  /** Writes a file of the folder, which is not there yet. */
  write(name: string, chunks: Iterable<string | Buffer> | AsyncIterable<string>): Promise<void>;
}

/** Makes the folder, or takes one that is empty; throws a `usage` error where there is something in it. */
export function openEvidenceFolder(path: string): EvidenceFolder {
  const isNew = makeFolder(path);
  const log = openLogFile(path);
  let isSealed = false;
  return {
    path,
    log: (line) => {
      if (!isSealed) writeSync(log, line);
    },
    sealLog: () => {
      if (!isSealed) closeSync(log);
      isSealed = true;
    },
    discard: () => {
      if (isSealed) return;
      isSealed = true;
      closeSync(log);
      rmSync(join(path, LOG_FILE), { force: true });
      if (isNew && readdirSync(path).length === 0) rmdirSync(path);
    },
    write: async (name, chunks) => {
      try {
        closeSync(openSync(join(path, name), 'wx', FILE_MODE));
        for await (const chunk of chunks) appendFileSync(join(path, name), chunk);
      } catch (error) {
        throw error instanceof RowproofError ? error : notWritten(join(path, name), error);
      }
    },
  };
}

/** Another run may have found the folder empty at the same moment. */
function openLogFile(path: string): number {
  try {
    return openSync(join(path, LOG_FILE), 'wx', FILE_MODE);
  } catch (error) {
    throw refused(path, 'it is not empty', error);
  }
}

/** Whether it was not there before. */
function makeFolder(path: string): boolean {
  try {
    const isNew = mkdirSync(path, { recursive: true, mode: FOLDER_MODE }) !== undefined;
    if (readdirSync(path).length > 0) throw refused(path, 'it is not empty');
    chmodSync(path, FOLDER_MODE);
    return isNew;
  } catch (error) {
    if (error instanceof RowproofError) throw error;
    throw refused(path, whyNotWritten(error), error);
  }
}

function refused(path: string, why: string, cause?: unknown): RowproofError {
  return optionError({
    option: '--evidence',
    message: `Cannot write --evidence ${path}: ${why}.`,
    hint: 'Name a folder that does not exist yet, or an empty one.',
    cause,
  });
}

function notWritten(path: string, cause: unknown): RowproofError {
  return new RowproofError({
    code: 'output',
    message: `Cannot write ${path}: ${whyNotWritten(cause)}.`,
    hint: 'Make room or name another folder, and run again.',
    cause,
  });
}
