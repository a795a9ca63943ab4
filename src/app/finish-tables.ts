import type { Finding } from '../core/finding.js';
import type { TableResult } from '../core/result.js';
import type { Canaries } from '../run/try-canaries.js';
import { readSample } from '../state/build-result.js';
import { DiagnosisRun } from './diagnose-run.js';
import { noteFewRows } from './min-rows.js';
import type { Reading } from './read-tables.js';

/** The results of all tables, and that a server was another one than before. */
interface FinishedTables {
  readonly results: TableResult[];
  readonly strangers: readonly Finding[];
}

/** Makes the results of the tables, with what can be said of why their rows differ. */
export async function finishTables(
  { config, sides, tables, spool, teller, wishes }: Reading,
  canaries: Canaries,
): Promise<FinishedTables> {
  const diagnosing = new DiagnosisRun({ teller, sides, spool, signal: wishes.signal });
  try {
    const results = [];
    for (const table of tables) {
      if (!wishes.signal.aborted) noteFewRows(config, table);
      const diagnoses = await diagnosing.diagnose(table);
      const sample = await readSample(spool, table);
      const told = sample.map((row) => teller.row(table.planned, row));
      const tried = canaries.get(table.planned.id);
      results.push({ ...table.toResult(told, diagnoses), ...(tried !== undefined && { canaries: tried }) });
    }
    return { results, strangers: diagnosing.findStrangers() };
  } finally {
    await diagnosing.close();
  }
}
