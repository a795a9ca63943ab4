import { parseLeftoverPatterns } from './parse-patterns.js';

/** What tools of migrations and of schema changes leave: KIND NAME TOOL, as files of users hold more of it. */
const TEXT = `
# Capture of schema changes, as vendors' guides for PostgreSQL have it set up.
table dts_ddl_command the capture of schema changes
function dts_capture_ddl the capture of schema changes
event-trigger dts_intercept_ddl the capture of schema changes
slot dts_sync_* a transmission service
publication dts_sync_* a transmission service
subscription dts_sync_* a transmission service
account dts_sync_* a transmission service

# Online schema changes: only beside the table that they are of.
table _{table}_gho gh-ost
table _{table}_ghc gh-ost
table _{table}_del gh-ost
table _{table}_new pt-online-schema-change
table _{table}_old pt-online-schema-change
trigger pt_osc_* pt-online-schema-change
table _{table}_chkpnt spirit
table _spirit_checkpoint spirit
table _spirit_sentinel spirit
table __osc_new_{table} OnlineSchemaChange
table __osc_old_{table} OnlineSchemaChange
table __osc_chg_{table} OnlineSchemaChange
trigger __osc_* OnlineSchemaChange
table lhmn_{table} LHM
table lhma_*_{table} LHM
trigger lhmt_* LHM
table _vt_hld_* Vitess
table _vt_prg_* Vitess
table _vt_evc_* Vitess
table _vt_drp_* Vitess
table _vt_vrp_* Vitess

# Replication by triggers and by decoding.
schema pglogical pglogical
schema pglogical_origin pglogical
slot pgl_* pglogical
schema spock spock
slot spk_* spock
schema bucardo Bucardo
trigger bucardo_* Bucardo
schema londiste Londiste
schema pgq PgQ
table sym_node SymmetricDS
table sym_trigger SymmetricDS
trigger sym_on_* SymmetricDS
schema pgcopydb pgcopydb
slot pgcopydb pgcopydb

# Change data capture.
table debezium_signal Debezium
table debezium_heartbeat Debezium
publication dbz_publication Debezium
slot debezium* Debezium
account debezium Debezium
schema maxwell Maxwell
slot airbyte_slot Airbyte
publication airbyte_publication Airbyte
slot fivetran_* Fivetran
publication fivetran_* Fivetran

# AWS Database Migration Service.
table awsdms_* AWS DMS
function awsdms_intercept_ddl AWS DMS
event-trigger awsdms_intercept_ddl AWS DMS
schema awsdms_control AWS DMS
account awsdms* AWS DMS
`;

/** Patterns that are known to everybody; users add those of their own tools. */
export const KNOWN_LEFTOVERS = parseLeftoverPatterns(TEXT);
