import type { SideGrants } from '../../../core/gate/side-grants.js';
import type { SqlSession } from '../../sql-session.js';
import { quoteName } from '../dialect.js';
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
    { statement: `GRANT pg_monitor TO ${account}`, lets: 'other sessions, replication and all settings' },
  ];
  return { grants, managed: MANAGED };
}
