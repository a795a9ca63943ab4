import { RowproofError } from '../core/errors.js';
import type { ConnectionSettings } from './connection-settings.js';
import type { Engine } from './engine.js';
import type { Session } from './session.js';
import { wrapSession } from './wrap-session.js';

/**
 * Makes a session outlast its connection, which a server or a firewall may end while nothing is asked: a question that
 * finds it lost is asked once more on a new one, on the same server or not at all. Who opens it closes it.
 */
export function makeLasting(first: Session, engine: Engine, settings: ConnectionSettings): Session {
  let session = first;
  let isClosed = false;
  const closing = new AbortController();
  const reopen = async (): Promise<void> => {
    await session.close();
    session = await engine.open(settings, closing.signal);
    if (!isClosed) return;
    await session.close();
    throw new RowproofError({ code: 'interrupted', message: 'The session was closed.' });
  };
  const withSession = async <Result>(
    work: (session: Session) => Promise<Result>,
    mayRepeat: () => boolean = () => true,
  ): Promise<Result> => {
    if (!isClosed && session.broken) await reopen();
    const used = session;
    try {
      return await work(used);
    } catch (error) {
      if (isClosed || !used.broken || !mayRepeat()) throw error;
      if (session === used) await reopen();
      return work(session);
    }
  };
  return wrapSession(() => session, {
    ask: (kind, about) => withSession((current) => current.ask(kind, about)),
    // Rows that were handed over must not be handed over twice: then whoever reads them tries again.
    readRows: async (selection, onSpan) => {
      let isBegun = false;
      const onFirst: typeof onSpan = (buffer, start, end, rows) => {
        isBegun = true;
        return onSpan(buffer, start, end, rows);
      };
      await withSession(
        (current) => current.readRows(selection, onFirst),
        () => !isBegun,
      );
    },
    close: async () => {
      isClosed = true;
      closing.abort();
      await session.close();
    },
  });
}
