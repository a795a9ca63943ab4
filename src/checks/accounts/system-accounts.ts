import type { AccountFacts } from '../../core/gate/account-facts.js';

/**
 * Accounts that managed services, distributions and their agents have for themselves. Nobody moves them, and no application logs
 * in with one. Names are compared in small letters; `%` stands for any characters at the end.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
 * @see https://cloud.google.com/sql/docs
 * @see https://learn.microsoft.com/azure/
 * @see https://www.alibabacloud.com/help/rds/
 */
export const SYSTEM_ACCOUNTS: readonly string[] = [
  'debian-sys-maint',
  ...['rdsadmin', 'rdsrepladmin', 'rdstopmgr', 'rdsproxyadmin', 'rds_%', 'aws_%'],
  ...['cloudsqladmin', 'cloudsqlagent', 'cloudsqlimportexport', 'cloudsqlreplica', 'cloudsqlsuperuser'],
  ...['cloudsqliam%', 'cloudsqlinactiveuser', 'cloudsqllogical', 'alloydb%'],
  ...['azure_superuser', 'azuresu', 'azure_pg_admin', 'azure_sys'],
  ...['aliyun_root', 'aurora', 'aurora_proxy', 'alicloud_rds_admin', 'replicator', 'xtrabak'],
  ...['doadmin', 'avnadmin', 'aiven_%', 'crunchy_%', 'supabase_%', 'neon_superuser'],
];

const PATTERNS = SYSTEM_ACCOUNTS.map((name) => ({
  start: name.replace(/%$/, ''),
  isPattern: name.endsWith('%'),
}));

/** Whether an account is one of the server, or of a service, by its bare name. */
export function isSystemAccount({ user, isServerOwn }: Pick<AccountFacts, 'user' | 'isServerOwn'>): boolean {
  if (isServerOwn) return true;
  const name = user.toLowerCase();
  return PATTERNS.some(({ start, isPattern }) => (isPattern ? name.startsWith(start) : name === start));
}
