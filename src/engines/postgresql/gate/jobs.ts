import { absent, type Fact, hidden, known } from '../../../core/gate/fact.js';
import type { FixAction, FixStatement } from '../../../core/gate/fix.js';
import type { JobsFacts } from '../../../core/gate/job-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { readPostgresqlRights } from './rights.js';

/**
 * Jobs of pg_cron, where it is in this database. A policy shows each account its own alone, unless it passes policies by.
 *
 * @see https://github.com/citusdata/pg_cron
 */
export async function readPostgresqlJobs(session: SqlSession): Promise<Fact<JobsFacts>> {
  const [table] = await session.query(
    `SELECT c.relrowsecurity::text AS guarded, r.rolbypassrls::text AS passes, r.rolsuper::text AS super,
       (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))::text AS readable,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'jobname')::text AS named,
       pg_is_in_recovery()::text AS standby
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_roles r
     WHERE n.nspname = 'cron' AND c.relname = 'job' AND r.rolname = current_user`,
  );
  if (table === undefined) return absent('the database has no jobs of pg_cron');
  const { account } = await readPostgresqlRights(session);
  if (table.readable !== 'true')
    return hidden(
      'jobs of pg_cron are hidden',
      `GRANT USAGE ON SCHEMA cron TO ${account}; GRANT SELECT ON cron.job TO ${account}`,
    );
  if (table.guarded === 'true' && table.passes !== 'true' && table.super !== 'true')
    return hidden('jobs of other accounts are hidden by a policy', `ALTER ROLE ${account} BYPASSRLS`);
  const name = table.named === 'true' ? "coalesce(nullif(jobname::text, ''), jobid::text)" : 'jobid::text';
  const rows = await session.query(
    `SELECT jobid::text AS key, ${name} AS name, active::text AS active FROM cron.job WHERE database = current_database() ORDER BY jobid`,
  );
  const jobs = rows.map(({ key, name: title, active }) => ({
    key: key ?? '',
    name: `job ${title ?? ''}`,
    isEnabled: active === 'true',
  }));
  return known({ isRunning: table.standby !== 'true', jobs });
}

type Action<Kind extends FixAction['kind']> = Extract<FixAction, { readonly kind: Kind }>;

/** Events are of other servers. */
export function switchPostgresqlJob({ schema, key, isEnabled }: Action<'switch-job'>): FixStatement | null {
  if (schema !== null) return null;
  const set = (isOn: boolean): string => `SELECT cron.alter_job(${BigInt(key)}, active := ${isOn})`;
  return { statements: [set(isEnabled)], isSafe: false, lock: '', reversal: set(!isEnabled) };
}

/** @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL */
export function endPostgresqlSessions({ ids }: Action<'end-sessions'>): FixStatement {
  return {
    statements: ids.map((id) => `SELECT pg_catalog.pg_terminate_backend(${BigInt(id)})`),
    isSafe: false,
    lock: 'what the sessions have not committed is rolled back; an application may connect again',
    reversal: '',
  };
}
