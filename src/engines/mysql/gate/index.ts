import type { SqlGate } from '../../sql-gate.js';
import { describeMysqlGrants } from './grants.js';
import { readMysqlGuard } from './guard.js';
import { raiseMysqlNumber, readMysqlNumbering } from './numbering.js';
import { endMysqlReplication, stopMysqlWrites } from './switch.js';
import { readMysqlVerbs } from './verbs.js';

/** How servers of this family answer the gate, and how what it finds is mended on them. */
export const mysqlGate: SqlGate = {
  stopLine: null,
  describeGrants: describeMysqlGrants,
  readVerbs: readMysqlVerbs,
  readers: {
    guard: readMysqlGuard,
    numbering: readMysqlNumbering,
  },
  fixes: {
    'raise-number': raiseMysqlNumber,
    'stop-writes': stopMysqlWrites,
    'end-replication': endMysqlReplication,
  },
};
