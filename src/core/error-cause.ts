/** What one error of a chain says; a server's own codes are kept apart, because messages are in its language. */
export interface ErrorCause {
  readonly message: string;
  /** The name of the error at its driver or its system: `ER_LOCK_DEADLOCK`, `ECONNRESET`; null for none. */
  readonly code: string | null;
  readonly sqlState: string | null;
  readonly errno: number | null;
}

const MOST_CAUSES = 5;
/** A server may send megabytes. */
const LONGEST_MESSAGE = 2000;
/** Drivers that have no field of its own for the SQLSTATE give it as the code; codes of a system hold no digit. */
const SQL_STATE = /^(?=.*\d)[0-9A-Z]{5}$/;

/**
 * The chain of errors behind a thrown value, itself first, in a form that survives a thread boundary. Of a group, such as
 * a connection that was tried at several addresses, every member is followed.
 */
export function describeCauses(thrown: unknown): readonly ErrorCause[] {
  const causes: ErrorCause[] = [];
  const open: unknown[] = [thrown];
  while (open.length > 0 && causes.length < MOST_CAUSES) {
    const error = open.shift();
    if (error === undefined || error === null) continue;
    causes.push(describeOne(error));
    const { cause, errors } = error as { cause?: unknown; errors?: unknown };
    open.push(cause, ...(Array.isArray(errors) ? errors : []));
  }
  return causes;
}

function describeOne(error: unknown): ErrorCause {
  const { code, sqlState, errno, message } = error as Readonly<Record<string, unknown>>;
  const name = typeof code === 'string' ? code : null;
  const isState = name !== null && SQL_STATE.test(name);
  return {
    message: (typeof message === 'string' ? message : String(error)).slice(0, LONGEST_MESSAGE),
    code: isState ? null : name,
    sqlState: typeof sqlState === 'string' && sqlState !== '' ? sqlState : isState ? name : null,
    errno: typeof errno === 'number' ? errno : null,
  };
}
