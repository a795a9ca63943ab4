import { absent } from '../../../core/gate/fact.js';
import type { SqlGate } from '../../sql-gate.js';
import { readMysqlGrants } from './account-grants.js';
import { readMysqlAccounts, readMysqlDefiners } from './accounts.js';
import { readMysqlChecks } from './check-constraints.js';
import { readMysqlColumns } from './columns.js';
import { endMysqlSessions, switchMysqlJob } from './ending.js';
import { readMysqlForeignKeys } from './foreign-keys.js';
import { describeMysqlGrants } from './grants.js';
import { readMysqlGuard } from './guard.js';
import { readMysqlIndexes } from './indexes.js';
import { readMysqlLinks } from './links.js';
import { raiseMysqlNumber, readMysqlNumbering } from './numbering.js';
import { readMysqlEvents, readMysqlRoutines, readMysqlViews } from './objects.js';
import { readMysqlPrepared } from './prepared.js';
import { mysqlProbes } from './probes.js';
import * as fixes from './schema-fixes.js';
import { readMysqlCapacity, readMysqlExpiries } from './serving.js';
import { readMysqlSessions } from './sessions.js';
import { readMysqlSettings, setMysqlSetting } from './settings.js';
import { readMysqlStoredTables } from './stored-tables.js';
import { endMysqlReplication, stopMysqlWrites } from './switch.js';
import { dropMysql, readMysqlThings } from './things.js';
import { readMysqlApplier, readMysqlTriggers } from './triggers.js';
import { readMysqlVerbs } from './verbs.js';
import { readMysqlWriteMarks } from './write-marks.js';

/** How servers of this family answer the gate, and how what it finds is mended on them. */
export const mysqlGate: SqlGate = {
  stopLine: null,
  describeGrants: describeMysqlGrants,
  readVerbs: readMysqlVerbs,
  readers: {
    guard: readMysqlGuard,
    numbering: readMysqlNumbering,
    foreignKeys: readMysqlForeignKeys,
    indexes: readMysqlIndexes,
    checkConstraints: readMysqlChecks,
    columns: readMysqlColumns,
    storedTables: readMysqlStoredTables,
    views: readMysqlViews,
    routines: readMysqlRoutines,
    events: readMysqlEvents,
    triggers: readMysqlTriggers,
    applier: readMysqlApplier,
    accounts: readMysqlAccounts,
    definers: readMysqlDefiners,
    grants: readMysqlGrants,
    sessions: readMysqlSessions,
    links: readMysqlLinks,
    things: readMysqlThings,
    settings: readMysqlSettings,
    capacity: readMysqlCapacity,
    expiries: readMysqlExpiries,
    rules: async () => absent('servers of this kind have no rules that write statements anew'),
    extensions: async () => absent('servers of this kind have no extensions of a database'),
    unanalyzed: async () => absent('servers of this kind keep statistics of their tables by themselves'),
    unidentified: async () => absent('servers of this kind log whole rows'),
    unpopulated: async () => absent('servers of this kind have no materialized views'),
    unlogged: async () => absent('servers of this kind log every table'),
    prepared: readMysqlPrepared,
    jobs: async () => absent('servers of this kind have events, and no jobs beside them'),
  },
  readSessions: readMysqlSessions,
  readWriteMarks: readMysqlWriteMarks,
  probes: mysqlProbes,
  fixes: {
    'raise-number': raiseMysqlNumber,
    'identify-rows': () => null,
    analyze: () => null,
    'refresh-view': () => null,
    'log-table': () => null,
    drop: dropMysql,
    'set-setting': setMysqlSetting,
    'end-sessions': endMysqlSessions,
    'switch-job': switchMysqlJob,
    'stop-writes': stopMysqlWrites,
    'end-replication': endMysqlReplication,
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
