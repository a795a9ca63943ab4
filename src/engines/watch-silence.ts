import { RowproofError } from '../core/errors.js';
import type { ConnectionSettings } from './connection-settings.js';
import type { Engine } from './engine.js';
import { startPatientTimer } from './patient-timer.js';
import type { Session, SessionActivity } from './session.js';
import { wrapSession } from './wrap-session.js';

/** After so long without a byte the server is asked on another connection what it does. */
const SILENCE_MS = 30_000;
/** How long that may take. */
const ANSWER_MS = 10_000;
/** Bytes are looked for so often in that time; and so soon it is asked once more where the answer says that the connection is lost. */
const LOOKS = 6;

export interface SilenceRules {
  /** How long a statement may be silent before its server is asked; half a minute, or less where it may take no longer. */
  readonly silenceMs?: number;
  /** Told of a statement that has sent no byte for so long although its server still works on it, or does not answer at all. */
  readonly onSilence: (silentMs: number) => void;
}

/**
 * An engine whose sessions notice that their connection is dead although nothing says so: a firewall that forgot it, bytes that
 * were lost, a proxy that stalls. A statement that the server still works on may be silent for as long as it likes; one that is
 * done, has ended or waits for its rows to be taken was lost on the way. It fails, so that it is tried again on another
 * connection.
 */
export function watchSilence(engine: Engine, rules: SilenceRules): Engine {
  return {
    ...engine,
    open: async (settings, stop, log) => {
      const session = await engine.open(settings, stop, log);
      const silenceMs = rules.silenceMs ?? Math.min(SILENCE_MS, settings.statementTimeoutMs);
      return watch(session, {
        ...rules,
        silenceMs,
        find: () => askAbout(session, { engine, settings, stop }),
      });
    },
  };
}

interface Asking {
  readonly engine: Engine;
  readonly settings: ConnectionSettings;
  readonly stop: AbortSignal | undefined;
}

/** What is known of a statement; `unanswered` where the server does not answer anybody. */
type Found = SessionActivity | 'unanswered';

/** Whatever says nothing of this connection, such as that there is none left for another one, ends no statement. */
async function askAbout(silent: Session, { engine, settings, stop }: Asking): Promise<Found> {
  const limits = { connectTimeoutMs: ANSWER_MS, statementTimeoutMs: ANSWER_MS, longestSilenceMs: ANSWER_MS };
  // Behind a proxy the number may be anybody's.
  const isKnown = engine.can.activity === true && silent.cancelKey !== null;
  try {
    const other = await engine.open({ ...settings, ...limits }, stop);
    try {
      return isKnown ? await other.ask('activity', silent.serverSessionId) : 'working';
    } finally {
      await other.close();
    }
  } catch (error) {
    return isAway(error, engine) ? 'unanswered' : 'working';
  }
}

function isAway(error: unknown, engine: Engine): boolean {
  if (error instanceof RowproofError) return error.code === 'connection-lost';
  const { code, transient, isFull = false } = engine.classifyError(error);
  return transient && !isFull && (code === 'connect' || code === 'connection-lost');
}

interface Watching extends SilenceRules {
  readonly silenceMs: number;
  readonly find: () => Promise<Found>;
}

function watch(session: Session, rules: Watching): Session {
  let isHeld = false;
  const during = <Result>(work: () => Promise<Result>): Promise<Result> =>
    unlessLost(work, { session, rules, isHeld: () => isHeld });
  return wrapSession(() => session, {
    ask: (kind, about) => during(() => session.ask(kind, about)),
    readRows: (selection, onSpan) => during(() => session.readRows(selection, onSpan)),
    pause: () => {
      isHeld = true;
      session.pause();
    },
    resume: () => {
      isHeld = false;
      session.resume();
    },
  });
}

interface Watched {
  readonly session: Session;
  readonly rules: Watching;
  /** Whether no byte is taken off the connection on purpose. */
  readonly isHeld: () => boolean;
}

async function unlessLost<Result>(work: () => Promise<Result>, watched: Watched): Promise<Result> {
  let endWatch = (): void => undefined;
  const lost = new Promise<never>((_resolve, reject) => {
    endWatch = startWatch(watched, reject);
  });
  try {
    return await Promise.race([work(), lost]);
  } finally {
    endWatch();
  }
}

/** Looks now and then until it is called off. */
function startWatch(
  { session, rules: { find, onSilence, silenceMs }, isHeld }: Watched,
  onLost: (error: RowproofError) => void,
): () => void {
  let isOver = false;
  let seenBytes = session.receivedBytes;
  let sinceMs = performance.now();
  let askMs = sinceMs + silenceMs;
  /** How often in a row the server said, without a byte in between, that the statement is lost. */
  let lostAnswers = 0;
  let cancel = (): void => undefined;
  const lookAgain = (): void => {
    if (!isOver) cancel = startPatientTimer(silenceMs / LOOKS, () => void look());
  };
  const sign = (): boolean => {
    if (session.receivedBytes === seenBytes && !isHeld()) return false;
    seenBytes = session.receivedBytes;
    sinceMs = performance.now();
    askMs = sinceMs + silenceMs;
    lostAnswers = 0;
    return true;
  };
  const look = async (): Promise<void> => {
    if (sign() || performance.now() < askMs) return lookAgain();
    const activity = await find();
    if (isOver) return;
    if (sign()) return lookAgain();
    const silentMs = performance.now() - sinceMs;
    onSilence(silentMs);
    if (activity === 'working') {
      lostAnswers = 0;
      askMs = performance.now() + silenceMs;
      return lookAgain();
    }
    if (++lostAnswers < 2) return lookAgain();
    onLost(describeSilence(activity, silentMs));
    await session.close();
  };
  lookAgain();
  return () => {
    isOver = true;
    cancel();
  };
}

const WHAT_IT_DOES: Readonly<Record<Exclude<Found, 'working'>, string>> = {
  sending: 'it waits for rows to be taken that do not arrive',
  idle: 'it works on no statement of this connection',
  ended: 'it has ended this connection',
  unanswered: 'it answers on no other connection either',
};

function describeSilence(activity: keyof typeof WHAT_IT_DOES, silentMs: number): RowproofError {
  return new RowproofError({
    code: 'connection-lost',
    message: `The server sent nothing for ${Math.round(silentMs / 1000)} s, and ${WHAT_IT_DOES[activity]}.`,
    hint: 'Check what stands between: a firewall, a proxy or a network that loses connections.',
  });
}
