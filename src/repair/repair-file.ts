import type { RunResult } from '../core/result.js';
import type { RepairDialect } from '../engines/repair.js';
import { formatCounted } from '../report/number-text.js';
import { visibleName } from '../report/visible-text.js';
import { checkLines } from './plain-lines.js';
import { formatRepairHeader, numberTables } from './repair-header.js';
import { stageRepair } from './stages.js';
import type { RepairSurvey } from './survey.js';
import type { SurveyedRow } from './table-survey.js';

/** A file of repair SQL, or its undo, and what its header says. */
export interface RepairFile {
  readonly survey: RepairSurvey;
  readonly dialect: RepairDialect;
  readonly result: RunResult;
  /** The names of the two files, for the commands in the header. */
  readonly path: string;
  readonly otherPath: string;
}

/** Statements of one transaction: enough that commits do not cost, few enough that locks do not last. */
const BATCH_STATEMENTS = 1000;

/** Writes the file piece by piece; memory does not grow with the number of rows. */
export async function* formatRepair(file: RepairFile): AsyncGenerator<string> {
  const { survey, dialect, result } = file;
  yield* formatRepairHeader(file);
  yield* formatLeftAlone(survey);
  yield `\n${dialect.sessionStatements.join('\n')}\n`;
  yield* checkLines(formatTransactions(survey, dialect), result.target.engine);
  yield `\n-- End of the file: ${formatCounted(survey.written, 'row')}.\n`;
}

async function* formatTransactions(survey: RepairSurvey, dialect: RepairDialect): AsyncGenerator<string> {
  const { begin, commit, toLines, asideChecks } = dialect;
  const numbers = numberTables(survey);
  const hasAside = [...survey.tables.values()].some(({ parked }) => parked.size > 0);
  let open = 0;
  let isJoined = false;
  for await (const step of stageRepair(survey)) {
    if (step.kind === 'check') {
      yield formatChecks(step.lines);
      continue;
    }
    if (step.kind !== 'statement') {
      if (step.kind === 'part' && open > 0 && hasAside) yield formatChecks(asideChecks.end);
      isJoined = step.kind === 'join';
      continue;
    }
    if (open === 0) yield `\n${begin}\n${hasAside ? formatChecks(asideChecks.begin) : ''}`;
    open++;
    const mark = `/*r ${numbers.get(step.table)}.${step.row + 1}*/`;
    yield toLines(step.sql)
      .map((line) => `${mark} ${line}\n`)
      .join('');
    if (step.aside !== null) {
      yield formatChecks(step.aside === 'hold' ? asideChecks.afterHold : asideChecks.afterRelease);
    }
    if (open < BATCH_STATEMENTS || isJoined) continue;
    yield `${commit}\n`;
    open = 0;
  }
  if (open > 0) yield `${commit}\n`;
}

function formatChecks(lines: readonly string[]): string {
  return lines.map((line) => `/*a 0*/ ${line}\n`).join('');
}

/** Every row that the file does not touch, with the reason. */
async function* formatLeftAlone(survey: RepairSurvey): AsyncGenerator<string> {
  if (survey.skipped === 0) return;
  yield `--\n-- ${survey.skipped} rows that this file leaves as they are:\n`;
  for (const [name, { counts }] of survey.tables) {
    if (counts.skipped === 0) continue;
    for await (const row of survey.rows(name)) {
      if (row.obstacle !== null) yield `--   ${visibleName(describeRow(name, row))}\n`;
    }
  }
}

function describeRow(table: string, { change, obstacle }: SurveyedRow): string {
  const key = (change.key ?? []).map(({ to, value }) => {
    const text = value === null ? 'NULL' : typeof value === 'string' ? value : `0x${value.hex}`;
    return `${to.name}=${text}`;
  });
  return `${change.kind} ${table} ${key.length === 0 ? '(whole row)' : key.join(', ')}: ${obstacle}`;
}
