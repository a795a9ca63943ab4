import type { SettingConcern, SettingFacts } from '../../../core/gate/setting-facts.js';

/** What is watched of a setting. */
export interface WatchedSetting {
  readonly concern: SettingConcern;
  readonly topic: string;
  readonly weight: SettingFacts['weight'];
  readonly consequence: string;
  readonly right?: string;
  readonly isSound?: (value: string) => boolean;
  /** Values with equal meanings are the same; without it, those that are equal in small letters. */
  readonly meaningOf?: (value: string) => string;
  /** Whether it says nothing on a server without a binary log. */
  readonly needsBinlog?: true;
}

const isOn = (value: string): boolean => ['ON', '1'].includes(value);

const durable = (
  topic: string,
  more: Pick<WatchedSetting, 'right' | 'isSound' | 'consequence'> & { readonly needsBinlog?: true },
): WatchedSetting => ({ concern: 'durability', topic, weight: 'failed', ...more });

const rule = (topic: string, consequence: string): WatchedSetting => ({
  ...{ concern: 'load', topic, weight: 'failed', right: 'ON', isSound: isOn, consequence },
});

const meaning = (
  topic: string,
  weight: WatchedSetting['weight'],
  more: Pick<WatchedSetting, 'consequence' | 'meaningOf'>,
): WatchedSetting => ({ concern: 'meaning', topic, weight, ...more });

/** Modes that one server has and another has not, and that change no value. */
const WITHOUT_EFFECT = new Set(['NO_AUTO_CREATE_USER', '']);

function sortModes(value: string): string {
  const modes = value.split(',').filter((mode) => !WITHOUT_EFFECT.has(mode));
  return modes.sort().join(',');
}

/** The same character set under its old name. */
const charsetOf = (value: string): string => value.toLowerCase().replace(/^utf8mb3/, 'utf8');

const DAY_SECONDS = 86_400;

/** Each setting that is watched, by its name. A name that a server does not have is passed over. */
export const WATCHED: Readonly<Record<string, WatchedSetting>> = {
  innodb_flush_log_at_trx_commit: durable('commit', {
    right: '1',
    isSound: (value) => value === '1',
    consequence: 'what was committed in the last second is lost when the server or its machine fails',
  }),
  sync_binlog: durable('binary log', {
    right: '1',
    isSound: (value) => value === '1',
    consequence:
      'the binary log may lack what was committed when the machine fails, and replicas part from it',
    needsBinlog: true,
  }),
  innodb_doublewrite: durable('torn pages', {
    // MySQL 8 has words beside ON and OFF.
    isSound: (value) => !['OFF', '0', 'DETECT_ONLY'].includes(value.toUpperCase()),
    consequence: 'a page that was half written when the machine fails is lost',
  }),
  foreign_key_checks: rule('foreign keys', 'new sessions write rows whose parents are missing'),
  unique_checks: rule('unique keys', 'duplicates may get into unique indexes'),
  check_constraint_checks: rule('check constraints', 'new sessions write rows that check constraints forbid'),
  sql_mode: meaning('sql mode', 'warning', {
    meaningOf: sortModes,
    consequence: 'values are refused that were taken, or cut off and turned into others that were refused',
  }),
  time_zone: meaning('time zone', 'warning', {
    consequence: 'NOW() and TIMESTAMP columns show other times to sessions that set no zone',
  }),
  character_set_server: meaning('server character set', 'note', {
    meaningOf: charsetOf,
    consequence: 'schemas that are made from now on have another character set',
  }),
  collation_server: meaning('server collation', 'note', {
    meaningOf: charsetOf,
    consequence: 'schemas that are made from now on have another collation',
  }),
  lower_case_table_names: meaning('letter case of tables', 'warning', {
    consequence: 'statements that spell names of tables in other letters fail, or find other tables',
  }),
  transaction_isolation: meaning('isolation', 'warning', {
    consequence: 'transactions see other rows, and lock others',
  }),
  max_allowed_packet: meaning('largest packet', 'warning', {
    consequence: 'values and statements that are longer are refused',
  }),
  group_concat_max_len: meaning('group_concat', 'warning', {
    consequence: 'GROUP_CONCAT cuts its result off at another length',
  }),
  explicit_defaults_for_timestamp: meaning('timestamp defaults', 'warning', {
    meaningOf: (value) => (isOn(value) ? 'on' : 'off'),
    consequence: 'TIMESTAMP columns that are made from now on, and NULL in them, mean something else',
  }),
  div_precision_increment: meaning('division', 'warning', { consequence: 'quotients have other digits' }),
  default_week_format: meaning('weeks', 'warning', { consequence: 'WEEK() counts in another way' }),
  autocommit: meaning('autocommit', 'warning', {
    consequence: 'sessions that do not say so begin, or do not begin, a transaction with each statement',
  }),
  log_bin: {
    ...{ concern: 'way', topic: 'log', weight: 'failed', right: 'ON', isSound: isOn },
    consequence: 'nothing can follow what is written',
  },
  binlog_format: {
    ...{ concern: 'way', topic: 'log rows', weight: 'failed', right: 'ROW', needsBinlog: true },
    isSound: (value) => value.toUpperCase() === 'ROW',
    consequence: 'what a statement did on the source it may do otherwise on the target',
  },
  binlog_row_image: {
    ...{ concern: 'way', topic: 'log images', weight: 'warning', right: 'FULL', needsBinlog: true },
    isSound: (value) => value.toUpperCase().startsWith('FULL'),
    consequence: 'tools that apply changes miss columns, and rows without a key are not found',
  },
  binlog_expire_logs_seconds: {
    ...{ concern: 'way', topic: 'log retention', weight: 'warning', needsBinlog: true },
    isSound: (value) => Number(value) === 0 || Number(value) >= DAY_SECONDS,
    consequence: 'a target that falls behind for longer finds the log gone, and is to be loaded anew',
  },
  expire_logs_days: {
    ...{ concern: 'way', topic: 'log retention in days', weight: 'warning', needsBinlog: true },
    isSound: (value) => Number(value) === 0 || Number(value) >= 1,
    consequence: 'a target that falls behind for longer finds the log gone, and is to be loaded anew',
  },
};
