import type { SqlGate } from '../../sql-gate.js';
import { raiseMysqlNumber, readMysqlNumbering } from './numbering.js';
import { readMysqlSessions } from './sessions.js';
import { readMysqlWriteMarks } from './write-marks.js';

/** How servers of this family answer the gate, and how what it finds is mended on them. */
export const mysqlGate: SqlGate = {
  readers: {
    numbering: readMysqlNumbering,
    sessions: readMysqlSessions,
  },
  readSessions: readMysqlSessions,
  readWriteMarks: readMysqlWriteMarks,
  fixes: {
    'raise-number': raiseMysqlNumber,
  },
};
