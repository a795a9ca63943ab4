import type { SqlGate } from '../../sql-gate.js';
import { raisePostgresqlNumber, readPostgresqlNumbering } from './numbering.js';
import { readPostgresqlSessions } from './sessions.js';
import { readPostgresqlWriteMarks } from './write-marks.js';

/** How servers of this family answer the gate, and how what it finds is mended on them. */
export const postgresqlGate: SqlGate = {
  readers: {
    numbering: readPostgresqlNumbering,
    sessions: readPostgresqlSessions,
  },
  readSessions: readPostgresqlSessions,
  readWriteMarks: readPostgresqlWriteMarks,
  fixes: {
    'raise-number': raisePostgresqlNumber,
  },
};
