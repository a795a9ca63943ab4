import type { TestDatabase } from '../support/database.js';

/** Settings of servers of the MySQL family that hide rows, change what is read or written, or end sessions; as SQL. */
const HOSTILE: Readonly<Record<string, string>> = {
  autocommit: '0',
  big_tables: '1',
  block_encryption_mode: "'aes-256-cbc'",
  character_set_client: "'latin1'",
  character_set_connection: "'latin1'",
  character_set_results: "'latin1'",
  character_set_server: "'latin1'",
  collation_connection: "'latin1_general_cs'",
  completion_type: "'CHAIN'",
  cte_max_recursion_depth: '1',
  default_collation_for_utf8mb4: "'utf8mb4_general_ci'",
  default_week_format: '3',
  div_precision_increment: '0',
  eq_range_index_dive_limit: '1',
  explicit_defaults_for_timestamp: '0',
  foreign_key_checks: '0',
  group_concat_max_len: '4',
  information_schema_stats_expiry: '31536000',
  init_connect: "'SET sql_select_limit = 3'",
  innodb_lock_wait_timeout: '1',
  lc_time_names: "'de_DE'",
  lock_wait_timeout: '1',
  max_error_count: '0',
  max_execution_time: '1',
  max_join_size: '1',
  max_points_in_geometry: '3',
  max_seeks_for_key: '1',
  max_sort_length: '8',
  max_statement_time: '1',
  net_read_timeout: '1',
  net_write_timeout: '1',
  optimizer_switch: "'mrr=on,mrr_cost_based=off,batched_key_access=on,derived_merge=off,materialization=off'",
  range_optimizer_max_mem_size: '1',
  session_track_gtids: "'ALL_GTIDS'",
  session_track_state_change: '1',
  session_track_system_variables: "'*'",
  session_track_transaction_info: "'CHARACTERISTICS'",
  show_create_table_verbosity: '1',
  show_gipk_in_create_table_and_information_schema: '0',
  sql_auto_is_null: '1',
  sql_big_selects: '0',
  sql_buffer_result: '1',
  sql_generate_invisible_primary_key: '1',
  sql_mode:
    "'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,HIGH_NOT_PRECEDENCE,IGNORE_SPACE,REAL_AS_FLOAT,NO_ZERO_IN_DATE,NO_ZERO_DATE,STRICT_ALL_TABLES,NO_UNSIGNED_SUBTRACTION'",
  sql_quote_show_create: '0',
  sql_require_primary_key: '1',
  sql_safe_updates: '1',
  sql_select_limit: '1',
  system_versioning_asof: "'2001-01-01 00:00:00'",
  time_zone: "'+07:00'",
  transaction_isolation: "'SERIALIZABLE'",
  tx_isolation: "'SERIALIZABLE'",
  unique_checks: '0',
  updatable_views_with_limit: '0',
  use_secondary_engine: "'FORCED'",
  wait_timeout: '2',
  windowing_use_high_precision: '0',
};

/** Sets all of them that a server has and takes for every new session, and returns what sets them back. */
export async function setHostileGlobals(
  database: TestDatabase,
): Promise<{ readonly names: readonly string[]; readonly reset: () => Promise<void> }> {
  const former = new Map<string, string>();
  for (const [name, value] of Object.entries(HOSTILE)) {
    const [found] = await database.query(`SHOW GLOBAL VARIABLES LIKE '${name}'`);
    if (found === undefined) continue;
    const isSet = await database.run(`SET GLOBAL ${name} = ${value}`).then(
      () => true,
      () => false,
    );
    if (isSet) former.set(name, found[1] ?? '');
  }
  const reset = async (): Promise<void> => {
    for (const [name, value] of former) {
      // A variable that has no value says so by this word, which is none as a text.
      const isBare = value === 'DEFAULT' || /^\d+(?:\.\d+)?$/.test(value);
      await database.run(`SET GLOBAL ${name} = ${isBare ? value : `'${value.replaceAll("'", "''")}'`}`);
    }
  };
  return { names: [...former.keys()], reset };
}
