/**
 * Accounts that servers, managed services and their agents have for themselves. Nobody moves them, and no application logs in
 * with one. Names are compared in small letters; `%` stands for any characters at the end.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/reserved-accounts.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
 * @see https://cloud.google.com/sql/docs/mysql/users
 * @see https://learn.microsoft.com/azure/mysql/flexible-server/how-to-create-users
 * @see https://www.alibabacloud.com/help/rds/apsaradb-rds-for-mysql/account-permissions
 */
export const SYSTEM_ACCOUNTS: readonly string[] = [
  ...[
    'root',
    'mysql',
    'mysql.sys',
    'mysql.session',
    'mysql.infoschema',
    'mariadb.sys',
    'debian-sys-maint',
    'public',
  ],
  ...['postgres', 'pg_%', 'event_scheduler'],
  ...['rdsadmin', 'rdsrepladmin', 'rds_%', 'rdstopmgr', 'rdsproxyadmin', 'aws_%'],
  ...[
    'cloudsql%',
    'cloudsqladmin',
    'cloudsqlagent',
    'cloudsqlimportexport',
    'cloudsqlreplica',
    'cloudsqlsuperuser',
    'alloydb%',
  ],
  ...['azure_superuser', 'azuresu', 'azure_pg_admin', 'azure_sys', 'replication'],
  ...['aliyun_root', 'aurora', 'aurora_proxy', 'aurora_%', 'alicloud_rds_admin', 'replicator', 'xtrabak'],
  ...['doadmin', 'avnadmin', 'aiven%', 'crunchy_%', 'supabase%', 'neon_superuser', 'neondb_owner'],
];

const PATTERNS = SYSTEM_ACCOUNTS.map((name) => ({
  start: name.replace(/%$/, ''),
  isPattern: name.endsWith('%'),
}));

/** Whether an account, by its bare name, is one of a server or of a service. */
export function isSystemAccount(user: string): boolean {
  const name = user.toLowerCase();
  return PATTERNS.some(({ start, isPattern }) => (isPattern ? name.startsWith(start) : name === start));
}
