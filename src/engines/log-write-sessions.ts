import type { Log } from '../core/log.js';
import { StatementLog } from './statement-log.js';
import type { WriteDialect, WriteSession } from './write.js';

/** The same of sessions that may write as `logEngine` of those that read. */
export function logWriter(dialect: WriteDialect, log: Log): WriteDialect {
  if (log.level === null) return dialect;
  return {
    ...dialect,
    open: async (settings, stop) => {
      const startedMs = log.nowMs;
      try {
        const session = await dialect.open(settings, stop);
        const opened = { writes: true, ms: log.nowMs - startedMs };
        log.info('session:open', () => ({ session: session.serverSessionId, ...opened }));
        return logSession(session, new StatementLog(log, dialect.lexicon));
      } catch (error) {
        log.warn('session:fail', () => ({ writes: true, ...log.describeError(error) }));
        throw error;
      }
    },
  };
}

function logSession(session: WriteSession, statements: StatementLog): WriteSession {
  const { log } = statements;
  const here = (): string => session.serverSessionId;
  const around = <Result>(sql: string, work: () => Promise<Result>): Promise<Result> =>
    statements.around({ sql, use: 'write', session: here }, work);
  return {
    get serverSessionId() {
      return session.serverSessionId;
    },
    get broken() {
      return session.broken;
    },
    serverQuestion: session.serverQuestion,
    readAnswer: (row) => session.readAnswer(row),
    runAll: async (sent) => {
      const together = await around(sent.join('; '), () => session.runAll(sent));
      if (together.failure !== null) {
        const sql = sent[together.results.length] ?? '';
        statements.failed({ sql, use: 'write', session: here }, together.failure.cause, { session: here() });
      }
      return together;
    },
    query: (sql) => around(sql, () => session.query(sql)),
    execute: (sql) => around(sql, () => session.execute(sql)),
    close: async () => {
      const { broken: wasBroken, serverSessionId } = session;
      await session.close();
      log.info('session:close', () => ({ session: serverSessionId, writes: true, wasBroken }));
    },
  };
}
