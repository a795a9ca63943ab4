import { type Fact, known } from '../../../core/gate/fact.js';
import type { FixAction, FixStatement } from '../../../core/gate/fix.js';
import { SERVER_SCOPE, type SettingFacts, type SettingScope } from '../../../core/gate/setting-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { quoteName, textLiteral } from '../dialect.js';
import { WATCHED } from './watched-settings.js';

/**
 * The settings of the server, those of the database, and those of roles: the last have the last word. What our sessions set for
 * themselves is not in the value that the server would reset it to.
 *
 * @see https://www.postgresql.org/docs/current/view-pg-settings.html
 * @see https://www.postgresql.org/docs/current/catalog-pg-db-role-setting.html
 */
export async function readPostgresqlSettings(session: SqlSession): Promise<Fact<readonly SettingFacts[]>> {
  const names = Object.keys(WATCHED).map((name) => `'${name}'`);
  const server = await session.query(
    `SELECT lower(name) AS name, name AS shown, reset_val AS value FROM pg_settings
     WHERE lower(name) IN (${names.join(', ')})`,
  );
  const own = await session.query(
    `SELECT lower(split_part(c.setting, '=', 1)) AS name, p.name AS shown, substr(c.setting, strpos(c.setting, '=') + 1) AS value,
       r.rolname::text AS role, (s.setdatabase <> 0)::text AS of_database, (r.rolname = current_user)::text AS ours
     FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) AS c(setting)
     JOIN pg_settings p ON lower(p.name) = lower(split_part(c.setting, '=', 1)) LEFT JOIN pg_roles r ON r.oid = s.setrole
     WHERE (s.setrole = 0 OR r.rolname IS NOT NULL)
       AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
     ORDER BY r.rolname NULLS FIRST, s.setdatabase, 1`,
  );
  const [database] = await session.query(
    `SELECT datcollate::text || ', ' || datctype::text AS collation, pg_encoding_to_char(encoding)::text AS encoding
     FROM pg_database WHERE datname = current_database()`,
  );
  const general = new Map<string, SettingFacts>();
  for (const row of [...server.filter(({ name }) => !own.some((each) => isOurs(each, name))), ...own])
    if (row.role == null) for (const setting of describeSetting(row)) general.set(setting.topic, setting);
  return known([
    ...general.values(),
    ...own.filter(({ role }) => role != null).flatMap(describeSetting),
    ...(await readRoom(session)),
    describeDatabase('collation', database?.collation ?? '', 'texts are sorted and compared in another way'),
    describeDatabase('encoding', database?.encoding ?? '', 'some texts cannot be stored'),
  ]);
}

/** What our own account has of its own hides what the server has; what all of the database have takes its place anyway. */
function isOurs(row: ControlRow, name: string | null | undefined): boolean {
  return row.name === name && row.ours === 'true';
}

function describeSetting(row: ControlRow): readonly SettingFacts[] {
  const [name, value] = [row.name ?? '', row.value ?? ''];
  const scope: SettingScope = { role: row.role ?? null, isOfDatabase: row.of_database === 'true' };
  const watched = WATCHED[name];
  if (watched === undefined) return [];
  const { concern, topic, weight, consequence, right, isSound } = watched;
  const ofRole = scope.role === null ? '' : ` of role ${scope.role}`;
  const ofDatabase = !scope.isOfDatabase ? '' : scope.role === null ? ' of the database' : ' in the database';
  const ofBoth = `${ofRole}${ofDatabase}`;
  return [
    {
      ...{ concern, value, consequence, right: right ?? null, scope },
      name: `${row.shown ?? name}${ofBoth}`,
      topic: scope.role === null ? topic : `${topic}${ofBoth}`,
      // A role for loading and replicating may have it so, and be no application's.
      weight: concern === 'load' && scope.role !== null ? 'warning' : weight,
      meaning: value.toLowerCase().replace(/[\s"]/g, ''),
      isSound: isSound === undefined ? null : isSound(value.toLowerCase()),
    },
  ];
}

function describeDatabase(what: string, value: string, consequence: string): SettingFacts {
  return {
    ...{ concern: 'meaning', value, consequence, weight: 'warning', isSound: null, right: null },
    name: `${what} of the database`,
    topic: `database ${what}`,
    // Spelled with and without a hyphen, as systems do.
    meaning: value.toLowerCase().replaceAll('utf-8', 'utf8'),
    scope: SERVER_SCOPE,
  };
}

/**
 * Slots and senders that are free. A slot is taken as long as it is there, a sender while it sends.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-replication.html#RUNTIME-CONFIG-REPLICATION-SENDER
 */
async function readRoom(session: SqlSession): Promise<readonly SettingFacts[]> {
  const [row] = await session.query(
    `SELECT current_setting('max_replication_slots') AS slots, (SELECT count(*) FROM pg_replication_slots)::text AS slots_used,
       current_setting('max_wal_senders') AS senders, (SELECT count(*) FROM pg_stat_replication)::text AS senders_used`,
  );
  const describe = (name: string, most: number, used: number): SettingFacts => ({
    ...{
      concern: 'way',
      name,
      topic: name,
      value: `${most}, of which ${used} are taken`,
      meaning: '',
      right: null,
    },
    ...{ isSound: used < most, weight: 'warning', scope: SERVER_SCOPE },
    consequence: 'nothing more can follow the server; a restart is needed to allow more',
  });
  return [
    describe('max_replication_slots', Number(row?.slots), Number(row?.slots_used)),
    describe('max_wal_senders', Number(row?.senders), Number(row?.senders_used)),
  ];
}

type SetSetting = Extract<FixAction, { readonly kind: 'set-setting' }>;

/** A setting of the server goes into its file, and is taken up by a reload where no restart is needed. */
export function setPostgresqlSetting({ name, value, before, scope }: SetSetting): FixStatement | null {
  const [setting = ''] = name.split(' ');
  if (WATCHED[setting.toLowerCase()] === undefined) return null;
  if (scope.isOfDatabase && scope.role === null) return null;
  const database = scope.isOfDatabase ? null : '';
  if (scope.role !== null && database === null) return null;
  const place = scope.role === null ? 'ALTER SYSTEM' : `ALTER ROLE ${quoteName(scope.role)}`;
  const reload = scope.role === null ? ['SELECT pg_catalog.pg_reload_conf()'] : [];
  const needsRestart = setting === 'wal_level';
  return {
    statements: [
      `${place} ${scope.role === null ? `SET ${setting} = ${textLiteral(value)}` : `RESET ${setting}`}`,
      ...reload,
    ],
    isSafe: false,
    lock: needsRestart
      ? 'it needs a restart of the server'
      : 'new sessions have it; those that are open may keep what they had',
    reversal: `${place} SET ${setting} = ${textLiteral(before)}`,
  };
}
