import type { SqlGate } from '../../sql-gate.js';
import { raisePostgresqlNumber, readPostgresqlNumbering } from './numbering.js';

/** How servers of this family answer the gate, and how what it finds is mended on them. */
export const postgresqlGate: SqlGate = {
  readers: {
    numbering: readPostgresqlNumbering,
  },
  fixes: {
    'raise-number': raisePostgresqlNumber,
  },
};
