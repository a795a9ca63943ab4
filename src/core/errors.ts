import { describeCauses, type ErrorCause } from './error-cause.js';

/**
 * The closed set of reasons why Rowproof stops or leaves something unverified. Codes are stable: scripts match on them.
 */
export type ErrorCode =
  | 'usage'
  | 'nothing-to-compare'
  | 'connect'
  | 'permission'
  | 'catalog'
  | 'read'
  | 'session-state'
  | 'other-server'
  | 'wire-format'
  | 'key-order'
  | 'timeout'
  | 'connection-lost'
  | 'output'
  | 'interrupted'
  | 'internal';

/** The option that a usage error is about. */
export interface OptionName {
  /** Its name in a config file and in the settings of a program; null where only a command line has it. */
  readonly setting: string | null;
  /** Its flag, with the dashes; null where only a file has it. */
  readonly flag: string | null;
  /** As it was given: the flag, or the path of the key in the file or the settings, `tableSettings.orders.key`. */
  readonly given: string;
}

/** What a failed step tells: a sentence for people, what to do next, and the driver's own error. */
export interface ErrorDetails {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly cause?: unknown;
  readonly option?: OptionName | null;
}

/**
 * The only error type that leaves a public function. The message names side, table and column as far as they are
 * known; the hint says what to do next; a driver's error stays in `cause`.
 */
export class RowproofError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  /** The option that a `usage` error is about; null where it is about none; of several the first. */
  readonly option: OptionName | null;

  constructor({ code, message, hint, cause, option }: ErrorDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RowproofError';
    this.code = code;
    this.hint = hint ?? '';
    this.option = option ?? null;
  }
}

/** An error in the form that survives a thread boundary, where classes are lost. */
export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  /** What drivers and systems said, from the error itself to the first cause; of a driver also its SQLSTATE. */
  readonly causes: readonly ErrorCause[];
}

/** Turns any thrown value into its serialisable form; what is not a RowproofError is a bug of ours and says so. */
export function serializeError(error: unknown): SerializedError {
  if (error instanceof RowproofError) {
    const { code, message, hint, cause } = error;
    return { code, message, hint, causes: describeCauses(cause) };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const hint = 'Please report this as a bug.';
  return { code: 'internal', message: `Internal error: ${text}`, hint, causes: describeCauses(error) };
}
