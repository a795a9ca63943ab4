import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type { FixAction, FixStatement } from '../../../core/gate/fix.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ThingFacts, ThingKind } from '../../../core/gate/leftover-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { quoteName, textLiteral } from '../dialect.js';
import { readMysqlRights } from './rights.js';

/** Tables and triggers of the schema, other schemas and accounts as far as the account may see them. */
export async function readMysqlThings(
  session: SqlSession,
  { schema }: GateRequest,
): Promise<Fact<readonly ThingFacts[]>> {
  const { account, has } = await readMysqlRights(session);
  if (!has('TRIGGER', { schema }))
    return hidden('triggers are hidden', `GRANT TRIGGER ON ${quoteName(schema)}.* TO ${account}`);
  const name = textLiteral(schema);
  const rows = await session.query(
    `SELECT 'table' AS kind, TABLE_NAME AS name, '' AS table_name FROM information_schema.TABLES
       WHERE TABLE_SCHEMA = ${name} AND TABLE_TYPE LIKE '%BASE TABLE'
     UNION ALL SELECT 'trigger', TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ${name}
     UNION ALL SELECT 'schema', SCHEMA_NAME, '' FROM information_schema.SCHEMATA`,
  );
  // What fails on the server is in the log; accounts that may not be seen are another check's question.
  const accounts = await session
    .query("SELECT User AS name FROM mysql.user WHERE User <> ''")
    .catch(() => []);
  return known([
    ...rows.map(({ kind, name: own, table_name: table }) =>
      describe(kind as ThingKind, own ?? '', {
        schema: kind === 'schema' ? null : schema,
        table: table || null,
      }),
    ),
    ...new Map(
      accounts.map((row) => [row.name, describe('account', row.name ?? '', { schema: null, table: null })]),
    ).values(),
  ]);
}

function describe(kind: ThingKind, name: string, place: Pick<ThingFacts, 'schema' | 'table'>): ThingFacts {
  return { kind, name, ...place, isActive: kind === 'trigger' };
}

type Drop = Extract<FixAction, { readonly kind: 'drop' }>;

/** What is dropped, nothing brings back. */
export function dropMysql({ what, schema, name }: Drop): FixStatement | null {
  if (schema === null || (what !== 'table' && what !== 'trigger')) return null;
  return {
    statements: [`DROP ${what.toUpperCase()} ${quoteName(schema)}.${quoteName(name)}`],
    isSafe: false,
    lock: 'it waits for statements that use it, and new ones wait for it',
    reversal: '',
  };
}
