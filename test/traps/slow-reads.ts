import { setTimeout as delay } from 'node:timers/promises';
import type { TestDatabase, TestEngine } from '../support/database.js';

const PATIENCE_MS = 60_000;
const POLL_MS = 20;

/** A condition that holds for every row and takes its time for each. */
export function slowCondition(engine: TestEngine, seconds: number): string {
  return engine === 'postgresql' ? `pg_sleep(${seconds})::text = ''` : `SLEEP(${seconds}) = 0`;
}

/** MySQL's older list of sessions fails as soon as anybody's statement holds a character outside the basic plane. */
export function processList(engine: TestEngine): string {
  return engine === 'mysql' ? 'performance_schema.processlist' : 'information_schema.processlist';
}

/**
 * The sessions that are in a slow read of this database. Asleep, such a read has its snapshot: what is written from then
 * on is not in it. MySQL lists the first 1,024 bytes of a statement, which may end before the part that sleeps.
 */
export async function findSlowReads(database: TestDatabase, { asleep = false } = {}): Promise<string[]> {
  const sql =
    database.engine === 'postgresql'
      ? `SELECT pid FROM pg_stat_activity WHERE datname = '${database.name}' AND query LIKE '/*NO LOAD BALANCE*/ SELECT%FROM%pg\\_sleep%' AND state = 'active'
         ${asleep ? "AND wait_event = 'PgSleep'" : ''}`
      : `SELECT id FROM ${processList(database.engine)} WHERE db = '${database.name}' AND info LIKE 'SELECT%FROM \`${database.name}\`.\`%WHERE%'
         AND id <> CONNECTION_ID() ${asleep ? "AND state = 'User sleep'" : ''}`;
  return (await database.query(sql)).map(([id]) => String(id));
}

/** Resolves once a session is in a slow read of this database, with its snapshot taken. */
export async function waitForSlowRead(database: TestDatabase): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while ((await findSlowReads(database, { asleep: true })).length === 0) {
    if (performance.now() > deadline) throw new Error('No slow read has begun.');
    await delay(POLL_MS);
  }
}

/** Kills the sessions that are in a slow read of this database, waits until they are gone, and says how many they were. */
export async function endReadingSessions(database: TestDatabase): Promise<number> {
  const ids = await findSlowReads(database);
  for (const id of ids) {
    if (database.engine === 'postgresql') await database.query(`SELECT pg_terminate_backend(${id})`);
    else await database.run(`KILL ${id}`);
  }
  const deadline = performance.now() + PATIENCE_MS;
  while ((await findSlowReads(database)).length > 0) {
    if (performance.now() > deadline) throw new Error('A slow read goes on.');
    await delay(POLL_MS);
  }
  return ids.length;
}
