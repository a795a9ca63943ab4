import type { Engine } from './engine.js';
import type { Session } from './session.js';
import { wrapSession } from './wrap-session.js';

/**
 * Classes of SQLSTATE whose errors are about connections, transactions, rights, names and limits. A server quotes values of
 * rows in others: `invalid input syntax for type integer: "…"`.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const WITHOUT_VALUES = new Set(['08', '25', '28', '3D', '3F', '40', '42', '53', '55', '57', '70']);

/**
 * An engine whose sessions fail without the server's own words, where these may quote a value of a row. The codes stay. What
 * fails is hidden where it comes in, so that no message, event, log line or cause can hold it.
 */
export function hideServerWords(engine: Engine): Engine {
  return {
    ...engine,
    open: async (settings, stop, log) => hideWordsOf(await engine.open(settings, stop, log)),
  };
}

function hideWordsOf(session: Session): Session {
  const ask: Session['ask'] = (kind, about) => session.ask(kind, about).catch(throwHidden);
  const readRows: Session['readRows'] = (selection, onSpan) =>
    session.readRows(selection, onSpan).catch(throwHidden);
  return wrapSession(() => session, {
    ask,
    readRows,
  });
}

function throwHidden(error: unknown): never {
  hideWords(error);
  throw error;
}

/** Changes the error itself: its class, codes and stack are what others go by. */
function hideWords(error: unknown): void {
  if (!(error instanceof Error)) return;
  const state = stateOf(error);
  if (state !== null && !WITHOUT_VALUES.has(state.slice(0, 2))) {
    const said = error.message;
    error.message = `the server answered with ${nameOf(error, state)}, and its words are hidden, since they may quote a row`;
    if (error.stack !== undefined) error.stack = error.stack.replaceAll(said, error.message);
    for (const name of ['detail', 'hint', 'where', 'internalQuery', 'sqlMessage', 'sql'])
      if (Object.hasOwn(error, name)) Reflect.deleteProperty(error, name);
  }
  hideWords(error.cause);
}

/** An error as the server's manual lists it. */
function nameOf(error: Error, state: string): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code !== state ? `${code} (SQLSTATE ${state})` : `SQLSTATE ${state}`;
}

/** The SQLSTATE of a server's error; null where no server said it. */
function stateOf(error: Error): string | null {
  const { sqlState, code } = error as { sqlState?: unknown; code?: unknown };
  for (const each of [sqlState, code])
    if (typeof each === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(each)) return each;
  return null;
}
