import type { SqlSession } from './sql-session.js';
import type { LoggedStatement, StatementLog } from './statement-log.js';
import { wrapSession } from './wrap-session.js';

/** A session that says in a log which statements it sends, and that it was closed. */
export function logSqlSession(session: SqlSession, statements: StatementLog): SqlSession {
  let isClosed = false;
  const around = <Result>(statement: Omit<LoggedStatement, 'session'>, work: () => Promise<Result>) =>
    statements.around({ ...statement, session: () => session.serverSessionId }, work);
  return wrapSession(() => session, {
    query: (sql, settings) => around({ sql, use: 'query' }, () => session.query(sql, settings)),
    parse: (sql) => around({ sql, use: 'parse' }, () => session.parse(sql)),
    readRows: (sql, columns, onSpan) =>
      around({ sql, use: 'rows' }, () => session.readRows(sql, columns, onSpan)),
    runOutside: (sql) => around({ sql, use: 'query' }, () => session.runOutside(sql)),
    beginSnapshot: async (start) => {
      const begun = await session.beginSnapshot(start);
      statements.log.info('snapshot:begin', () => ({ session: session.serverSessionId, ...begun }));
      return begun;
    },
    close: async () => {
      const wasBroken = session.broken;
      const { serverSessionId } = session;
      await session.close();
      if (!isClosed) statements.log.info('session:close', () => ({ session: serverSessionId, wasBroken }));
      isClosed = true;
    },
  });
}
