import type { RunResult } from '../core/result.js';
import type { RepairDialect } from '../engines/repair.js';
import { formatCounted } from '../words/number-text.js';
import { visibleName } from '../words/visible-text.js';
import { checkLines } from './plain-lines.js';
import { formatRepairHeader, numberTables, runOf } from './repair-header.js';
import type { RepairSurvey } from './survey.js';
import type { SurveyedRow } from './table-survey.js';
import { BATCH_STATEMENTS, formatChecks, formatTransactions } from './transactions.js';

/** A file of repair SQL, or its undo, and what its header says. */
export interface RepairFile {
  readonly survey: RepairSurvey;
  readonly dialect: RepairDialect;
  readonly result: RunResult;
  /** The names of the two files, for the commands in the header. */
  readonly path: string;
  readonly otherPath: string;
  /** Statements of a transaction; 1,000 where it is absent. */
  readonly batchStatements?: number;
}

/** Writes the file piece by piece; memory does not grow with the number of rows. */
export async function* formatRepair(file: RepairFile): AsyncGenerator<string> {
  const { survey, dialect, result, batchStatements = BATCH_STATEMENTS } = file;
  const run = runOf(result);
  yield* formatRepairHeader(file);
  yield* formatLeftAlone(survey);
  yield `\n${dialect.sessionStatements.join('\n')}\n`;
  yield formatChecks(
    survey.direction === 'undo'
      ? dialect.notes.checkTold(run)
      : [dialect.notes.print(dialect.notes.told.begun(run))],
  );
  const numbers = numberTables(survey);
  const transactions = formatTransactions({ survey, dialect, numbers, run, batchStatements });
  yield* checkLines(transactions, dialect);
  yield `\n-- End of the file: ${formatCounted(survey.written, 'row')}.\n`;
}

/** Every row that the file does not touch, with the reason. */
async function* formatLeftAlone(survey: RepairSurvey): AsyncGenerator<string> {
  if (survey.skipped === 0) return;
  yield `--\n-- ${formatCounted(survey.skipped, 'row')} that this file leaves as ${survey.skipped === 1 ? 'it is' : 'they are'}:\n`;
  for (const [name, { counts }] of survey.tables) {
    if (counts.skipped === 0) continue;
    for await (const row of survey.rows(name)) {
      const { copy } = row.change;
      if (row.obstacle !== null && (copy === null || copy.place === 0))
        yield `--   ${visibleName(describeRow(name, row))}\n`;
    }
  }
}

function describeRow(table: string, { change, obstacle }: SurveyedRow): string {
  const key = (change.key ?? []).map(({ to, value }) => {
    const text = value === null ? 'NULL' : typeof value === 'string' ? value : `0x${value.hex}`;
    return `${to.name}=${text}`;
  });
  const { copy } = change;
  const whole = copy === null || copy.of === 1 ? '(whole row)' : `(whole row, ${copy.of} copies)`;
  return `${change.kind} ${table} ${key.length === 0 ? whole : key.join(', ')}: ${obstacle}`;
}
