import { RowproofError } from '../../core/errors.js';
import type { ConnectionSettings, Session } from '../engine.js';
import { MARIADB_VARIABLE, readVariables } from './capabilities.js';

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

/** Variables that only some servers have: what tells MariaDB, limits of time, how old estimates may be, read only. */
const OPTIONAL = [
  MARIADB_VARIABLE,
  'max_statement_time',
  'max_execution_time',
  'information_schema_stats_expiry',
  'transaction_read_only',
  'tx_read_only',
];

/** Sets the session state and reads it back. */
export async function prepareSession(session: Session, settings: ConnectionSettings): Promise<void> {
  const variables = await readVariables(session, OPTIONAL);
  const timeoutMs = settings.statementTimeoutMs;
  const assignments = [
    ...Object.entries(STATE).map(([name, value]) => `${name} = '${value}'`),
    'character_set_results = NULL',
    `sql_select_limit = ${NO_ROW_LIMIT}`,
    'autocommit = 1',
    `net_write_timeout = ${Math.max(600, Math.ceil(timeoutMs / 1000))}`,
    'net_read_timeout = 600',
    ...limitTime(variables, timeoutMs),
    ...(variables.has('information_schema_stats_expiry') ? ['information_schema_stats_expiry = 0'] : []),
  ];
  await session.query(`SET SESSION ${assignments.join(', SESSION ')}`);
  await session.query('SET SESSION TRANSACTION READ ONLY');
  await readBack(session, variables.has('transaction_read_only') ? 'transaction_read_only' : 'tx_read_only');
}

/** MariaDB counts seconds; Percona Server 5.6 and early MySQL 5.7 have a variable of the same name in milliseconds. */
function limitTime(variables: ReadonlyMap<string, unknown>, timeoutMs: number): string[] {
  const isMariadb = variables.has(MARIADB_VARIABLE);
  if (variables.has('max_execution_time')) return [`max_execution_time = ${timeoutMs}`];
  if (!variables.has('max_statement_time')) return [];
  return [`max_statement_time = ${isMariadb ? timeoutMs / 1000 : timeoutMs}`];
}

async function readBack(session: Session, readOnly: string): Promise<void> {
  const names = Object.keys(STATE);
  const [row = {}] = await session.query(
    `SELECT ${names.map((name) => `@@SESSION.${name} AS ${name}`).join(', ')},
       @@SESSION.character_set_results AS results, @@SESSION.${readOnly} AS read_only,
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
