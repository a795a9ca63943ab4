import { RowproofError } from '../../core/errors.js';
import type { ConnectionSettings, Session } from '../engine.js';

/**
 * What every session is set to. A value that the server refuses or a proxy drops would turn into wrong rows, so each is
 * read back.
 *
 * `character_set_results=NULL` makes the server send text as it is stored; the read timeouts are raised because a
 * reader that waits for the other side, or for its turn, is not a dead one.
 */
const STATE: Readonly<Record<string, string>> = {
  time_zone: '+00:00',
  sql_mode: 'NO_ENGINE_SUBSTITUTION',
  character_set_client: 'utf8mb4',
  character_set_connection: 'utf8mb4',
};

/** Said as a number, because DEFAULT would take over the server's global limit. */
const NO_ROW_LIMIT = 2n ** 64n - 1n;

/** Sets the session state and reads it back. */
export async function prepareSession(session: Session, settings: ConnectionSettings): Promise<void> {
  const [row] = await session.query('SELECT VERSION() AS version');
  const isMariadb = /mariadb/i.test(row?.version ?? '');
  const timeoutMs = settings.statementTimeoutMs;
  const assignments = [
    ...Object.entries(STATE).map(([name, value]) => `${name} = '${value}'`),
    'character_set_results = NULL',
    `sql_select_limit = ${NO_ROW_LIMIT}`,
    'autocommit = 1',
    `net_write_timeout = ${Math.max(600, Math.ceil(timeoutMs / 1000))}`,
    'net_read_timeout = 600',
    isMariadb ? `max_statement_time = ${timeoutMs / 1000}` : `max_execution_time = ${timeoutMs}`,
    ...(isMariadb ? [] : ['information_schema_stats_expiry = 0']),
  ];
  await session.query(`SET SESSION ${assignments.join(', SESSION ')}`);
  await session.query('SET SESSION TRANSACTION READ ONLY');
  await readBack(session, isMariadb);
}

async function readBack(session: Session, isMariadb: boolean): Promise<void> {
  const readOnly = isMariadb ? '@@SESSION.tx_read_only' : '@@SESSION.transaction_read_only';
  const names = Object.keys(STATE);
  const [row = {}] = await session.query(
    `SELECT ${names.map((name) => `@@SESSION.${name} AS ${name}`).join(', ')},
       @@SESSION.character_set_results AS results, ${readOnly} AS read_only,
       @@SESSION.sql_select_limit AS row_limit`,
  );
  const wrong = names.filter((name) => row[name] !== STATE[name]);
  if (row.results !== null) wrong.push('character_set_results');
  if (row.read_only !== '1') wrong.push('transaction_read_only');
  if (BigInt(row.row_limit ?? '0') < 2n ** 63n) wrong.push('sql_select_limit');
  if (wrong.length === 0) return;
  throw new RowproofError({
    code: 'session-state',
    message: `The server did not keep the session state that exact comparison needs: ${wrong.join(', ')}.`,
    hint: 'Connect to the database itself rather than through a proxy that rewrites session variables.',
  });
}
