import { RowproofError } from '../core/errors.js';
import { EXIT_CODES } from '../core/verdict.js';
import type { CliIo } from './cli-io.js';

export interface Interruption {
  readonly signal: AbortSignal;
  /** Stops listening. */
  close(): void;
}

interface Listening {
  readonly io: Pick<CliIo, 'onInterrupt' | 'exit'>;
  readonly say: (text: string) => void;
  /** Cleans up what a process that ends at once would leave behind. */
  readonly onSecond: () => void;
}

/** Turns the first request to stop into an abort that lets a run keep what it has, and the second into an end. */
export function listenForInterrupts({ io, say, onSecond }: Listening): Interruption {
  const controller = new AbortController();
  const stopListening = io.onInterrupt(() => {
    if (controller.signal.aborted) {
      onSecond();
      io.exit(EXIT_CODES.interrupted);
      return;
    }
    say('Interrupted: stopping and writing what there is. Interrupt again to end at once.');
    controller.abort(new RowproofError({ code: 'interrupted', message: 'The run was interrupted.' }));
  });
  return { signal: controller.signal, close: stopListening };
}
