import type { Log } from '../core/log.js';
import type { Engine, Session } from './engine.js';
import { type LoggedStatement, StatementLog } from './statement-log.js';

/**
 * An engine whose sessions say in a log what they send and what comes of it. Every session of a run comes from one, so no
 * error of a statement goes without a line, whoever catches it.
 */
export function logEngine(engine: Engine, log: Log): Engine {
  if (log.level === null) return engine;
  return {
    ...engine,
    open: async (settings, stop) => {
      const startedMs = log.nowMs;
      try {
        const session = await engine.open(settings, stop);
        log.info('session:open', () => ({ session: session.serverSessionId, ms: log.nowMs - startedMs }));
        return logSession(session, new StatementLog(log, engine.lexicon));
      } catch (error) {
        log.warn('session:fail', () => ({ ms: log.nowMs - startedMs, ...log.describeError(error) }));
        throw error;
      }
    },
    cancel: async (settings, keys, stop) => {
      log.info('statements:cancel', () => ({ statements: keys.length }));
      try {
        await engine.cancel(settings, keys, stop);
      } catch (error) {
        log.warn('statements:cancel-fail', () => log.describeError(error));
        throw error;
      }
    },
  };
}

function logSession(session: Session, statements: StatementLog): Session {
  let isClosed = false;
  const around = <Result>(statement: Omit<LoggedStatement, 'session'>, work: () => Promise<Result>) =>
    statements.around({ ...statement, session: () => session.serverSessionId }, work);
  return {
    server: session.server,
    get serverSessionId() {
      return session.serverSessionId;
    },
    get cancelKey() {
      return session.cancelKey;
    },
    get broken() {
      return session.broken;
    },
    findings: session.findings,
    query: (sql, settings) => around({ sql, use: 'query' }, () => session.query(sql, settings)),
    parse: (sql) => around({ sql, use: 'parse' }, () => session.parse(sql)),
    readRows: (sql, columns, onSpan) =>
      around({ sql, use: 'rows' }, () => session.readRows(sql, columns, onSpan)),
    pause: () => session.pause(),
    resume: () => session.resume(),
    close: async () => {
      const wasBroken = session.broken;
      const { serverSessionId } = session;
      await session.close();
      if (!isClosed) statements.log.info('session:close', () => ({ session: serverSessionId, wasBroken }));
      isClosed = true;
    },
  };
}
