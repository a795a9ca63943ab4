import { type Fact, known } from '../../../core/gate/fact.js';
import type { FixAction, FixStatement } from '../../../core/gate/fix.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { UnidentifiedFacts } from '../../../core/gate/serving-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { quoteName, textLiteral } from '../dialect.js';

/**
 * Tables whose rows cannot be named to a subscriber: neither a primary key, nor an index chosen for it that is there, nor all
 * columns.
 *
 * @see https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY
 */
export async function readPostgresqlUnidentified(
  session: SqlSession,
  { schema, tables }: GateRequest,
): Promise<Fact<readonly UnidentifiedFacts[]>> {
  const rows = await session.query(
    `SELECT c.relname::text AS name, EXISTS (SELECT FROM pg_publication_tables t JOIN pg_publication p ON p.pubname = t.pubname
         WHERE t.schemaname = n.nspname AND t.tablename = c.relname AND (p.pubupdate OR p.pubdelete))::text AS published
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = ${textLiteral(schema)} AND c.relkind = 'r' AND c.relpersistence = 'p' AND c.relreplident <> 'f'
       AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid
         AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END)
     ORDER BY 1`,
  );
  const wanted = new Set(tables.map(({ name }) => name));
  return known(
    rows
      .filter(({ name }) => wanted.has(name ?? ''))
      .map(({ name, published }) => ({ schema, table: name ?? '', isPublished: published === 'true' })),
  );
}

type Identify = Extract<FixAction, { readonly kind: 'identify-rows' }>;

export function identifyPostgresqlRows({ schema, table }: Identify): FixStatement {
  const alter = `ALTER TABLE ${quoteName(schema)}.${quoteName(table)} REPLICA IDENTITY`;
  return {
    statements: [`${alter} FULL`],
    isSafe: false,
    lock: 'it locks the table for a moment, and from then on whole rows are logged and looked for; a primary key is better',
    reversal: `${alter} DEFAULT`,
  };
}
