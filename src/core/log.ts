import { describeCauses, type ErrorCause } from './error-cause.js';

/** How much a line matters, from the most to the least; a log keeps a level and all before it. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a line may say under a name; `undefined` says nothing. */
export type LogValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly LogValue[]
  | { readonly [name: string]: LogValue };

export type LogFields = Readonly<Record<string, LogValue>>;

/** One line before it is text, in a form that survives a thread boundary. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly level: LogLevel;
  /** What happened, as `noun:verb`. */
  readonly event: string;
  readonly fields: LogFields;
}

/** What a thread must know to log as its run does. */
export interface LogRules {
  /** The least that is kept; null for nothing. */
  readonly level: LogLevel | null;
  /** Whether no value of a row may be in a line: statements come without their literals, errors without the server's words. */
  readonly hidesValues: boolean;
}

/** What a log is made of. */
export interface LogParts extends LogRules {
  /** Takes each line that is kept; it must not throw, because nobody who logs could do anything about it. */
  readonly take: (entry: LogEntry) => void;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

/**
 * Where a run says what it does, for whoever looks into it. It is handed in, so that two runs in one process have two, and
 * fields are asked for only where their line is kept, so that a log that is off costs nothing.
 */
export interface Log extends LogRules {
  /** Texts that no line may hold, such as passwords that were read from files; whoever learns of one adds it. */
  readonly secrets: Set<string>;
  /** Milliseconds since 1970, by the clock of the lines. */
  readonly nowMs: number;
  /** Logs what ended a run, or a part of it. */
  error(event: string, describe: () => LogFields): void;
  /** Logs what went wrong and was dealt with. */
  warn(event: string, describe: () => LogFields): void;
  /** Logs what a run does and decides, a few lines for each table. */
  info(event: string, describe: () => LogFields): void;
  /** Logs what there may be very much of. */
  debug(event: string, describe: () => LogFields): void;
  /** The same log, with fields that all of its lines have. */
  with(fields: LogFields): Log;
  /** Takes in a line of another thread. */
  forward(entry: LogEntry): void;
  /** What a line says of an error: its causes, without the words of others where these may quote a value. */
  describeError(error: unknown): { readonly causes: readonly LogValue[] };
  /** The same of causes that came from another thread. */
  describeCauses(causes: readonly ErrorCause[]): readonly LogValue[];
}

interface LogScope {
  readonly secrets?: Set<string>;
  readonly fields?: LogFields;
}

/** Makes a log of its parts; lines have the fields of its scope. */
export function makeLog(
  parts: LogParts,
  { secrets = new Set<string>(), fields: common = {} }: LogScope = {},
): Log {
  const { hidesValues, take, nowMs } = parts;
  const kept = parts.level === null ? -1 : LOG_LEVELS.indexOf(parts.level);
  const isKept = (level: LogLevel): boolean => LOG_LEVELS.indexOf(level) <= kept;
  const add = (level: LogLevel) => (event: string, describe: () => LogFields) => {
    if (isKept(level)) take({ timeMs: nowMs(), level, event, fields: { ...common, ...describe() } });
  };
  const describeAll = (causes: readonly ErrorCause[]): readonly LogValue[] =>
    causes.map(({ message, ...codes }) => (hidesValues ? codes : { message, ...codes }));
  return {
    level: parts.level,
    hidesValues,
    secrets,
    get nowMs() {
      return nowMs();
    },
    error: add('error'),
    warn: add('warn'),
    info: add('info'),
    debug: add('debug'),
    with: (fields) => makeLog(parts, { secrets, fields: { ...common, ...fields } }),
    forward: (entry) => {
      if (isKept(entry.level)) take(entry);
    },
    describeError: (error) => ({ causes: describeAll(describeCauses(error)) }),
    describeCauses: describeAll,
  };
}

/** The log of a run that nobody looks into. */
export const NO_LOG: Log = makeLog({ level: null, hidesValues: true, take: () => undefined, nowMs: () => 0 });
