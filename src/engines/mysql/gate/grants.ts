import type { SideGrants } from '../../../core/gate/side-grants.js';
import type { SqlSession } from '../../sql-session.js';
import { readMysqlCapabilities } from '../capabilities.js';
import { quoteName } from '../dialect.js';
import { readMysqlRights } from './rights.js';

const MANAGED = [
  'On Amazon RDS, Aurora, Azure and Cloud SQL the first account of the server may grant all of it; ALL ON *.* is never needed.',
  'Where schema mysql may not be read, it is not known which other sessions may write: the gate stays closed while there are any.',
];

/** The least grants for a full gate. MariaDB has taken REPLICATION CLIENT apart, and MySQL 8 shows routines by a privilege of their own. */
export async function describeMysqlGrants(
  session: SqlSession,
  schema: string,
): Promise<Pick<SideGrants, 'grants' | 'managed'>> {
  const { account } = await readMysqlRights(session);
  const { engine, version, tellsRoles } = await readMysqlCapabilities(session);
  const isSplit = engine === 'mariadb' && !/^10\.[0-4]\./.test(version);
  const replication = isSplit ? 'BINLOG MONITOR, REPLICA MONITOR' : 'REPLICATION CLIENT';
  const routines = tellsRoles && engine === 'mysql' ? ', SHOW_ROUTINE, XA_RECOVER_ADMIN' : '';
  const grants = [
    {
      statement: `GRANT SELECT, TRIGGER, EVENT, REFERENCES, SHOW VIEW, EXECUTE ON ${quoteName(schema)}.* TO ${account}`,
      lets: 'rows, constraints, triggers, views, events and routines',
    },
    {
      statement: `GRANT PROCESS, ${replication}${routines} ON *.* TO ${account}`,
      lets: 'other sessions, their transactions, and how changes are replicated',
    },
    {
      statement: `GRANT SELECT ON mysql.* TO ${account}`,
      lets: 'accounts, and who they are allowed to be; no hash is read',
    },
    {
      statement: `GRANT SELECT ON performance_schema.* TO ${account}`,
      lets: 'when tables were written last',
    },
  ];
  return { grants, managed: MANAGED };
}
