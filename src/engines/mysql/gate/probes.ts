import type { ProbeWords } from '../../gate-probes.js';
import { quoteName } from '../dialect.js';

/** Servers of this family check the rows that are there when a constraint is added, or not at all. */
export const mysqlProbes: ProbeWords = {
  quoteName,
  textOf: (value) => `CAST(${value} AS CHAR)`,
  readRule: async () => null,
};
