import type { SideGrants } from '../../../core/gate/side-grants.js';
import type { SqlSession } from '../../sql-session.js';
import { quoteName, textLiteral } from '../dialect.js';
import { readPostgresqlRights } from './rights.js';

const MANAGED = [
  'On Amazon RDS and Aurora the role rds_superuser may grant pg_monitor; on Cloud SQL cloudsqlsuperuser, on Azure azure_pg_admin.',
  'Sequences and tables that come later need a grant of their own, or ALTER DEFAULT PRIVILEGES.',
];

/** The least grants for a full gate: most of it is in catalogs that every role may read. */
export async function describePostgresqlGrants(
  session: SqlSession,
  schema: string,
): Promise<Pick<SideGrants, 'grants' | 'managed'>> {
  const { account } = await readPostgresqlRights(session);
  const name = quoteName(schema);
  const grants = [
    { statement: `GRANT USAGE ON SCHEMA ${name} TO ${account}`, lets: 'the schema' },
    { statement: `GRANT SELECT ON ALL TABLES IN SCHEMA ${name} TO ${account}`, lets: 'rows' },
    {
      statement: `GRANT SELECT ON ALL SEQUENCES IN SCHEMA ${name} TO ${account}`,
      lets: 'the numbers that come next',
    },
    ...(await readSequencesElsewhere(session, schema)).flatMap(({ schema: other, sequence }) => [
      {
        statement: `GRANT USAGE ON SCHEMA ${other} TO ${account}`,
        lets: 'a schema with sequences of these tables',
      },
      {
        statement: `GRANT SELECT ON SEQUENCE ${other}.${sequence} TO ${account}`,
        lets: 'the numbers that it gives',
      },
    ]),
    { statement: `GRANT pg_monitor TO ${account}`, lets: 'other sessions, replication and all settings' },
  ];
  return { grants, managed: MANAGED };
}

/** Sequences of other schemas, quoted, from which columns of the schema take their numbers. */
async function readSequencesElsewhere(
  session: SqlSession,
  schema: string,
): Promise<readonly { readonly schema: string; readonly sequence: string }[]> {
  const rows = await session.query(
    `SELECT DISTINCT n.nspname::text AS schema, c.relname::text AS sequence
     FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid JOIN pg_class t ON t.oid = f.adrelid
     JOIN pg_namespace tn ON tn.oid = t.relnamespace
     JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'S' JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
       AND tn.nspname = ${textLiteral(schema)} AND n.oid <> tn.oid ORDER BY 1, 2`,
  );
  return rows.map((row) => ({
    schema: quoteName(row.schema ?? ''),
    sequence: quoteName(row.sequence ?? ''),
  }));
}
