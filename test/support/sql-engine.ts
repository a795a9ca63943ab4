import { mysqlParts } from '../../src/engines/mysql/index.js';
import { postgresqlParts } from '../../src/engines/postgresql/index.js';
import type { SqlEngineParts } from '../../src/engines/sql-engine.js';

/** What the engine of a server's URL is made of, for tests that speak SQL through its sessions. */
export function sqlPartsFor(url: string): SqlEngineParts {
  const scheme = new URL(url).protocol.slice(0, -1);
  return mysqlParts.schemes.includes(scheme) ? mysqlParts : postgresqlParts;
}
