import type { NotedRow } from '../engines/change-notes.js';
import { listOf } from '../engines/change-notes.js';
import type { RepairDialect } from '../engines/repair.js';
import { type RepairStep, stageRepair } from './stages.js';
import type { RepairSurvey } from './survey.js';

/** Statements of one transaction: enough that commits do not cost, few enough that locks do not last. */
export const BATCH_STATEMENTS = 1000;
/** Text of a file that is handed on at once. */
const PIECE_CHARACTERS = 1 << 16;

/** What the transactions of a file are written from. */
export interface TransactionFacts {
  readonly survey: RepairSurvey;
  readonly dialect: RepairDialect;
  /** The number of each table in the marks of its rows. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Tells the notes of this run from those of others. */
  readonly run: string;
  readonly batchStatements: number;
}

type Statement = Extract<RepairStep, { kind: 'statement' }>;

/** The statements of a repair, or of its undo, in transactions. */
export async function* formatTransactions(facts: TransactionFacts): AsyncGenerator<string> {
  const { survey, dialect, batchStatements } = facts;
  const hasAside = [...survey.tables.values()].some(({ parked }) => parked.size > 0);
  const transaction = new Transaction(facts, hasAside);
  let isJoined = false;
  for await (const steps of stageRepair(survey)) {
    let text = '';
    for (const step of steps) {
      if (step.kind === 'check') text += formatChecks(step.lines);
      else if (step.kind === 'statement') {
        text += transaction.add(step);
        if (transaction.size >= batchStatements && !isJoined && !step.goesOn) text += transaction.end();
        if (text.length < PIECE_CHARACTERS) continue;
        // A row of many megabytes is written before the next one is put into words.
        yield text;
        text = '';
      } else {
        if (step.kind === 'part' && transaction.size > 0 && hasAside)
          text += formatChecks(dialect.asideChecks.end);
        isJoined = step.kind === 'join';
      }
    }
    if (text !== '') yield text;
  }
  if (transaction.size > 0) yield transaction.end();
}

/** Lines that are no statement of a row; `rowproof apply`, which does its own bookkeeping, passes over them. */
export function formatChecks(lines: readonly string[]): string {
  return lines.map((line) => `/*a 0*/ ${line}\n`).join('');
}

/** The transaction at hand, and the lists of rows that it notes as changed. */
class Transaction {
  readonly #facts: TransactionFacts;
  readonly #hasAside: boolean;
  readonly #isRepair: boolean;
  #lists = new Set<string>();
  size = 0;

  constructor(facts: TransactionFacts, hasAside: boolean) {
    this.#facts = facts;
    this.#hasAside = hasAside;
    this.#isRepair = facts.survey.direction === 'repair';
  }

  add({ table, row, sql, aside }: Statement): string {
    const { run, numbers, dialect, survey } = this.#facts;
    const { notes } = dialect;
    const noted = { run, table: numbers.get(table) ?? 0, row: row + 1 };
    const isLasting = this.#isRepair && survey.tables.get(table)?.table.transactional === false;
    const begin = this.#begin() + (isLasting ? this.#beginAlone(noted) : this.#beginList(noted));
    this.size++;
    const statement = this.#isRepair
      ? notes.wrap(sql, noted)
      : withCondition(sql, notes.isChanged(noted), dialect.copies.end);
    const lines = dialect.toLines(statement).map((line) => `/*r ${noted.table}.${noted.row}*/ ${line}\n`);
    const behind = notes.behind(this.#isRepair ? noted : null, aside);
    return begin + lines.join('') + formatChecks(behind) + (isLasting ? this.#tell(noted) : '');
  }

  /** What no ROLLBACK takes back is told row by row, each as soon as it is changed. */
  #beginAlone(row: NotedRow): string {
    return formatChecks([this.#facts.dialect.notes.beginList(listOf(row))]);
  }

  #tell(row: NotedRow): string {
    const { run, dialect } = this.#facts;
    return formatChecks([dialect.notes.printList(listOf(row), run)]);
  }

  /** What is printed stands around the COMMIT, so that a run which ends between the two lines is known to be unclear. */
  end(): string {
    const { run, dialect } = this.#facts;
    const { print, printList, told, checkNow } = dialect.notes;
    const lists = [...this.#lists];
    this.#lists = new Set();
    this.size = 0;
    if (!this.#isRepair) return `${dialect.commit}\n`;
    const before = [
      ...(checkNow === null ? [] : [checkNow]),
      print(told.committing(run)),
      ...lists.map((list) => printList(list, run)),
    ];
    return `${formatChecks(before)}${dialect.commit}\n${formatChecks([print(told.committed(run))])}`;
  }

  #begin(): string {
    if (this.size > 0) return '';
    const { begin, asideChecks } = this.#facts.dialect;
    return `\n${begin}\n${this.#hasAside ? formatChecks(asideChecks.begin) : ''}`;
  }

  #beginList(row: NotedRow): string {
    const list = listOf(row);
    if (!this.#isRepair || this.#lists.has(list)) return '';
    this.#lists.add(list);
    return formatChecks([this.#facts.dialect.notes.beginList(list)]);
  }
}

/** Every statement of a file ends with conditions that all must hold, apart from what limits it to one row. */
function withCondition(statement: string, condition: string, limit: string): string {
  const end = statement.endsWith(`${limit};`) ? `${limit};` : ';';
  return `${statement.slice(0, -end.length)} AND ${condition}${end}`;
}
