import { RowproofError } from '../core/errors.js';
import type { ErrorClass } from './engine.js';

/**
 * What a failed look at a server's load means: one that may succeed later is left as it is, and one that the server (or a
 * fork of it) refuses ends a run that was to keep to it, before anything is read.
 */
export function describeRefusedLoad(error: unknown, classify: (error: unknown) => ErrorClass): unknown {
  if (error instanceof RowproofError) return error;
  const { transient, message } = classify(error);
  if (transient) return error;
  return new RowproofError({
    code: 'usage',
    message: `The server does not say how busy it is: ${message.replace(/\.$/, '')}.`,
    hint: 'Leave --max-load out, or limit the run with --max-rows-per-second.',
    cause: error,
  });
}
