import { RowproofError } from '../../core/errors.js';
import type { ConnectionSettings } from '../connection-settings.js';
import type { ServerIdentity } from '../server-identity.js';
import type { ControlRow } from '../session.js';
import { bondOf, type SessionBond } from './bound-query.js';
import { MARIADB_VARIABLE } from './capabilities.js';
import { textLiteral } from './dialect.js';
import { identifyServer, SERVER_VARIABLES, selectList, serverColumns } from './server-question.js';
import {
  assignVariables,
  NO_LIMIT,
  readSessionVariables,
  restoreVariables,
  type Variables,
  type VariablesConnection,
} from './session-variables.js';

/** A value for a session variable: its SQL, and how servers say it when asked; null where they may round it. */
interface Wanted {
  readonly sql: string;
  readonly said: readonly string[] | null;
}

const text = (value: string): Wanted => ({ sql: textLiteral(value), said: [value] });
const number = (value: bigint | number): Wanted => ({ sql: String(value), said: [String(value)] });
const ON: Wanted = { sql: '1', said: ['1', 'ON'] };
const OFF: Wanted = { sql: '0', said: ['0', 'OFF'] };
const limit = (value: number): Wanted => ({ sql: String(value), said: null });

const MOST_ITERATIONS = 2 ** 32 - 1;
const LONGEST_LIST = 2 ** 30;
/** The longest key that an index can have, in bytes, with room for what a collation makes of it. */
const SORTED_BYTES = 8192;
/** How long a transaction may wait for our next statement, which is never more than a moment. */
const LONGEST_IDLE_S = 300;
const LONGEST_SILENCE_S = 600;

/**
 * What every session is set to, as far as its server has the variable: all that changes which rows or values are read,
 * what a condition or a view means, how long a statement lives, or whether it may write. A value that the server refuses
 * or a proxy drops would turn into wrong rows, so each is read back, in every transaction.
 *
 * `character_set_results=NULL` makes the server send text as it is stored. Under SERIALIZABLE a read in a transaction
 * would lock its rows, and under READ UNCOMMITTED it would see what is never committed. What stored values are decrypted
 * with (`block_encryption_mode`) stays as the server has it: a wrong one would turn all of them into NULL.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html
 * @see https://mariadb.com/kb/en/server-system-variables/
 */
const STATE: Readonly<Record<string, Wanted>> = {
  time_zone: text('+00:00'),
  sql_mode: text('NO_ENGINE_SUBSTITUTION'),
  old_mode: text(''),
  character_set_client: text('utf8mb4'),
  character_set_connection: text('utf8mb4'),
  collation_connection: text('utf8mb4_unicode_ci'),
  character_set_results: { sql: 'NULL', said: ['NULL'] },
  // MySQL 5.6 loses the sign of an unsigned variable inside an expression.
  sql_select_limit: { sql: String(NO_LIMIT), said: [String(NO_LIMIT), '-1'] },
  sql_auto_is_null: OFF,
  sql_big_selects: ON,
  sql_buffer_result: OFF,
  max_sort_length: number(SORTED_BYTES),
  system_versioning_asof: { sql: 'DEFAULT', said: ['DEFAULT'] },
  use_secondary_engine: text('OFF'),
  wsrep_dirty_reads: OFF,
  ob_read_consistency: text('STRONG'),
  tidb_external_ts_read: OFF,
  group_concat_max_len: number(LONGEST_LIST),
  max_recursive_iterations: number(MOST_ITERATIONS),
  div_precision_increment: number(4),
  default_week_format: number(0),
  lc_time_names: text('en_US'),
  default_regex_flags: text(''),
  standard_compliant_cte: ON,
  windowing_use_high_precision: ON,
  show_old_temporals: OFF,
  information_schema_stats_expiry: number(0),
  autocommit: ON,
  completion_type: text('NO_CHAIN'),
  tx_isolation: text('READ-COMMITTED'),
  tx_read_only: ON,
  transaction_isolation: text('READ-COMMITTED'),
  transaction_read_only: ON,
  tidb_enable_noop_functions: { sql: '1', said: null },
};

/** How long statements, waits and idle sessions live: a reader that waits for its turn is not a dead one. */
function timeLimits(
  variables: Variables,
  { statementTimeoutMs }: ConnectionSettings,
): Record<string, Wanted> {
  const seconds = Math.max(1, Math.ceil(statementTimeoutMs / 1000));
  return {
    net_write_timeout: limit(Math.max(LONGEST_SILENCE_S, seconds)),
    net_read_timeout: limit(LONGEST_SILENCE_S),
    wait_timeout: limit(28_800),
    lock_wait_timeout: limit(seconds),
    idle_transaction_timeout: limit(LONGEST_IDLE_S),
    idle_readonly_transaction_timeout: limit(LONGEST_IDLE_S),
    idle_write_transaction_timeout: limit(LONGEST_IDLE_S),
    max_execution_time: limit(statementTimeoutMs),
    // MariaDB counts seconds; Percona Server 5.6 and early MySQL 5.7 have a variable of the same name in milliseconds.
    max_statement_time: limit(
      variables.has(MARIADB_VARIABLE) ? statementTimeoutMs / 1000 : statementTimeoutMs,
    ),
  };
}

/**
 * What else holds in a snapshot: under READ COMMITTED a server begins none, and says so by a warning alone. Between two of our
 * statements there may be more than a moment.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/commit.html
 */
function snapshotState(longestMs: number): Readonly<Record<string, Wanted>> {
  const idle = limit(Math.max(LONGEST_IDLE_S, Math.ceil(longestMs / 1000)));
  return {
    tx_isolation: text('REPEATABLE-READ'),
    transaction_isolation: text('REPEATABLE-READ'),
    wait_timeout: limit(Math.max(28_800, Math.ceil(longestMs / 1000))),
    idle_transaction_timeout: idle,
    idle_readonly_transaction_timeout: idle,
    idle_write_transaction_timeout: idle,
  };
}

/** The settings of one session: makes them, asks for them in every transaction, and takes them back. */
export class SessionState {
  readonly #before: Variables;
  readonly #wanted: ReadonlyMap<string, Wanted>;

  private constructor(before: Variables, wanted: Readonly<Record<string, Wanted>>) {
    this.#before = before;
    this.#wanted = new Map(Object.entries(wanted).filter(([name]) => before.has(name)));
  }

  /** Sets what a session needs and its server has. What is refused shows when it is read back. */
  static async prepare(connection: VariablesConnection, settings: ConnectionSettings): Promise<SessionState> {
    const names = [...Object.keys(STATE), ...Object.keys(timeLimits(new Map(), settings))];
    const asked = [MARIADB_VARIABLE, ...names, ...SERVER_VARIABLES];
    const before = await readSessionVariables(connection, asked);
    const state = new SessionState(before, { ...STATE, ...timeLimits(before, settings) });
    await state.#assign(connection, state.#wanted);
    return state;
  }

  /** Sets what else holds in a snapshot; what is refused shows when it is read back. */
  async holdSnapshots(connection: VariablesConnection, longestMs: number): Promise<SessionState> {
    const own = snapshotState(longestMs);
    const state = new SessionState(this.#before, { ...Object.fromEntries(this.#wanted), ...own });
    await this.#assign(
      connection,
      [...state.#wanted].filter(([name]) => name in own),
    );
    return state;
  }

  #assign(connection: VariablesConnection, wanted: Iterable<readonly [string, Wanted]>): Promise<void> {
    return assignVariables(
      connection,
      [...wanted].map(([name, { sql }]) => [name, sql]),
    );
  }

  /** Whether the server itself ends a statement that takes too long. */
  get limitsTime(): boolean {
    return this.#wanted.has('max_execution_time') || this.#wanted.has('max_statement_time');
  }

  get isMariadb(): boolean {
    return this.#before.has(MARIADB_VARIABLE);
  }

  /**
   * Whether a table that was emptied looks empty in an earlier snapshot, where later servers refuse to read it: MySQL before 8.0,
   * which alone has a variable of this name beside MariaDB.
   */
  get showsEmptied(): boolean {
    return this.#before.has('tx_isolation') && !this.isMariadb;
  }

  /** Asks, inside a transaction, for the settings, the server and the number that it knows the session by. */
  get question(): string {
    return `SELECT ${selectList(this.#columns)}`;
  }

  /** Binds reads to the session that gave this answer to the question. */
  bond(row: ControlRow): SessionBond {
    return bondOf(this.#columns, row);
  }

  get #columns(): Readonly<Record<string, string>> {
    const values = this.#said.map(([name]) => `IFNULL(@@SESSION.${name}, 'NULL')`);
    return { settings: `CONCAT_WS('|', ${values.join(', ')})`, ...serverColumns(this.#before) };
  }

  /** Throws where a setting has another value than it was given. */
  assertConfirmed(row: ControlRow): void {
    const values = (row.settings ?? '').split('|');
    const wrong = this.#said.filter(([, said], i) => !said.includes(values[i] ?? '')).map(([name]) => name);
    if (wrong.length === 0) return;
    throw new RowproofError({
      code: 'session-state',
      message: `The server did not keep the session state that exact comparison needs: ${wrong.join(', ')}.`,
      hint: 'Connect to the database itself rather than through a proxy that rewrites session variables.',
    });
  }

  identify(row: ControlRow): ServerIdentity {
    return identifyServer(row);
  }

  /** Gives the connection back as it was: behind a proxy it may be somebody else's next. */
  async restore(connection: VariablesConnection): Promise<void> {
    await restoreVariables(connection, [...this.#wanted.keys()], this.#before);
  }

  /** Variables that are read back, with what the server may say. */
  get #said(): [string, readonly string[]][] {
    return [...this.#wanted].flatMap(([name, { said }]): [string, readonly string[]][] =>
      said === null ? [] : [[name, said]],
    );
  }
}
