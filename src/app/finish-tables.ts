import type { Diagnosis } from '../core/diagnosis.js';
import type { Finding } from '../core/finding.js';
import type { TableResult } from '../core/result.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import type { Canaries } from '../run/try-canaries.js';
import { readSample } from '../state/build-result.js';
import type { TableState } from '../state/table-state.js';
import type { DiagnosisRun } from './diagnose-run.js';
import type { WriteMarks } from './gate/write-marks.js';
import { noteFewRows } from './min-rows.js';
import type { Reading } from './read-tables.js';
import type { WaivedRows } from './waive-rows.js';

/** Why rows of each table differ, and that a server was another one than before. */
interface ExplainedTables {
  readonly diagnoses: ReadonlyMap<TableState, readonly Diagnosis[]>;
  readonly strangers: readonly Finding[];
}

/** Loaded late: most runs have nothing to explain. */
async function openDiagnosis(of: ConstructorParameters<typeof DiagnosisRun>[0]): Promise<DiagnosisRun> {
  const { DiagnosisRun: Run } = await import('./diagnose-run.js');
  return new Run(of);
}

/** Says of each table why its rows differ, as far as that can be said. */
export async function explainTables({
  config,
  sides,
  tables,
  spool,
  teller,
  wishes,
}: Reading): Promise<ExplainedTables> {
  let diagnosing: DiagnosisRun | null = null;
  try {
    const diagnoses = new Map<TableState, readonly Diagnosis[]>();
    for (const table of tables) {
      if (!wishes.signal.aborted && !wishes.sitting.readsSome) noteFewRows(config, table);
      if (table.differences === 0 && table.isOnceEncoded) continue;
      diagnosing ??= await openDiagnosis({
        teller,
        sides,
        spool,
        signal: wishes.signal,
        keepsRows: wishes.keepsRows,
      });
      diagnoses.set(table, await diagnosing.diagnose(table));
    }
    return { diagnoses, strangers: diagnosing?.findStrangers() ?? [] };
  } finally {
    await diagnosing?.close();
  }
}

interface Explained extends Pick<ExplainedTables, 'diagnoses'> {
  readonly waived: WaivedRows;
  readonly canaries: Canaries;
  /** What the servers said of writes before the first row was read; null where nobody asked. */
  readonly marks: WriteMarks | null;
}

/** Makes the results of the tables, with what was said of why their rows differ and what of them was accepted. */
export async function finishTables(
  { tables, spool, teller }: Pick<Reading, 'tables' | 'spool' | 'teller'>,
  { diagnoses, waived, canaries, marks }: Explained,
): Promise<TableResult[]> {
  const results = [];
  for (const table of tables) {
    const rows = await readSample(spool, table);
    const sample = rows.map((row) => teller.row(table.planned, waived.markRow(table.name, row)));
    const tried = canaries.get(table.planned.id);
    results.push({
      ...table.toResult(sample, diagnoses.get(table), waived.countOf(table.name)),
      ...(tried !== undefined && { canaries: tried }),
      ...(marks !== null && { writeMarks: marksOf(table.planned, marks) }),
    });
  }
  return results;
}

function marksOf({ source, target }: PlannedTable, marks: WriteMarks): TableResult['writeMarks'] & object {
  return {
    source: marks.source.get(source?.name ?? '') ?? null,
    target: marks.target.get(target?.name ?? '') ?? null,
  };
}
