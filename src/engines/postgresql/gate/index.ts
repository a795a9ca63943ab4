import type { SqlGate } from '../../sql-gate.js';
import { describePostgresqlGrants } from './grants.js';
import { readPostgresqlGuard } from './guard.js';
import { raisePostgresqlNumber, readPostgresqlNumbering } from './numbering.js';
import { endPostgresqlReplication, stopPostgresqlWrites } from './switch.js';
import { readPostgresqlVerbs } from './verbs.js';

/** How servers of this family answer the gate, and how what it finds is mended on them. */
export const postgresqlGate: SqlGate = {
  stopLine: '\\set ON_ERROR_STOP on',
  describeGrants: describePostgresqlGrants,
  readVerbs: readPostgresqlVerbs,
  readers: {
    guard: readPostgresqlGuard,
    numbering: readPostgresqlNumbering,
  },
  fixes: {
    'raise-number': raisePostgresqlNumber,
    'stop-writes': stopPostgresqlWrites,
    'end-replication': endPostgresqlReplication,
  },
};
