import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  createWriteStream,
  fstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { markOfProcess, sweepLeft } from '../app/left-files.js';
import { whyNotWritten } from '../config/file-reason.js';
import { streamOf } from '../config/process-stream.js';
import { optionError } from '../config/raw-flags.js';
import { RowproofError } from '../core/errors.js';
import { keepEarlierFile } from './earlier-file.js';
import { findStandardStream } from './process-io.js';

/** A file that a run will write: it appears under its name complete, or not at all. */
export interface OutputFile {
  readonly path: string;
  /** Whether it is a device or pipe, whose reader decides when it is written. */
  readonly isDirect: boolean;
  /** Whether all of it was written and is in its place. */
  readonly isPlaced: boolean;
  /** Puts something else in its place until then; a device or pipe is left alone. */
  standIn(text: string): void;
  /** Writes all of it and puts it in its place. */
  write(chunks: Iterable<string> | AsyncIterable<string>): Promise<void>;
  /** Removes what is not in its place yet; harmless afterwards. */
  discard(): void;
}

/**
 * Who else has to do with a file: nobody may read a `private` one; a `readable` one holds no rows, and a program of another
 * account reads it; an `appended` one is there already, and others write to it too.
 */
export type FileAccess = 'private' | 'readable' | 'appended';

export interface RequestedFile {
  /** The flag that asked for the file, for messages. */
  readonly flag: string;
  readonly path: string;
  readonly access: FileAccess;
  /** The file that it belongs to and is called after until it is whole, where its own name is another one each time. */
  readonly belongsTo?: string;
  /** Keeps the file that is there under another name when it is replaced, and is told of it. */
  readonly keepEarlier?: (kept: string) => void;
}

const BATCH_CHARACTERS = 65_536;

/**
 * Proves that a file can be written before a run spends hours, by creating its temporary file beside it. A device or
 * pipe (`/dev/stdout`, `>(gzip)`) cannot be renamed into place and is written directly.
 */
export function openOutputFile({ flag, path, access, belongsTo, keepEarlier }: RequestedFile): OutputFile {
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing?.isDirectory())
      throw optionError({
        option: flag,
        message: `Cannot write ${flag} ${path}: it is a directory.`,
        hint: 'Name a file in it.',
      });
    if (existing !== undefined) accessSync(path, constants.W_OK);
    if (access === 'appended' || (existing !== undefined && isDirect(path, existing)))
      return openDirectFile(path);
    const place = existing === undefined ? resolve(path) : realpathSync(path);
    return openReplacement(path, {
      place,
      name: basename(belongsTo ?? place),
      mode: (existing?.mode ?? MODES[access]) & MODES[access],
      ...(keepEarlier !== undefined && { keepEarlier }),
    });
  } catch (error) {
    if (error instanceof RowproofError) throw error;
    throw optionError({
      option: flag,
      message: `Cannot write ${flag} ${path}: ${whyNotWritten(error)}.`,
      hint: 'Name a file in a folder that exists and that you may write to.',
      cause: error,
    });
  }
}

function isDirect(path: string, existing: Stats): boolean {
  return !existing.isFile() || streamOf(path) !== null || resolve(path).startsWith('/proc/');
}

function openDirectFile(path: string): OutputFile {
  let isPlaced = false;
  return {
    path,
    isDirect: true,
    get isPlaced() {
      return isPlaced;
    },
    write: async (chunks) => {
      await writeAll({ path, chunks, open: () => openDirect(path) });
      isPlaced = true;
    },
    standIn: () => {},
    discard: () => {},
  };
}

/**
 * Opens what is written as it comes. A file that the process has open already is written where the process is in it, since
 * another position would have one text overwrite the other.
 */
function openDirect(path: string): Writable {
  const descriptor = streamOf(path);
  const standard = descriptor === null ? null : findStandardStream(descriptor);
  if (standard !== null) return throughStream(standard);
  if (descriptor !== null && fstatSync(descriptor).isFile())
    return createWriteStream('', { fd: descriptor, autoClose: false });
  return createWriteStream(path, { flags: 'a' });
}

/** A reader that closes its end of a standard stream early (`| head`) has what it wanted. */
function throughStream(stream: NodeJS.WritableStream): Writable {
  return new Writable({
    write: (chunk, _, done) => {
      stream.write(chunk, (error) => done(isReaderGone(error) ? null : error));
    },
  });
}

/** What holds rows, or at least the keys of rows, is for its owner only. */
const MODES = { private: 0o600, readable: 0o644 } as const;

interface Replacement extends Pick<RequestedFile, 'keepEarlier'> {
  /** Where it lies, which is elsewhere for a link. */
  readonly place: string;
  /** What it is called after until it is there. */
  readonly name: string;
  readonly mode: number;
}

/**
 * A file that is replaced may become more private, never less: whether an earlier run, a umask or its owner let others read
 * it cannot be told, and what is in it now is another run's rows.
 */
function openReplacement(path: string, { place, name, mode, keepEarlier }: Replacement): OutputFile {
  sweepLeft(dirname(place), `.${name}.`);
  const temporary = temporaryFor(place, name);
  const descriptor = openSync(temporary, 'wx', mode);
  let state: 'open' | 'writing' | 'placed' | 'gone' = 'open';
  return {
    path,
    isDirect: false,
    get isPlaced() {
      return state === 'placed';
    },
    write: async (chunks) => {
      state = 'writing';
      await writeAll({
        path: place,
        chunks,
        open: () => createWriteStream('', { fd: descriptor, flush: true }),
      });
      const kept = keepEarlier === undefined ? null : keepEarlierFile(place);
      moveInto(temporary, place);
      state = 'placed';
      if (kept !== null) keepEarlier?.(kept);
    },
    standIn: (text) => {
      if (state === 'placed' || state === 'gone') return;
      const other = temporaryFor(place, name);
      try {
        writeFileSync(other, text, { mode });
        renameSync(other, place);
      } catch (error) {
        rmSync(other, { force: true });
        throw outputError(place, error);
      }
    },
    discard: () => {
      if (state === 'placed' || state === 'gone') return;
      if (state === 'open') closeSync(descriptor);
      state = 'gone';
      rmSync(temporary, { force: true });
    },
  };
}

function temporaryFor(place: string, name: string): string {
  const random = randomBytes(6).toString('hex');
  return join(dirname(place), `.${name}.${markOfProcess()}.${random}.tmp`);
}

interface Writing {
  readonly path: string;
  readonly chunks: Iterable<string> | AsyncIterable<string>;
  readonly open: () => Writable;
}

/** An error of the data being written keeps its own code; one of the file is `output`. */
async function writeAll({ path, chunks, open }: Writing): Promise<void> {
  try {
    await pipeline(Readable.from(joinSmall(chunks)), open());
  } catch (error) {
    throw error instanceof RowproofError ? error : outputError(path, error);
  }
}

/** Joins short lines, which would cost a system call each. */
async function* joinSmall(chunks: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  let batch = '';
  for await (const chunk of chunks) {
    batch += chunk;
    if (batch.length < BATCH_CHARACTERS) continue;
    yield batch;
    batch = '';
  }
  if (batch !== '') yield batch;
}

function moveInto(temporary: string, path: string): void {
  try {
    renameSync(temporary, path);
  } catch (error) {
    throw outputError(path, error);
  }
}

function isReaderGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

function outputError(path: string, error: unknown): RowproofError {
  return new RowproofError({
    code: 'output',
    message: `Cannot write ${path}: ${whyNotWritten(error)}.`,
    hint: isReaderGone(error)
      ? 'Have the pipe read to its end, or name a file, and run again.'
      : 'Make room or name another file, and run again.',
    cause: error,
  });
}
