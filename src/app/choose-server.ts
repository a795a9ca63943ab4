import { RowproofError } from '../core/errors.js';
import type { RunEvent } from '../core/event.js';
import type { Side } from '../core/pairing.js';
import { isNetworkFailure } from '../engines/connect-failure.js';
import type { ConnectionSettings } from '../engines/connection-settings.js';
import type { Engine } from '../engines/engine.js';
import { openUnlessForeign } from '../engines/foreign-server.js';

import type { Session } from '../engines/session.js';
import { describeServer, describeSideFailure, explainReason, type SideFailure } from './side-failure.js';

/** The servers of which one becomes a side, in the order in which they are tried. */
export interface ServerChoice {
  readonly side: Side;
  readonly engine: Engine;
  readonly candidates: readonly [ConnectionSettings, ...ConnectionSettings[]];
  readonly stop?: AbortSignal | undefined;
  /** Is told which of several it is. */
  readonly onChosen?: ChoiceListener | undefined;
}

/** Where it returns a promise, the run waits for it. */
export type ChoiceListener = (event: SideChosen) => unknown;

type SideChosen = Extract<RunEvent, { readonly type: 'side:chosen' }>;

/** The server that a side is on to the end of the run. */
export interface ChosenServer {
  readonly session: Session;
  readonly settings: ConnectionSettings;
}

/** A server that was tried and not taken. */
interface PassedOver {
  readonly settings: ConnectionSettings;
  readonly error: unknown;
}

/**
 * Opens a session on the first server that can be reached and is what was asked for, and tells which of several that is. A
 * server that refuses the login ends the search, as in libpq: a wrong password or certificate is no reason to compare another
 * one.
 */
export async function chooseServer(choice: ServerChoice): Promise<ChosenServer> {
  const { candidates, onChosen } = choice;
  const { session, settings, passed } = await openFirst(choice);
  if (candidates.length === 1) return { session, settings };
  try {
    await onChosen?.(describeChoice(choice, settings, passed));
    return { session, settings };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function openFirst(choice: ServerChoice): Promise<ChosenServer & { passed: readonly PassedOver[] }> {
  const { side, engine, candidates, stop } = choice;
  const passed: PassedOver[] = [];
  for (const settings of candidates) {
    try {
      return { session: await openUnlessForeign(engine, settings, stop), settings, passed };
    } catch (error) {
      if (stop?.aborted || candidates.length === 1 || !leadsOn(error, engine))
        throw refusedAfter(choice, passed, { side, engine, settings, error, what: 'connect to' });
      passed.push({ settings, error });
    }
  }
  throw noneLeft(choice, passed);
}

/** Names the servers before the one that ended the search: who wrote the list may wonder why it is that one. */
function refusedAfter(
  choice: ServerChoice,
  passed: readonly PassedOver[],
  failure: SideFailure,
): RowproofError {
  const refused = describeSideFailure(failure);
  if (passed.length === 0 || refused.code === 'interrupted') return refused;
  const { code, message, hint, cause } = refused;
  const before = spellPassedOver(choice, passed);
  return new RowproofError({ code, hint, cause, message: `${message} Passed over before: ${before}.` });
}

/** Whether the next server may be tried: this one was not reached, takes nobody now, or is another kind of server. */
function leadsOn(error: unknown, engine: Engine): boolean {
  if (error instanceof RowproofError) return error.code === 'other-server';
  return isNetworkFailure(error) || engine.classifyError(error).transient;
}

function describeChoice(
  choice: ServerChoice,
  chosen: ConnectionSettings,
  passed: readonly PassedOver[],
): SideChosen {
  const url = nameServer(chosen);
  // A server may be taken that was no standby when one was preferred.
  const passedOver = listPassedOver(choice, passed).filter((other) => other.url !== url);
  return { type: 'side:chosen', side: choice.side, url, passedOver };
}

function noneLeft(choice: ServerChoice, passed: readonly PassedOver[]): RowproofError {
  return new RowproofError({
    code: 'connect',
    message: `Cannot connect to the ${choice.side}: none of its servers can be used. Tried: ${spellPassedOver(choice, passed)}.`,
    hint: 'Check the hosts and ports of the URL, and what it says the server must be.',
    cause: passed.at(-1)?.error,
  });
}

function spellPassedOver(choice: ServerChoice, passed: readonly PassedOver[]): string {
  return listPassedOver(choice, passed)
    .map(({ url, reason }) => `${url} (${reason})`)
    .join(', ');
}

/** Each server once: one that is tried for a second role failed in the same way, or because of the first. */
function listPassedOver(
  { side, engine }: ServerChoice,
  passed: readonly PassedOver[],
): SideChosen['passedOver'] {
  const reasons = new Map<string, string>();
  for (const { settings, error } of passed) {
    const url = nameServer(settings);
    if (!reasons.has(url))
      reasons.set(url, explainReason({ side, engine, settings, error, what: 'connect to' }));
  }
  return [...reasons].map(([url, reason]) => ({ url, reason }));
}

function nameServer(settings: ConnectionSettings): string {
  const { socketPath } = settings;
  return `${describeServer(settings)}${socketPath === null ? '' : ` by the socket ${socketPath}`}`;
}
