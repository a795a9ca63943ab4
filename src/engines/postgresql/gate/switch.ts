import type { FixAction, FixStatement } from '../../../core/gate/fix.js';
import { quoteName } from '../dialect.js';

/**
 * Sessions that come from now on cannot write unless they say so themselves; those that are there go on until they end.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-DEFAULT-TRANSACTION-READ-ONLY
 */
export function stopPostgresqlWrites(): FixStatement {
  const set = (value: string): string =>
    `DO $switch$ BEGIN EXECUTE pg_catalog.format('ALTER DATABASE %I SET default_transaction_read_only = ${value}', pg_catalog.current_database()); END $switch$`;
  return {
    statements: [set('on')],
    isSafe: false,
    lock: 'nothing; sessions that are connected must be ended, or end themselves',
    reversal: `SET default_transaction_read_only = off; ${set('off')}`,
  };
}

type EndReplication = Extract<FixAction, { readonly kind: 'end-replication' }>;

/** @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL */
export function endPostgresqlReplication({ way, name }: EndReplication): FixStatement | null {
  if (way === 'standby')
    return {
      statements: ['SELECT pg_catalog.pg_promote()'],
      isSafe: false,
      lock: 'nothing; the standby becomes a primary, for good',
      reversal: 'a new standby from the old primary, or pg_rewind',
    };
  if (way !== 'subscription' || name === null) return null;
  const subscription = quoteName(name);
  return {
    statements: [`ALTER SUBSCRIPTION ${subscription} DISABLE`, `DROP SUBSCRIPTION ${subscription}`],
    isSafe: false,
    lock: 'nothing; its slot on the source is dropped with it',
    reversal: 'a CREATE SUBSCRIPTION with copy_data = false, before anything is written on the target',
  };
}
