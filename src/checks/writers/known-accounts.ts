/** An account that is on a server for another reason than the application's work. */
export interface KnownAccount {
  /** Of the whole name of the user, in small letters. */
  readonly name: RegExp;
  /** Completes "it is …". */
  readonly what: string;
}

/**
 * Accounts that managed services keep for themselves, and those that monitoring logs in as. Many of them may write, and nobody
 * can end their sessions; what they write lies outside of the application's tables. One that has written in an open transaction
 * counts all the same.
 */
export const KNOWN_ACCOUNTS: readonly KnownAccount[] = [
  { name: /^rds(admin|repladmin|proxyadmin|_superuser|topmgr)$/, what: 'an account of the managed service' },
  { name: /^azure(_superuser|su|_sys)?$/, what: 'an account of the managed service' },
  {
    name: /^(cloudsql|alloydb)(admin|agent|replica|importexport|observability|connpooladmin|iamuser)?$/,
    what: 'an account of the managed service',
  },
  {
    name: /^(oci|ocirpl|ociadmin|aiven|_aiven|supabase_admin|crunchy\w*|heroku\w*|neon_superuser|cloud_admin)$/,
    what: 'an account of the managed service',
  },
  {
    name: /^(datadog|dd_agent|newrelic|new_relic|pmm|pganalyze|zabbix\w*|zbx_monitor|nagios|icinga|prometheus|telegraf|netdata|checkmk|dynatrace|grafana|solarwinds|vividcortex|appdynamics|instana|sensu|munin|monyog)$/,
    what: 'an account of monitoring',
  },
  { name: /^(\w*_)?exporter$/, what: 'an account of monitoring' },
  {
    name: /^(monitor|monitoring|proxysql_monitor|maxscale_monitor|haproxy_check|pgbouncer|pgpool_check|healthcheck|health_check)$/,
    what: 'an account that checks whether the server is there',
  },
];

/** What is known of an account; null for one of the application's, or of people. */
export function findKnownAccount(user: string): KnownAccount | null {
  return KNOWN_ACCOUNTS.find(({ name }) => name.test(user.toLowerCase())) ?? null;
}
