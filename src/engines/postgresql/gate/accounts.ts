import type { AccountFacts, DefinerFacts, GrantFacts } from '../../../core/gate/account-facts.js';
import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { readPostgresqlCapabilities } from '../capabilities.js';
import { quoteName, textLiteral } from '../dialect.js';
import { isOwnObject } from './schema-rows.js';

const schemaOid = (schema: string): string =>
  `(SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(schema)})`;

/**
 * The roles of the cluster but for the server's own, and whether each owns something of the schema or was granted something
 * of it. Everybody may see that. The one that a cluster is made with has number 10.
 *
 * @see https://www.postgresql.org/docs/current/view-pg-roles.html
 */
export async function readPostgresqlAccounts(
  session: SqlSession,
  { schema }: GateRequest,
): Promise<Fact<readonly AccountFacts[]>> {
  const rows = await session.query(
    `WITH held AS (
       SELECT relowner AS role FROM pg_class WHERE relnamespace = ${schemaOid(schema)}
       UNION SELECT x.grantee FROM pg_class c, aclexplode(c.relacl) x WHERE c.relnamespace = ${schemaOid(schema)}
       UNION SELECT x.grantee FROM pg_namespace n, aclexplode(n.nspacl) x WHERE n.oid = ${schemaOid(schema)}
       UNION SELECT proowner FROM pg_proc WHERE pronamespace = ${schemaOid(schema)})
     SELECT r.rolname AS name, r.rolcanlogin AS logs_in, r.oid = 10 OR r.rolname = 'postgres' AS server_own,
       r.rolname = current_user AS is_ours, r.rolreplication AND NOT r.rolsuper AS follows, r.oid IN (SELECT role FROM held) AS is_of_schema FROM pg_roles r
     WHERE r.rolname !~ '^pg_' ORDER BY r.rolname::text COLLATE "C"`,
  );
  return known(
    rows.map((row) => ({
      name: quoteName(row.name ?? ''),
      user: row.name ?? '',
      isRole: row.logs_in !== 't',
      isServerOwn: row.server_own === 't',
      isOurs: row.is_ours === 't',
      isForReplication: row.follows === 't',
      canLogIn: row.logs_in === 't',
      isOfSchema: row.is_of_schema === 't',
    })),
  );
}

/** The owners of what is in the schema. Views and some functions run with the rights of theirs. */
export async function readPostgresqlDefiners(
  session: SqlSession,
  { schema }: GateRequest,
): Promise<Fact<readonly DefinerFacts[]>> {
  const { hasColumn } = await readPostgresqlCapabilities(session);
  const isView = "c.relkind IN ('v', 'm')";
  const isNoPartition = hasColumn('pg_class', 'relispartition') ? 'NOT c.relispartition' : 'true';
  const rows = await session.query(
    `SELECT CASE WHEN ${isView} THEN 'view' ELSE 'table' END AS kind, c.relname::text AS name,
       pg_get_userbyid(c.relowner)::text AS owner,
       ${isView} AND NOT coalesce(c.reloptions::text ~ 'security_invoker=(true|on|1)', false) AS uses_rights
     FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = ${schemaOid(schema)} AND ${isNoPartition}
       AND ${isOwnObject('pg_class', 'c.oid')}
     UNION ALL SELECT 'routine', p.proname::text, pg_get_userbyid(p.proowner)::text, p.prosecdef
     FROM pg_proc p WHERE p.pronamespace = ${schemaOid(schema)} AND ${isOwnObject('pg_proc', 'p.oid')}
     ORDER BY 1, 2`,
  );
  return known(
    rows.map(({ kind, name, owner, uses_rights: usesRights }) => ({
      kind: kind as DefinerFacts['kind'],
      name: name ?? '',
      definer: quoteName(owner ?? ''),
      usesItsRights: usesRights === 't',
      exists: true,
    })),
  );
}

/**
 * What each role that logs in may really do, by whatever way it was granted: objects that were granted alike are asked for once.
 *
 * @see https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-ACCESS
 */
export async function readPostgresqlGrants(
  session: SqlSession,
  { schema }: GateRequest,
): Promise<Fact<readonly GrantFacts[]>> {
  const rows = await session.query(
    `WITH logins AS (SELECT oid, rolname, rolsuper FROM pg_roles WHERE rolcanlogin AND rolname !~ '^pg_'
         AND has_schema_privilege(oid, ${schemaOid(schema)}, 'USAGE')),
       roles AS (SELECT * FROM logins WHERE NOT rolsuper),
       alike AS (SELECT relkind = 'S' AS is_sequence, min(oid::text)::oid AS one, json_agg(relname)::text AS names FROM pg_class
         WHERE relnamespace = ${schemaOid(schema)} AND relkind IN ('r', 'p', 'v', 'm', 'S')
         GROUP BY relkind = 'S', relowner, relacl::text)
     SELECT r.rolname AS role, a.names, a.is_sequence, concat_ws(',',
       CASE WHEN NOT a.is_sequence AND has_table_privilege(r.oid, a.one, 'DELETE') THEN 'DELETE' END,
       CASE WHEN NOT a.is_sequence AND has_table_privilege(r.oid, a.one, 'INSERT') THEN 'INSERT' END,
       CASE WHEN NOT a.is_sequence AND has_table_privilege(r.oid, a.one, 'SELECT') THEN 'SELECT' END,
       CASE WHEN NOT a.is_sequence AND has_table_privilege(r.oid, a.one, 'UPDATE') THEN 'UPDATE' END,
       CASE WHEN a.is_sequence AND has_sequence_privilege(r.oid, a.one, 'USAGE') THEN 'USAGE' END) AS privileges
     FROM roles r CROSS JOIN alike a
     UNION ALL SELECT rolname, NULL, false, CASE WHEN rolsuper THEN 'ALL,DELETE,EXECUTE,INSERT,SELECT,UPDATE,USAGE' ELSE 'USAGE' END FROM logins`,
  );
  return known(
    rows.flatMap(({ role, names, is_sequence: isSequence, privileges }): GrantFacts[] => {
      const held = (privileges ?? '').split(',').filter(Boolean);
      const common = { account: quoteName(role ?? ''), privileges: held };
      if (names == null) return [{ ...common, object: null, kind: 'schema' }];
      const kind = isSequence === 't' ? 'sequence' : 'table';
      return held.length === 0
        ? []
        : (JSON.parse(names) as string[]).map((object) => ({ ...common, object, kind }));
    }),
  );
}
