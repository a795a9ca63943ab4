import { RowproofError } from '../core/errors.js';

/** What stops a run: whoever began it, or the time it was given. */
export interface RuntimeLimit {
  readonly signal: AbortSignal;
  /** Whether the time was up first. */
  readonly stoppedBy: () => 'max-runtime' | null;
  /** Takes the limit off. */
  readonly end: () => void;
}

/** Stops a run after so many milliseconds, or when its caller does; null for no limit. */
export function limitRuntime(
  maxMs: number | null,
  caller: AbortSignal = new AbortController().signal,
): RuntimeLimit {
  if (maxMs === null) return { signal: caller, stoppedBy: () => null, end: () => undefined };
  const limit = new AbortController();
  let isUp = false;
  const timer = setTimeout(() => {
    isUp = !caller.aborted;
    limit.abort();
  }, maxMs);
  return {
    signal: AbortSignal.any([caller, limit.signal]),
    stoppedBy: () => (isUp ? 'max-runtime' : null),
    end: () => clearTimeout(timer),
  };
}

/** What a stop cuts off fails in many ways, none of which matters to who asked for it. */
export function interruptedBy(error: unknown, { stoppedBy }: RuntimeLimit): unknown {
  if (stoppedBy() !== null)
    return new RowproofError({
      code: 'timeout',
      message: 'The run reached --max-runtime before a row was read.',
      hint: 'Give it more time.',
      cause: error,
    });
  if (error instanceof RowproofError && (error.code === 'usage' || error.code === 'output')) return error;
  return new RowproofError({ code: 'interrupted', message: 'The run was interrupted.', cause: error });
}
