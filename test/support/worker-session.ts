import type { SqlSession } from '../../src/engines/sql-session.js';
import { sqlPartsFor } from './sql-engine.js';

const ENVIRONMENT = { variables: {}, readFile: () => null, homeFolder: '/nowhere', userName: 'nobody' };

/** Opens a session as a worker does, with options added to its URL and nothing taken from the environment. */
export function openWorkerSession(
  url: string,
  options: Readonly<Record<string, string>> = {},
): Promise<SqlSession> {
  const address = new URL(url);
  for (const [name, value] of Object.entries(options)) address.searchParams.set(name, value);
  const engine = sqlPartsFor(url);
  return engine.openSql(engine.resolveConnection(address, ENVIRONMENT));
}
