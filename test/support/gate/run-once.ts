import type { TestDatabase } from '../database.js';
import { mysqlAdmin } from '../mysql-admin.js';
import { postgresqlAdmin } from '../postgresql-admin.js';

/**
 * Runs statements in a session that ends with them. One that stays, and has just written, may owe the server its counts for ten
 * seconds, which a gate waits for.
 */
export async function runOnce(
  { engine, url }: Pick<TestDatabase, 'engine' | 'url'>,
  script: string,
): Promise<void> {
  const session = await (engine === 'postgresql' ? postgresqlAdmin : mysqlAdmin)(url).openSession(url);
  try {
    await session.run(script);
  } finally {
    await session.close();
  }
}
