import type { FixAction, FixStatement } from '../../../core/gate/fix.js';

/**
 * Stops what accounts write that may not override it. Transactions under way end first, which is what the statement waits for.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_read_only
 */
export function stopMysqlWrites(): FixStatement {
  return {
    statements: ['SET GLOBAL read_only = ON'],
    isSafe: false,
    lock: 'it waits for transactions under way, and new ones wait for it',
    reversal: 'SET GLOBAL read_only = OFF',
  };
}

type EndReplication = Extract<FixAction, { readonly kind: 'end-replication' }>;

/**
 * `REPLICA` is `SLAVE` on servers before MySQL 8.0.22 and MariaDB 10.5. A channel is named by a plain literal alone; one whose name
 * means something else under another sql_mode is left to somebody who knows it.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/stop-replica.html
 */
export function endMysqlReplication({ name }: EndReplication): FixStatement | null {
  if (name !== null && /['\\]/.test(name)) return null;
  const channel = name === null || name === '' ? '' : ` FOR CHANNEL '${name}'`;
  return {
    statements: [`STOP REPLICA${channel}`, `RESET REPLICA ALL${channel}`],
    isSafe: false,
    lock: 'on servers that do not know the word REPLICA it is SLAVE',
    reversal: 'a CHANGE REPLICATION SOURCE TO (CHANGE MASTER TO), at the position where it stood',
  };
}
