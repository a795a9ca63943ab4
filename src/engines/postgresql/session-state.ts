import { RowproofError } from '../../core/errors.js';
import type { ConnectionSettings, Session } from '../engine.js';

/**
 * What every session is set to. A value that the server refuses or a pooler drops would turn into wrong rows, so each
 * is read back. With `row_security=off` the server refuses a read that a policy would filter, instead of hiding rows.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-client.html
 */
const STATE: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  extra_float_digits: '3',
  bytea_output: 'hex',
  client_encoding: 'UTF8',
  default_transaction_read_only: 'on',
  row_security: 'off',
  standard_conforming_strings: 'on',
};

/** Sets the session state and reads it back. */
export async function prepareSession(session: Session, settings: ConnectionSettings): Promise<void> {
  const assignments = Object.entries(STATE).map(([name, value]) => `SET SESSION ${name} = '${value}'`);
  await session.query(
    [...assignments, `SET SESSION statement_timeout = ${settings.statementTimeoutMs}`].join('; '),
  );
  const names = Object.keys(STATE);
  const [row = {}] = await session.query(
    `SELECT ${names.map((name) => `current_setting('${name}') AS "${name}"`).join(', ')}`,
  );
  const wrong = names.filter((name) => row[name] !== STATE[name]);
  if (wrong.length === 0) return;
  throw new RowproofError({
    code: 'session-state',
    message: `The server did not keep the session state that exact comparison needs: ${wrong.join(', ')}.`,
    hint: 'Connect to the database itself rather than through a pooler in transaction mode.',
  });
}
