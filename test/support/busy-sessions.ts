import type { TestDatabase } from './database.js';
import { mysqlAdmin } from './mysql-admin.js';
import { postgresqlAdmin } from './postgresql-admin.js';

/** Sessions that each run a statement until they are ended. */
export interface BusySessions {
  /** The server's own numbers of the sessions. */
  readonly sessionIds: readonly string[];
  /** Whether all of them are still at work, which they are for ten minutes unless they are ended. */
  readonly areAtWork: () => boolean;
  readonly end: () => Promise<void>;
}

/** Keeps so many statements at work on the server of a database. */
export async function keepBusy(database: TestDatabase, count: number): Promise<BusySessions> {
  const isPostgresql = database.engine === 'postgresql';
  const admin = isPostgresql ? postgresqlAdmin(database.url) : mysqlAdmin(database.url);
  const [idSql, sleepSql] = isPostgresql
    ? ['SELECT pg_backend_pid()', 'SELECT pg_sleep(600)']
    : ['SELECT CONNECTION_ID()', 'SELECT SLEEP(600)'];
  let ended = 0;
  const sessions = await Promise.all(
    Array.from({ length: count }, async () => {
      const session = await admin.openSession(database.url);
      const [[id] = []] = await session.query(idSql);
      return {
        session,
        id,
        sleeping: session
          .query(sleepSql)
          .catch(() => [])
          .finally(() => ended++),
      };
    }),
  );
  return {
    sessionIds: sessions.map(({ id }) => id ?? ''),
    areAtWork: () => ended === 0,
    end: async () => {
      for (const { id } of sessions) {
        if (isPostgresql) await database.query(`SELECT pg_cancel_backend(${id})`);
        else await database.run(`KILL QUERY ${id}`);
      }
      await Promise.all(sessions.map(({ sleeping }) => sleeping));
      await Promise.all(sessions.map(({ session }) => session.close()));
    },
  };
}
