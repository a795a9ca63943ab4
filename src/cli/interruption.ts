import { RowproofError } from '../core/errors.js';
import { EXIT_CODES } from '../core/verdict.js';
import type { CliIo } from './cli-io.js';

export interface Interruption {
  readonly signal: AbortSignal;
  /** Aborted when somebody asks to stop once the run itself is over. */
  readonly writing: AbortSignal;
  /** Says that the run itself is over: what is still to be written may take its time. */
  runEnded(): void;
  /** Stops listening. */
  close(): void;
}

/** How long a run may take to stop, whatever it waits for, before the process ends without it. */
const STOP_LIMIT_MS = 4500;

interface Listening {
  readonly io: Pick<CliIo, 'onInterrupt' | 'exit'>;
  readonly say: (text: string) => void;
  /** Cleans up what a process that ends at once would leave behind. */
  readonly onSecond: () => void;
}

/** Turns the first request to stop into an abort that lets a run keep what it has, and the second into an end. */
export function listenForInterrupts({ io, say, onSecond }: Listening): Interruption {
  const controller = new AbortController();
  const writing = new AbortController();
  let isOver = false;
  let limit: NodeJS.Timeout | undefined;
  const endAtOnce = (): void => {
    onSecond();
    io.exit(EXIT_CODES.interrupted);
  };
  const stopListening = io.onInterrupt(() => {
    if (controller.signal.aborted) {
      endAtOnce();
      return;
    }
    limit = setTimeout(endAtOnce, STOP_LIMIT_MS);
    say(
      isOver
        ? 'Interrupted: what is not written yet is left out. Interrupt again to end at once.'
        : 'Interrupted: stopping and writing what there is. Interrupt again to end at once.',
    );
    if (isOver) writing.abort();
    controller.abort(new RowproofError({ code: 'interrupted', message: 'The run was interrupted.' }));
  });
  const runEnded = (): void => {
    isOver = true;
    clearTimeout(limit);
  };
  return {
    signal: controller.signal,
    writing: writing.signal,
    runEnded,
    close: () => {
      runEnded();
      stopListening();
    },
  };
}
