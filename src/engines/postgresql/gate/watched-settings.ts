import type { SettingConcern, SettingFacts } from '../../../core/gate/setting-facts.js';

/** What is watched of a setting. */
export interface WatchedSetting {
  readonly concern: SettingConcern;
  readonly topic: string;
  readonly weight: SettingFacts['weight'];
  readonly consequence: string;
  readonly right?: string;
  readonly isSound?: (value: string) => boolean;
}

const isOn = (value: string): boolean => value === 'on';

const durable = (topic: string, consequence: string): WatchedSetting => ({
  ...{ concern: 'durability', topic, weight: 'failed', right: 'on', isSound: isOn, consequence },
});

const meaning = (
  topic: string,
  consequence: string,
  weight: SettingFacts['weight'] = 'warning',
): WatchedSetting => ({ concern: 'meaning', topic, weight, consequence });

/** Each setting that is watched, by its name in small letters. A name that a server does not have is passed over. */
export const WATCHED: Readonly<Record<string, WatchedSetting>> = {
  fsync: durable('redo log', 'a crash of the machine may leave the whole database unreadable'),
  full_page_writes: durable('torn pages', 'a page that was half written when the machine fails is lost'),
  synchronous_commit: {
    ...durable('commit', 'what was committed in the last moments is lost when the server fails'),
    isSound: (value) => value !== 'off',
  },
  autovacuum: {
    ...durable('autovacuum', 'tables grow, statistics age, and at last the server takes no writes any more'),
    weight: 'failed',
  },
  session_replication_role: {
    ...{ concern: 'load', topic: 'triggers', weight: 'failed', right: 'origin' },
    isSound: (value) => value !== 'replica',
    consequence: 'triggers do not fire for new sessions, and foreign keys are not looked at',
  },
  timezone: meaning(
    'time zone',
    'now() and timestamptz show other times, and values without a zone are other moments',
  ),
  datestyle: meaning('dates', 'dates such as 01/02/2026 are read and shown in another order'),
  intervalstyle: meaning('intervals', 'intervals are read and shown in another way'),
  default_transaction_isolation: meaning('isolation', 'transactions see other rows'),
  search_path: meaning('search path', 'names without a schema find other things, or nothing'),
  standard_conforming_strings: meaning('backslashes', 'backslashes in texts mean something else'),
  bytea_output: meaning('bytes', 'binary values are shown in another way'),
  default_text_search_config: meaning('text search', 'text searches find other rows'),
  transform_null_equals: meaning('null', '"= NULL" finds other rows'),
  array_nulls: meaning('arrays', 'NULL in texts of arrays means something else'),
  lc_monetary: meaning('money', 'values of type money are read and shown in another way'),
  lc_numeric: meaning('numbers', 'to_char writes numbers in another way'),
  lc_time: meaning('names of days', 'to_char writes dates in another way', 'note'),
  wal_level: {
    ...{ concern: 'way', topic: 'log', weight: 'failed', right: 'logical' },
    isSound: (value) => value === 'logical',
    consequence:
      'nothing can follow the rows that are written; a restart of the server is needed to change it',
  },
};
