import type { SqlGate } from '../../sql-gate.js';
import { raiseMysqlNumber, readMysqlNumbering } from './numbering.js';

/** How servers of this family answer the gate, and how what it finds is mended on them. */
export const mysqlGate: SqlGate = {
  readers: {
    numbering: readMysqlNumbering,
  },
  fixes: {
    'raise-number': raiseMysqlNumber,
  },
};
