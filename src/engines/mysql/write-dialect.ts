import { RowproofError } from '../../core/errors.js';
import type { ConnectionSettings } from '../engine.js';
import { limitWrites } from '../limit-writes.js';
import { openWithin } from '../open-session.js';
import { assertExpectedServer } from '../server-identity.js';
import { type Lexicon, readTokens } from '../sql-tokens.js';
import type { BegunTransaction, WriteDialect, WriteOptions, WriteSession, WriteSetting } from '../write.js';
import { readMysqlImages } from './row-images.js';
import { WITHOUT_ROW_LIMITS } from './session-state.js';
import { readSightLine, SIGHT_VARIABLE } from './unseen-keys.js';

const ER_SPECIFIC_ACCESS_DENIED = 1227;

/** Strict, and without the modes that change how quotes and operators read. */
const SQL_MODE = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';

const LEXICON: Lexicon = { nameQuote: '`', escapeStrings: false };

/** What holds in every writing session, whatever the file says; values as the server writes them. */
const STATE: Readonly<Record<string, string>> = {
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
function readSettings(line: string): readonly WriteSetting[] | null {
  const sight = readSightLine(line);
  if (sight !== null) return sight.map((each) => ({ ...each, readBack: false }));
  const [, variable, expression] = /^SET (@rowproof_\w+) = (.+);$/.exec(line) ?? [];
  if (variable !== undefined && expression !== undefined) {
    return asksForForeignKeys(expression) ? [{ name: variable, value: expression, readBack: false }] : null;
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

async function open(settings: ConnectionSettings, stop: AbortSignal): Promise<WriteSession> {
  const { connectMysqlWriter } = await import('./write-driver.js');
  const { connectTimeoutMs, statementTimeoutMs } = settings;
  return openWithin({ timeoutMs: connectTimeoutMs, stop }, async (signal) =>
    limitWrites(await connectMysqlWriter(settings, signal), { statementTimeoutMs, stop }),
  );
}

/** Where autocommit is off, turning it on would commit the transaction that has just begun; inside one it does not matter. */
async function begin(
  session: WriteSession,
  { lockTimeoutMs, settings, server }: WriteOptions,
): Promise<BegunTransaction> {
  const state = new Map(Object.entries(STATE));
  const asked = settings.filter(({ name }) => name.startsWith('@'));
  for (const { name, value } of settings) if (!name.startsWith('@')) state.set(name, value);
  state.delete('autocommit');
  const seconds = Math.max(1, Math.ceil(lockTimeoutMs / 1000));
  const assignments = [
    ...[...state].map(([name, value]) => `${name} = ${spellSetting(value)}`),
    `innodb_lock_wait_timeout = ${seconds}`,
    `lock_wait_timeout = ${seconds}`,
  ];
  await session.execute('START TRANSACTION READ WRITE');
  await session.execute(`SET SESSION ${assignments.join(', SESSION ')}, ${WITHOUT_ROW_LIMITS}`);
  for (const { name, value } of asked) await ask(session, name, value);
  const unread = new Set(settings.filter(({ readBack }) => !readBack).map(({ name }) => name));
  const names = [...state.keys()].filter((name) => !unread.has(name));
  const values = names.map((name) => `@@SESSION.${name} AS ${name}`);
  const [row = {}] = await session.query(`SELECT ${values.join(', ')}, ${session.serverQuestion}`);
  const answer = session.readAnswer(row);
  assertExpectedServer(server, answer.server);
  const wrong = names.filter((name) => sortWords(row[name]) !== sortWords(state.get(name)));
  if (wrong.length === 0) return answer.transaction;
  throw new RowproofError({
    code: 'session-state',
    message: `The server did not keep the settings that the repair needs: ${wrong.join(', ')}.`,
    hint: 'Connect to the database itself rather than through a proxy that rewrites session variables.',
  });
}

/** The server refuses to tell an account without the privilege of all foreign keys: then it sees some of them only. */
async function ask(session: WriteSession, name: string, value: string): Promise<void> {
  try {
    await session.execute(`SET ${name} = ${value}`);
  } catch (error) {
    const { errno } = error as { errno?: number };
    if (name !== SIGHT_VARIABLE || errno !== ER_SPECIFIC_ACCESS_DENIED) throw error;
  }
}

function spellSetting(value: string): string {
  return /^\d+$|^DEFAULT$/.test(value) ? value : `'${value}'`;
}

/** The server sorts the words of sql_mode in its own way. */
function sortWords(text: string | null | undefined): string {
  return (text ?? '').toUpperCase().split(',').sort().join(',');
}

/** A server that is read only, has no disk or memory left, or replicates statements that it cannot log. */
const HOPELESS = new Set([1021, 1037, 1041, 1114, 1290, 1665, 1792, 1836, 3100]);

export const mysqlWrite: WriteDialect = {
  lexicon: LEXICON,
  words: new Set(
    (
      'NULL TRUE FALSE AND NOT IS EXISTS SELECT FROM WHERE AS BINARY CHAR JSON LIMIT DATE TIME TIMESTAMP X B C ' +
      'COLLATE USING DUAL UTF8MB4 @ROWPROOF_SEES_ALL @ROWPROOF_UNSEEN'
    ).split(' '),
  ),
  functions: new Set('CAST CONVERT EXISTS LEFT FROM AND NOT CHAR FIND_IN_SET'.split(' ')),
  readSettings,
  open,
  begin,
  checkDeferred: null,
  readImages: readMysqlImages,
  lockingProbe: ' FOR UPDATE',
  undoSettings: [],
  isHopeless: (error) => HOPELESS.has((error as { errno?: number } | null)?.errno ?? 0),
};
