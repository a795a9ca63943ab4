import { type Lexicon, readTokens } from '../sql-tokens.js';
import type { WriteSetting } from '../write.js';
import { ASKED_VARIABLES, readSightLine } from './unseen-keys.js';

/** Strict, and without the modes that change how quotes and operators read. */
const SQL_MODE = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';

/** How statements of a file are taken apart. */
export const LEXICON: Lexicon = { nameQuote: '`', escapeStrings: false };

/** What holds in every writing session, whatever the file says; values as the server writes them. */
export const STATE: Readonly<Record<string, string>> = {
  sql_mode: SQL_MODE,
  time_zone: '+00:00',
  character_set_client: 'utf8mb4',
  character_set_connection: 'utf8mb4',
  character_set_results: 'utf8mb4',
  foreign_key_checks: '1',
  unique_checks: '1',
  sql_safe_updates: '0',
  sql_auto_is_null: '0',
  completion_type: 'NO_CHAIN',
};

/** What a file may set, and to what; other values of the same settings would change what its statements mean. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  sql_mode:
    /^((STRICT_ALL_TABLES|STRICT_TRANS_TABLES|NO_ENGINE_SUBSTITUTION|NO_AUTO_VALUE_ON_ZERO|ALLOW_INVALID_DATES)(,|$))+$/,
  time_zone: /^\+00:00$/,
  character_set_client: /^utf8mb4$/,
  character_set_connection: /^utf8mb4$/,
  character_set_results: /^utf8mb4$/,
  collation_connection: /^utf8mb4_\w+$/,
  foreign_key_checks: /^1$/,
  unique_checks: /^1$/,
  check_constraint_checks: /^1$/,
  sql_safe_updates: /^0$/,
  sql_auto_is_null: /^0$/,
  autocommit: /^1$/,
  group_concat_max_len: /^\d+$/,
  completion_type: /^NO_CHAIN$/,
  timestamp: /^DEFAULT$/,
  sql_select_limit: /^(\d{10,}|DEFAULT)$/,
  sql_big_selects: /^1$/,
  sql_log_bin: /^1$/,
  div_precision_increment: /^\d+$/,
  system_versioning_alter_history: /^\w+$/,
  system_versioning_insert_history: /^0$/,
  system_versioning_asof: /^DEFAULT$/,
  max_statement_time: /^\d+$/,
  max_execution_time: /^\d+$/,
  lock_wait_timeout: /^\d+$/,
  innodb_lock_wait_timeout: /^\d+$/,
};

/** The time of a session cannot be told from one that was set, and to write no binary log is not for every account. */
const NOT_RESTORED = new Set(['timestamp', 'sql_log_bin']);

/** All that a writing session may set, or lift to read these, in an order in which it can be set again. */
export const WRITTEN_VARIABLES: readonly string[] = [
  ...new Set([...Object.keys(STATE), ...Object.keys(ALLOWED)]),
].filter((name) => !NOT_RESTORED.has(name));

/** Limits, and what `DEFAULT` makes of itself, are not read back. */
const NOT_READ_BACK = /_timeout$|_time$|^timestamp$|^sql_select_limit$|^system_versioning_asof$|^collation_/;

/** What a file may ask of the server before its first row: which foreign keys there are. */
const ASKING = new Set(
  (
    'SELECT COUNT FROM information_schema INNODB_FOREIGN INNODB_SYS_FOREIGN REFERENTIAL_CONSTRAINTS COALESCE GROUP_CONCAT ' +
    'DISTINCT HEX LOWER REFERENCED_TABLE_NAME KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_SCHEMA AND NOT IN CONCAT ' +
    'TABLE_SCHEMA TABLE_NAME CONSTRAINT_NAME TRUE _utf8mb4'
  ).split(' '),
);

function asksForForeignKeys(expression: string): boolean {
  const tokens = readTokens(expression, LEXICON);
  if ('fault' in tokens) return false;
  return tokens.every(({ kind, text }) => {
    if (kind === 'word') return ASKING.has(text);
    return kind === 'string' || kind === 'number' || (kind === 'symbol' && text !== ';');
  });
}

/** Reads `SET NAMES utf8mb4;`, `SET SESSION a = 1, SESSION b = '…';`, and what the file asks for itself. */
export function readSettings(line: string): readonly WriteSetting[] | null {
  const sight = readSightLine(line);
  if (sight !== null) return sight.map((each) => ({ ...each, readBack: false }));
  const [, variable, expression] = /^SET (@rowproof_\w+) = (.+);$/.exec(line) ?? [];
  if (variable !== undefined && expression !== undefined) {
    return ASKED_VARIABLES.includes(variable) && asksForForeignKeys(expression)
      ? [{ name: variable, value: expression, readBack: false }]
      : null;
  }
  if (/^SET NAMES utf8mb4( COLLATE utf8mb4_\w+)?;$/.test(line)) return [];
  const [, list] = /^SET ((?:SESSION \w+ = (?:'[^'\\]*'|\w+)(?:, )?)+);$/.exec(line) ?? [];
  if (list === undefined) return null;
  const settings: WriteSetting[] = [];
  for (const [, name = '', value = ''] of list.matchAll(/SESSION (\w+) = ('[^'\\]*'|\w+)(?:, |$)/g)) {
    const plain = value.replaceAll("'", '');
    const allowed = ALLOWED[name.toLowerCase()];
    if (allowed === undefined || !allowed.test(plain)) return null;
    settings.push({
      name: name.toLowerCase(),
      value: plain,
      readBack: !NOT_READ_BACK.test(name.toLowerCase()),
    });
  }
  return settings;
}
