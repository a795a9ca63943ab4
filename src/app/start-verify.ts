import type { RunConfig } from '../config/run-config.js';
import { RowproofError } from '../core/errors.js';
import type { RunEvent, RunListener } from '../core/event.js';
import { HandOver } from '../core/hand-over.js';
import { refuseUnknownNames } from '../core/refuse-unknown-names.js';
import { HOOKS, type RunHooks, type VerifyOutcome } from './run-hooks.js';
import { verify } from './verify.js';

/**
 * A run that a program follows event by event.
 *
 * It begins with the first event that is asked for, or with `outcome()` where nobody wants events, and waits until each
 * event was taken. A loop over it that is left early stops the run.
 */
export interface VerifyRun extends AsyncIterable<RunEvent> {
  /** What the run leaves; rejects as `verify` does. Who gets it closes it. */
  outcome(): Promise<VerifyOutcome>;
}

/** Verifies as `verify` does, with the events as something to loop over. */
export function startVerify(config: RunConfig, hooks: Omit<RunHooks, 'onEvent'> = {}): VerifyRun {
  refuseUnknownNames(hooks, { of: 'startVerify', known: HOOKS.filter((name) => name !== 'onEvent') });
  const events = new HandOver<RunEvent>();
  const stop = new AbortController();
  const signal = hooks.signal === undefined ? stop.signal : AbortSignal.any([hooks.signal, stop.signal]);
  let running: Promise<VerifyOutcome> | null = null;
  const begin = (onEvent?: RunListener): Promise<VerifyOutcome> => {
    running = verify(config, { ...hooks, signal, ...(onEvent === undefined ? {} : { onEvent }) }).finally(
      () => events.end(),
    );
    // The loop or `outcome` tells of a failure; Node would end a program that asks only one of them.
    running.catch(() => {});
    return running;
  };
  return {
    outcome: () => running ?? begin(),
    [Symbol.asyncIterator]: async function* () {
      if (running !== null) throw alreadyRead();
      const outcome = begin((event) => events.give(event));
      try {
        for (let next = await events.take(); next !== null; next = await events.take()) yield next.value;
        await outcome;
      } finally {
        stop.abort();
        events.end();
        // Whoever left the loop early asked for no outcome; a loop to the end has thrown its error above.
        await outcome.catch(() => {});
      }
    },
  };
}

function alreadyRead(): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: 'The events of a run can be read once, and from its beginning.',
    hint: 'Start another run, or loop over the events before you ask for the outcome.',
  });
}
