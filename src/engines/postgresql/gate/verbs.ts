import { VERBS, type Verb } from '../../../core/gate/application-facts.js';
import { type Fact, known } from '../../../core/gate/fact.js';
import type { Table } from '../../../core/schema.js';
import type { SqlSession } from '../../sql-session.js';
import { textLiteral } from '../dialect.js';

/** What the account may do with each table, by roles that it has too. */
export async function readPostgresqlVerbs(
  session: SqlSession,
  tables: readonly Table[],
): Promise<Fact<ReadonlyMap<string, ReadonlySet<Verb>>>> {
  const schemas = [...new Set(tables.map(({ schema }) => schema))];
  if (schemas.length === 0) return known(new Map());
  const asked = VERBS.map(
    (verb) => `has_table_privilege(c.oid, '${verb}')::text AS may_${verb.toLowerCase()}`,
  );
  const rows = await session.query(
    `SELECT c.relname::text AS name, ${asked.join(', ')}
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN (${schemas.map(textLiteral).join(', ')}) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
  );
  return known(
    new Map(
      rows.map((row) => [
        row.name ?? '',
        new Set(VERBS.filter((verb) => row[`may_${verb.toLowerCase()}`] === 'true')),
      ]),
    ),
  );
}
