import { VERBS, type Verb } from '../../../core/gate/application-facts.js';
import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type { Table } from '../../../core/schema.js';
import type { SqlSession } from '../../sql-session.js';
import { readMysqlRights } from './rights.js';

/** What the account may do with each table, by what SHOW GRANTS says of it. Grants on single columns count as none. */
export async function readMysqlVerbs(
  session: SqlSession,
  tables: readonly Table[],
): Promise<Fact<ReadonlyMap<string, ReadonlySet<Verb>>>> {
  const rights = await readMysqlRights(session);
  if (!rights.areKnown) return hidden('the server does not say what the account is granted');
  return known(
    new Map(
      tables.map(({ schema, name }) => [
        name,
        new Set(VERBS.filter((verb) => rights.has(verb, { schema, table: name }))),
      ]),
    ),
  );
}
