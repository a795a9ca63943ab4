import type { Duplex } from 'node:stream';
import { RowproofError } from '../core/errors.js';

/**
 * Ends a connection, with an error of its own, where what the server sent makes a driver's parser throw. Parsers run inside
 * a `data` event: what they throw would end the process, or the worker thread with the sessions of others.
 */
export function endOnUnreadableData(stream: Duplex, explain: (error: unknown) => RowproofError): void {
  const emit = stream.emit.bind(stream);
  stream.emit = ((event: string, ...args: unknown[]): boolean => {
    if (event !== 'data') return emit(event, ...args);
    try {
      return emit(event, ...args);
    } catch (error) {
      stream.destroy(error instanceof RowproofError ? error : explain(error));
      return true;
    }
  }) as typeof stream.emit;
}

/** The error for bytes that no rule of the protocol explains. */
export function unreadableData(error: unknown): RowproofError {
  const reason = error instanceof Error ? error.message : String(error);
  return new RowproofError({
    code: 'wire-format',
    message: `The server sent something that cannot be read (${reason}).`,
    hint: 'Connect to the database itself, and check that nothing between changes what it sends.',
    cause: error,
  });
}
