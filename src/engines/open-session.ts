import { RowproofError } from '../core/errors.js';
import { startPatientTimer } from './patient-timer.js';

/** How long opening may take, and who may end it earlier. */
export interface OpeningLimits {
  readonly timeoutMs: number;
  readonly stop: AbortSignal | undefined;
}

/**
 * Opens something within one limit for all of its steps: name, socket, TLS, login, session state. When the time is over,
 * or the run is stopped, the signal that the steps were given ends them, and nobody waits for them any longer.
 */
export async function openWithin<T extends { close(): Promise<void> } | void>(
  { timeoutMs, stop }: OpeningLimits,
  open: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const endTimer = startPatientTimer(timeoutMs, () => ending.abort(loginTimeout(timeoutMs)));
  const onStop = (): void => ending.abort(interrupted());
  stop?.addEventListener('abort', onStop, { once: true });
  if (stop?.aborted) onStop();
  const ended = new Promise<never>((_resolve, reject) => {
    const onEnd = (): void => reject(ending.signal.reason);
    ending.signal.addEventListener('abort', onEnd, { once: true });
    if (ending.signal.aborted) onEnd();
  });
  const opening = open(ending.signal);
  try {
    return await Promise.race([opening, ended]);
  } catch (error) {
    // Who waited has been told already why it was given up.
    opening.then((late) => late?.close()).catch(() => undefined);
    throw ending.signal.aborted ? ending.signal.reason : error;
  } finally {
    endTimer();
    stop?.removeEventListener('abort', onStop);
  }
}

/** A plain error with the code of the network's own timeout, which engines take for worth another try. */
function loginTimeout(timeoutMs: number): Error {
  return Object.assign(new Error(`the server did not let us in within ${timeoutMs / 1000} s`), {
    code: 'ETIMEDOUT',
  });
}

function interrupted(): RowproofError {
  return new RowproofError({ code: 'interrupted', message: 'The run was interrupted.' });
}
