import { randomBytes } from 'node:crypto';
import type { TestDatabase, TestEngine } from '../support/database.js';

/** An account that may read a database and nothing else. */
export interface LeastAccount {
  /** The database's address with this account. */
  readonly url: string;
  /** Takes what was granted on the whole schema. */
  readonly takeSchema: () => Promise<void>;
  readonly grantTable: (name: string) => Promise<void>;
  readonly drop: () => Promise<void>;
}

/** Makes an account with SELECT on a schema, in words that every release of the engine knows. */
export async function leastAccount(engine: TestEngine, database: TestDatabase): Promise<LeastAccount> {
  const name = `least_${randomBytes(4).toString('hex')}`;
  const url = new URL(database.url);
  url.username = name;
  url.password = 'secret';
  const run = async (statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await database.run(statement);
  };
  if (engine === 'postgresql') {
    await run([
      `CREATE ROLE ${name} LOGIN PASSWORD 'secret'`,
      `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name}`,
    ]);
    return {
      url: url.href,
      takeSchema: () => run([`REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM ${name}`]),
      grantTable: (table) => run([`GRANT SELECT ON ${table} TO ${name}`]),
      drop: () => run([`DROP OWNED BY ${name}`, `DROP ROLE ${name}`]),
    };
  }
  const account = `'${name}'@'%'`;
  const schema = `\`${database.name}\``;
  await run([`CREATE USER ${account} IDENTIFIED BY 'secret'`, `GRANT SELECT ON ${schema}.* TO ${account}`]);
  return {
    url: url.href,
    takeSchema: () => run([`REVOKE SELECT ON ${schema}.* FROM ${account}`]),
    grantTable: (table) => run([`GRANT SELECT ON ${schema}.\`${table}\` TO ${account}`]),
    drop: () => run([`DROP USER ${account}`]),
  };
}
