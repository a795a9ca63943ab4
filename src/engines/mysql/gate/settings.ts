import { type Fact, known } from '../../../core/gate/fact.js';
import type { FixAction, FixStatement } from '../../../core/gate/fix.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import { SERVER_SCOPE, type SettingFacts } from '../../../core/gate/setting-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { textLiteral } from '../dialect.js';
import { readGlobalStatus } from './global-status.js';
import { WATCHED, type WatchedSetting } from './watched-settings.js';

/** What MariaDB before 11.1, and MySQL before 5.7.20, call it. */
const OLD_ISOLATION = 'tx_isolation';

/**
 * The server's own settings: sessions of ours have others.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html
 */
export async function readMysqlSettings(
  session: SqlSession,
  { schema }: GateRequest,
): Promise<Fact<readonly SettingFacts[]>> {
  const names = [...Object.keys(WATCHED), 'system_time_zone', OLD_ISOLATION];
  const rows = await session.query(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`,
  );
  const values = new Map(
    rows.map((row) => Object.values(row)).map(([name, value]) => [name ?? '', value ?? '']),
  );
  const isolation = values.get('transaction_isolation') ?? values.get(OLD_ISOLATION);
  if (isolation !== undefined) values.set('transaction_isolation', isolation);
  const found = Object.entries(WATCHED).flatMap(([name, watched]): SettingFacts[] => {
    const value = values.get(name);
    if (value === undefined || (watched.needsBinlog === true && values.get('log_bin') !== 'ON')) return [];
    return [describeSetting(name, name === 'time_zone' ? zoneOf(value, values) : value, watched)];
  });
  return known([
    ...found,
    ...(await readRedoLog(session)),
    ...(await readZoneTables(session)),
    ...(await readSchema(session, schema)),
  ]);
}

/** The zone of the machine, where it is that. */
function zoneOf(value: string, values: ReadonlyMap<string, string>): string {
  return value === 'SYSTEM' ? `SYSTEM (${values.get('system_time_zone') ?? ''})` : value;
}

function describeSetting(name: string, value: string, watched: WatchedSetting): SettingFacts {
  const { concern, topic, right, isSound, weight, consequence, meaningOf } = watched;
  return {
    ...{ name, concern, topic, value, weight, consequence, right: right ?? null, scope: SERVER_SCOPE },
    meaning: meaningOf === undefined ? value.toLowerCase() : meaningOf(value),
    isSound: isSound === undefined ? null : isSound(value),
  };
}

/** @see https://dev.mysql.com/doc/refman/8.4/en/innodb-redo-log.html#innodb-disable-redo-logging */
async function readRedoLog(session: SqlSession): Promise<readonly SettingFacts[]> {
  const value = (await readGlobalStatus(session, ['INNODB_REDO_LOG_ENABLED'])).get('INNODB_REDO_LOG_ENABLED');
  if (value === undefined) return [];
  return [
    describeSetting('innodb_redo_log', value, {
      concern: 'durability',
      topic: 'redo log',
      isSound: (text) => text === 'ON',
      weight: 'failed',
      consequence: 'nothing survives a crash of the server',
    }),
  ];
}

/** Names of zones work only where the tables of zones were filled. */
async function readZoneTables(session: SqlSession): Promise<readonly SettingFacts[]> {
  const [row] = await session.query(
    "SELECT CONVERT_TZ('2000-01-01 12:00:00', 'UTC', 'Europe/Berlin') IS NOT NULL AS loaded",
  );
  return [
    describeSetting('time zone tables', row?.loaded === '1' ? 'loaded' : 'empty', {
      concern: 'meaning',
      topic: 'time zone tables',
      weight: 'warning',
      consequence: 'CONVERT_TZ with names of zones gives NULL, and time_zone takes none',
    }),
  ];
}

/** What columns and tables get that say nothing themselves. */
async function readSchema(session: SqlSession, schema: string): Promise<readonly SettingFacts[]> {
  const [row] = await session.query(
    `SELECT DEFAULT_COLLATION_NAME AS value FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${textLiteral(schema)}`,
  );
  if (row === undefined) return [];
  return [
    describeSetting('collation of the schema', row.value ?? '', {
      concern: 'meaning',
      topic: 'schema collation',
      weight: 'warning',
      consequence: 'tables that are made from now on compare text in another way',
    }),
  ];
}

type SetSetting = Extract<FixAction, { readonly kind: 'set-setting' }>;

/** Of the server only; a value is a word or a number. */
export function setMysqlSetting({ name, value, before, scope }: SetSetting): FixStatement | null {
  if (!/^\w+$/.test(name) || scope.role !== null || scope.isOfDatabase) return null;
  const set = (text: string): string =>
    `SET GLOBAL ${name} = ${/^\w+$/.test(text) ? text : textLiteral(text)}`;
  return {
    statements: [set(value)],
    isSafe: false,
    lock: 'it holds until the server restarts: the file of its options needs it too',
    reversal: set(before),
  };
}
