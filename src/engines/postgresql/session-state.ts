import { RowproofError } from '../../core/errors.js';
import type { ConnectionSettings } from '../connection-settings.js';
import type { ServerIdentity } from '../server-identity.js';
import type { ControlRow } from '../session.js';
import type { StatementSettings } from '../sql-session.js';
import { buildServerQuestion, identifyServer, KNOWS_SYSTEM, STAY } from './server-question.js';

/**
 * What holds in every transaction: settings that change which rows or values are read, what a condition means, or how
 * names are written. A value that the server refuses or a pool drops would turn into wrong rows, so each is read back.
 *
 * With `row_security=off` the server refuses a read that a policy would filter, instead of hiding rows; with
 * `gin_fuzzy_search_limit` it would return a random part of what a condition finds. What gives values their meaning
 * (`lc_monetary`, and `search_path` where a table's rows are read) stays as the account has it. `jit` would spend seconds
 * on compiling questions about the catalog, whose cost the planner thinks high, and that take milliseconds.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-client.html
 */
const SETTINGS: StatementSettings = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  extra_float_digits: '3',
  bytea_output: 'hex',
  client_encoding: 'UTF8',
  row_security: 'off',
  standard_conforming_strings: 'on',
  backslash_quote: 'safe_encoding',
  quote_all_identifiers: 'off',
  array_nulls: 'on',
  transform_null_equals: 'off',
  gin_fuzzy_search_limit: '0',
  xmloption: 'content',
  xmlbinary: 'base64',
  timezone_abbreviations: 'Default',
  sql_inheritance: 'on',
  restrict_nonsystem_relation_kind: '',
  exit_on_error: 'off',
  jit: 'off',
};

const AS_THE_ACCOUNT_HAS_IT = '"$account"';

/**
 * In statements that are all ours, names are those of the engine: a function or an operator of the same name elsewhere
 * would run as the account, and answer as its owner likes. Named last, no temporary table of whoever had the connection
 * before comes first.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SEARCH-PATH
 */
const OWN_PATH: StatementSettings = { search_path: 'pg_catalog, pg_temp' };

/** For statements over the rows of a table: all that is ours in them is qualified, and what the user wrote is as meant. */
export const ACCOUNT_PATH: StatementSettings = { search_path: AS_THE_ACCOUNT_HAS_IT };

/** What only superusers may set: with these on, the server passes over rows in damaged pages or reads them as they are. */
const SUPERUSER_SETTINGS: StatementSettings = { zero_damaged_pages: 'off', ignore_checksum_failure: 'off' };

/**
 * Compiling a statement takes the server seconds where a question about its catalogs takes milliseconds, and gains
 * nothing where values are copied or hashed.
 *
 * @see https://www.postgresql.org/docs/current/jit-decision.html
 */
const PLANNING: StatementSettings = { jit: 'off' };

/** What BEGIN said, as the server confirms it. */
const TRANSACTION: StatementSettings = {
  transaction_read_only: 'on',
  transaction_isolation: 'read committed',
};

/**
 * How long a transaction may wait for the next statement of ours. It is never more than a moment; where this computer
 * falls silent in that moment, the server must not keep old rows for it for long.
 */
const LONGEST_IDLE_MS = 300_000;

/** How long statements live. The server writes such values in units of its own, so they are not compared with ours. */
function timeLimits({ statementTimeoutMs }: ConnectionSettings): StatementSettings {
  return {
    statement_timeout: String(statementTimeoutMs),
    lock_timeout: '0',
    idle_in_transaction_session_timeout: String(LONGEST_IDLE_MS),
    transaction_timeout: '0',
  };
}

/** Ends a transaction so that even what a function in a view or a condition set is undone. */
export const END = 'ROLLBACK';

const BEGIN = `${STAY}BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY NOT DEFERRABLE`;

/** Asks a new session which of the settings its server has, and what the account may do. */
export function buildOpening(settings: ConnectionSettings): string {
  const names = Object.keys({ ...SETTINGS, ...SUPERUSER_SETTINGS, ...PLANNING, ...timeLimits(settings) });
  const list = names.map((name) => `'${name.toLowerCase()}'`).join(', ');
  return [
    BEGIN,
    `SELECT name, pg_catalog.current_setting('is_superuser') AS superuser, pg_catalog.pg_backend_pid() AS pid,
       ${KNOWS_SYSTEM} AS knows_system,
       (SELECT reset_val FROM pg_catalog.pg_settings
          WHERE name OPERATOR(pg_catalog.=) 'default_transaction_read_only') AS writes_refused
     FROM pg_catalog.pg_settings WHERE pg_catalog.lower(name) OPERATOR(pg_catalog.=) ANY (ARRAY[${list}]::pg_catalog.text[])`,
    END,
  ].join('; ');
}

interface StateParts {
  readonly assignments: StatementSettings;
  readonly confirmed: StatementSettings;
  readonly knowsSystem: boolean;
}

/** Begins the transactions of a session, and judges what the server answers. */
export class SessionState {
  readonly #assignments: StatementSettings;
  readonly #confirmed: StatementSettings;
  readonly #knowsSystem: boolean;

  private constructor({ assignments, confirmed, knowsSystem }: StateParts) {
    this.#assignments = assignments;
    this.#confirmed = confirmed;
    this.#knowsSystem = knowsSystem;
  }

  /** Takes the rows of the opening statement. */
  static of(settings: ConnectionSettings, rows: readonly ControlRow[]): SessionState {
    const known = new Set(rows.map(({ name }) => name?.toLowerCase()));
    const only = (all: StatementSettings): StatementSettings =>
      Object.fromEntries(Object.entries(all).filter(([name]) => known.has(name.toLowerCase())));
    const isSuperuser = rows[0]?.superuser === 'on';
    return new SessionState({
      assignments: {
        ...only(SETTINGS),
        ...only(isSuperuser ? SUPERUSER_SETTINGS : {}),
        ...only(PLANNING),
        ...only(timeLimits(settings)),
        ...OWN_PATH,
      },
      confirmed: { ...only(SETTINGS), ...only(SUPERUSER_SETTINGS), ...TRANSACTION },
      knowsSystem: rows[0]?.knows_system === 't',
    });
  }

  /** One message: begins a read-only transaction, sets what holds in it, reads it back and asks the server who it is. */
  buildBegin(more: StatementSettings = {}): string {
    return `${BEGIN}; ${this.buildStatementBegin(more)}`;
  }

  /** The same in a transaction that has begun. */
  buildStatementBegin(more: StatementSettings = {}): string {
    const assignments = Object.entries({ ...this.#assignments, ...more })
      .filter(([, value]) => value !== AS_THE_ACCOUNT_HAS_IT)
      .map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', true)`);
    const values = Object.keys(this.#confirmed).map((name) => `pg_catalog.current_setting('${name}')`);
    return [
      `SELECT ${assignments.join(', ')}`,
      `SELECT pg_catalog.concat_ws('|', ${values.join(', ')}) AS settings,
         ${buildServerQuestion(this.#knowsSystem)}`,
    ].join('; ');
  }

  /** The state of a session that reads as of one instant. */
  inSnapshot(): SessionState {
    return new SessionState({
      assignments: this.#assignments,
      confirmed: { ...this.#confirmed, transaction_isolation: 'repeatable read' },
      knowsSystem: this.#knowsSystem,
    });
  }

  /** Throws where a setting has another value than it was given. */
  assertConfirmed(row: ControlRow): void {
    const values = (row.settings ?? '').split('|');
    const wrong = Object.entries(this.#confirmed).filter(([, value], i) => values[i] !== value);
    if (wrong.length === 0) return;
    const names = wrong.map(([name]) => name);
    const isDamaged = names.some((name) => name in SUPERUSER_SETTINGS);
    throw new RowproofError({
      code: 'session-state',
      message: `The server did not keep the session state that exact comparison needs: ${names.join(', ')}.`,
      hint: isDamaged
        ? 'Only a superuser can turn it off. With it the server may hide rows that its disk damaged.'
        : 'Connect to the database itself rather than through a pooler that rewrites settings.',
    });
  }

  identify(row: ControlRow): ServerIdentity {
    return identifyServer(row, this.#knowsSystem);
  }
}
