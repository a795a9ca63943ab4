import { RowproofError } from '../../core/errors.js';
import type { ConnectionSettings } from '../connection-settings.js';
import { limitWrites } from '../limit-writes.js';
import { openWithin } from '../open-session.js';
import { assertExpectedServer } from '../server-identity.js';
import type { BegunTransaction, WriteDialect, WriteOptions, WriteSession } from '../write.js';
import { MYSQL_NOTES } from './change-notes.js';
import { MYSQL_COPIES } from './row-copies.js';
import { readMysqlImages } from './row-images.js';
import { WITHOUT_ROW_LIMITS } from './session-variables.js';
import { buildGuardQuestion, SIGHT_VARIABLE } from './unseen-keys.js';
import { LEXICON, readSettings, STATE } from './write-settings.js';

const ER_SPECIFIC_ACCESS_DENIED = 1227;

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
  engines: ['mysql', 'mariadb'],
  lexicon: LEXICON,
  notes: MYSQL_NOTES,
  copies: MYSQL_COPIES,
  words: new Set(
    (
      'NULL TRUE FALSE AND NOT IS EXISTS SELECT FROM WHERE AS BINARY CHAR JSON LIMIT DATE TIME TIMESTAMP X B C ' +
      'COLLATE USING LIKE DUAL UTF8MB4 @ROWPROOF_SEES_ALL @ROWPROOF_UNSEEN'
    ).split(' '),
  ),
  functions: new Set('CAST CONVERT CONCAT ABS EXISTS LEFT FROM AND NOT CHAR FIND_IN_SET'.split(' ')),
  guardQuestion: buildGuardQuestion,
  readSettings,
  open,
  begin,
  checkDeferred: null,
  readImages: readMysqlImages,
  lockingProbe: ' FOR UPDATE',
  undoSettings: [],
  isHopeless: (error) => HOPELESS.has((error as { errno?: number } | null)?.errno ?? 0),
};
