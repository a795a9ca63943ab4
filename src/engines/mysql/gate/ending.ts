import type { FixAction, FixStatement } from '../../../core/gate/fix.js';
import { quoteName } from '../dialect.js';

type Action<Kind extends FixAction['kind']> = Extract<FixAction, { readonly kind: Kind }>;

/** @see https://dev.mysql.com/doc/refman/8.4/en/kill.html */
export function endMysqlSessions({ ids }: Action<'end-sessions'>): FixStatement {
  return {
    statements: ids.map((id) => `KILL ${BigInt(id)}`),
    isSafe: false,
    lock: 'what the sessions have not committed is rolled back; an application may connect again',
    reversal: '',
  };
}

/** @see https://dev.mysql.com/doc/refman/8.4/en/alter-event.html */
export function switchMysqlJob({ schema, key, isEnabled }: Action<'switch-job'>): FixStatement | null {
  if (schema === null) return null;
  const event = `ALTER EVENT ${quoteName(schema)}.${quoteName(key)}`;
  const [on, off] = [`${event} ENABLE`, `${event} DISABLE`];
  return { statements: [isEnabled ? on : off], isSafe: false, lock: '', reversal: isEnabled ? off : on };
}
