import type { SqlGate } from '../../sql-gate.js';
import { readPostgresqlAccounts, readPostgresqlDefiners, readPostgresqlGrants } from './accounts.js';
import { readPostgresqlChecks } from './check-constraints.js';
import { readPostgresqlColumns } from './columns.js';
import { readPostgresqlForeignKeys } from './foreign-keys.js';
import { describePostgresqlGrants } from './grants.js';
import { readPostgresqlGuard } from './guard.js';
import { identifyPostgresqlRows, readPostgresqlUnidentified } from './identity.js';
import { readPostgresqlIndexes } from './indexes.js';
import { endPostgresqlSessions, readPostgresqlJobs, switchPostgresqlJob } from './jobs.js';
import { readPostgresqlLinks } from './links.js';
import { raisePostgresqlNumber, readPostgresqlNumbering } from './numbering.js';
import { readPostgresqlEvents, readPostgresqlRoutines, readPostgresqlViews } from './objects.js';
import { readPostgresqlPrepared } from './prepared.js';
import { postgresqlProbes } from './probes.js';
import { readPostgresqlRules } from './rules.js';
import * as fixes from './schema-fixes.js';
import * as serving from './serving.js';
import { readPostgresqlSessions } from './sessions.js';
import { readPostgresqlSettings, setPostgresqlSetting } from './settings.js';
import { readPostgresqlStoredTables } from './stored-tables.js';
import { endPostgresqlReplication, stopPostgresqlWrites } from './switch.js';
import { dropPostgresql, readPostgresqlThings } from './things.js';
import { readPostgresqlApplier, readPostgresqlTriggers } from './triggers.js';
import { readPostgresqlVerbs } from './verbs.js';
import { readPostgresqlWriteMarks } from './write-marks.js';

/** How servers of this family answer the gate, and how what it finds is mended on them. */
export const postgresqlGate: SqlGate = {
  stopLine: '\\set ON_ERROR_STOP on',
  describeGrants: describePostgresqlGrants,
  readVerbs: readPostgresqlVerbs,
  readers: {
    guard: readPostgresqlGuard,
    numbering: readPostgresqlNumbering,
    foreignKeys: readPostgresqlForeignKeys,
    indexes: readPostgresqlIndexes,
    checkConstraints: readPostgresqlChecks,
    columns: readPostgresqlColumns,
    storedTables: readPostgresqlStoredTables,
    views: readPostgresqlViews,
    routines: readPostgresqlRoutines,
    events: readPostgresqlEvents,
    triggers: readPostgresqlTriggers,
    rules: readPostgresqlRules,
    applier: readPostgresqlApplier,
    accounts: readPostgresqlAccounts,
    definers: readPostgresqlDefiners,
    grants: readPostgresqlGrants,
    sessions: readPostgresqlSessions,
    links: readPostgresqlLinks,
    things: readPostgresqlThings,
    settings: readPostgresqlSettings,
    capacity: serving.readPostgresqlCapacity,
    expiries: serving.readPostgresqlExpiries,
    extensions: serving.readPostgresqlExtensions,
    unanalyzed: serving.readPostgresqlUnanalyzed,
    unidentified: readPostgresqlUnidentified,
    unpopulated: serving.readPostgresqlUnpopulated,
    unlogged: serving.readPostgresqlUnlogged,
    prepared: readPostgresqlPrepared,
    jobs: readPostgresqlJobs,
  },
  readSessions: readPostgresqlSessions,
  readWriteMarks: readPostgresqlWriteMarks,
  probes: postgresqlProbes,
  fixes: {
    'raise-number': raisePostgresqlNumber,
    'identify-rows': identifyPostgresqlRows,
    analyze: serving.analyzePostgresql,
    'refresh-view': serving.refreshPostgresql,
    'log-table': serving.logPostgresqlTable,
    drop: dropPostgresql,
    'set-setting': setPostgresqlSetting,
    'end-sessions': endPostgresqlSessions,
    'switch-job': switchPostgresqlJob,
    'stop-writes': stopPostgresqlWrites,
    'end-replication': endPostgresqlReplication,
    'add-foreign-key': fixes.addForeignKey,
    'validate-constraint': fixes.validateConstraint,
    'enable-constraint-triggers': fixes.enableConstraintTriggers,
    'add-index': fixes.addIndex,
    'rebuild-index': fixes.rebuildIndex,
    'enable-trigger': fixes.enableTrigger,
    'disable-trigger': fixes.disableTrigger,
    'enable-event': fixes.enableEvent,
  },
};
