import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { describeFailure as describeInLog } from '../app/log-run.js';
import { whyNotWritten } from '../config/file-reason.js';
import { optionError, type RawFlags, readText, usageError } from '../config/raw-flags.js';
import { RowproofError } from '../core/errors.js';
import { LOG_LEVELS, type Log, type LogLevel, NO_LOG } from '../core/log.js';
import { createLog } from '../log/create-log.js';
import type { CliIo } from './cli-io.js';
import { describeFailure } from './failure.js';

/** The path that stands for stderr. */
export const LOG_TO_STDERR = '-';
const VARIABLE = 'ROWPROOF_LOG';
/** Statements and names of other people's data stand in it. */
const PRIVATE = 0o600;
const DEVICES = /^\/(?:dev|proc)\//;
/** How every line of a log begins (`formatLogLine`), and more bytes than that takes. */
const LINE_BEGIN = new RegExp(
  `^\\{"time":"\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z","level":"(?:${LOG_LEVELS.join('|')})","event":"`,
);
const LINE_BEGIN_BYTES = 128;

/** The log of a command. Who opens it closes it. */
export interface CommandLog {
  readonly log: Log;
  /** Does the command, and logs what became of it. */
  during(work: () => Promise<number>): Promise<number>;
  close(): void;
}

interface LogRequest {
  /** Null where no log is wanted. */
  readonly path: string | null;
  readonly io: Pick<CliIo, 'stderr' | 'env'>;
  readonly hidesValues: boolean;
  /** Takes every line too; absent where there is only one log. */
  readonly copy?: ((line: string) => void) | undefined;
}

/** The file that a log goes to, as other outputs are planned; none for stderr, and where no log is wanted. */
export function plannedLog(path: string | null): { readonly flag: string; readonly path: string }[] {
  return path === null || path === LOG_TO_STDERR ? [] : [{ flag: '--log', path }];
}

/** The path that `--log` names; null for none. */
export function readLogPath(flags: RawFlags): string | null {
  return readText(flags, 'log') ?? null;
}

/**
 * Opens the log of a command. Lines are added to a file that is there, and are on their way to the disk when the next step
 * begins: the last line before a process is killed is the one that is looked for.
 */
export function openLog({ path, io, hidesValues, copy }: LogRequest): CommandLog {
  if (path === null && copy === undefined)
    return { log: NO_LOG, during: (work) => work(), close: () => undefined };
  const level = readLevel(io.env);
  const sink = openSink(path, io);
  const write = (line: string): void => {
    copy?.(line);
    sink.write(line);
  };
  const onFailure = (error: unknown): void => {
    io.stderr.write(
      `Warning: The log ends here, because ${path ?? 'the folder of --evidence'} cannot be written: ${whyNotWritten(error)}.\n`,
    );
  };
  const log = createLog({ level, hidesValues, write, onFailure });
  return { log, during: (work) => logEnd(log, work), close: sink.close };
}

async function logEnd(log: Log, work: () => Promise<number>): Promise<number> {
  try {
    const exitCode = await work();
    log.info('command:end', () => ({ exitCode }));
    return exitCode;
  } catch (error) {
    const { exitCode } = describeFailure(error);
    log.error('command:fail', () => ({ exitCode, ...describeInLog(log, error) }));
    throw error;
  }
}

function readLevel(env: CliIo['env']): LogLevel {
  const said = env[VARIABLE] ?? '';
  if (said === '') return 'info';
  const level = LOG_LEVELS.find((each) => each === said);
  if (level !== undefined) return level;
  throw usageError(
    `Expected ${VARIABLE} to be ${LOG_LEVELS.slice(0, -1).join(', ')} or ${LOG_LEVELS.at(-1)}, got ${said}.`,
    `Leave ${VARIABLE} out for info.`,
  );
}

interface Sink {
  readonly write: (line: string) => void;
  readonly close: () => void;
}

function openSink(path: string | null, { stderr }: LogRequest['io']): Sink {
  if (path === null) return { write: () => undefined, close: () => undefined };
  return path === LOG_TO_STDERR ? toStream(stderr) : toFile(path);
}

function toStream(stream: CliIo['stderr']): Sink {
  return { write: (line) => void stream.write(line), close: () => undefined };
}

function toFile(path: string): Sink {
  const descriptor = openFile(path);
  let isOpen = true;
  return {
    write: (line) => {
      // What comes after the end of the command is of sessions that were given up.
      if (isOpen) writeSync(descriptor, line);
    },
    close: () => {
      isOpen = false;
      closeSync(descriptor);
    },
  };
}

/** A pipe could keep the run waiting for its reader, so only files are written. */
function openFile(path: string): number {
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (DEVICES.test(resolve(path)) || (existing !== undefined && !existing.isFile())) {
      throw optionError({
        option: '--log',
        message: `Cannot write --log ${path}: it is no regular file.`,
        hint: 'Name a file, or - for stderr.',
      });
    }
    const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
    const descriptor = openSync(path, O_RDWR | O_APPEND | O_CREAT | (O_NONBLOCK ?? 0), PRIVATE);
    try {
      refuseOtherFile(descriptor, path);
      fchmodSync(descriptor, fstatSync(descriptor).mode & PRIVATE);
      return descriptor;
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  } catch (error) {
    if (error instanceof RowproofError) throw error;
    throw optionError({
      option: '--log',
      message: `Cannot write --log ${path}: ${whyNotWritten(error)}.`,
      hint: 'Name a file in a folder that exists and that you may write to.',
      cause: error,
    });
  }
}

/** Lines behind the end of what is no log would damage it: a repair file that was named by mistake could not be applied. */
function refuseOtherFile(descriptor: number, path: string): void {
  const head = Buffer.alloc(LINE_BEGIN_BYTES);
  const length = readSync(descriptor, head, 0, LINE_BEGIN_BYTES, 0);
  if (length === 0 || LINE_BEGIN.test(head.toString('utf8', 0, length))) return;
  throw optionError({
    option: '--log',
    message: `Cannot write --log ${path}: it holds something else than a log of Rowproof.`,
    hint: 'Name a new file, or one that an earlier --log wrote: lines are added to it.',
  });
}
