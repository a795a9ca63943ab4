import type { RowStatements } from './check-rows.js';
import type { RowStatement } from './row-statement.js';

/** What comes of a row whose statements stand in several transactions of a file. */
interface PartedRow {
  /** The line of its last statement. */
  lastLine: number;
  endsAbsent: boolean;
  /** Columns that get another value behind the first transaction. */
  readonly laterColumns: Set<string>;
}

/**
 * Rows that refer to each other are written in two transactions: first without what refers, then with it. Between the two
 * they are not yet as the file wants them, and they count once.
 */
export class PartedRows {
  readonly #seen = new MarkSet();
  readonly #parted = new Map<string, PartedRow>();

  /** Takes the statements of the file in their order; true where an earlier transaction had one of the row. */
  note(statement: RowStatement, isFirstInTransaction: boolean): boolean {
    const { mark, line, kind, assignments } = statement;
    const known = this.#parted.get(mark);
    if (known === undefined && !(isFirstInTransaction && this.#seen.has(mark))) {
      if (isFirstInTransaction) this.#seen.add(mark);
      return false;
    }
    const row = known ?? { lastLine: line, endsAbsent: false, laterColumns: new Set<string>() };
    row.lastLine = line;
    row.endsAbsent = kind === 'delete';
    for (const { column } of assignments) row.laterColumns.add(column);
    this.#parted.set(mark, row);
    return true;
  }

  /** Whether further statements of the row stand in a later transaction. */
  isUnfinished({ mark, statements }: RowStatements): boolean {
    const row = this.#parted.get(mark);
    return row !== undefined && (statements.at(-1)?.line ?? 0) < row.lastLine;
  }

  /** What of an unfinished row stays as its statements want it, and can be looked at once all of them are done. */
  lastingPart(row: RowStatements): RowStatements | null {
    const parted = this.#parted.get(row.mark);
    if (parted === undefined || !this.isUnfinished(row)) return row;
    if (parted.endsAbsent) return null;
    const statements = row.statements.map((statement) => ({
      ...statement,
      assignments: statement.assignments.filter(({ column }) => !parted.laterColumns.has(column)),
    }));
    return { mark: row.mark, statements };
  }
}

const PAGE_ROWS = 1 << 16;

/** Marks in a bit each, since a file may have millions of rows. */
class MarkSet {
  readonly #pages = new Map<string, Uint8Array>();

  has(mark: string): boolean {
    const { page, byte, bit } = placeOf(mark);
    return ((this.#pages.get(page)?.[byte] ?? 0) & bit) !== 0;
  }

  add(mark: string): void {
    const { page, byte, bit } = placeOf(mark);
    const bits = this.#pages.get(page) ?? new Uint8Array(PAGE_ROWS / 8);
    this.#pages.set(page, bits);
    bits[byte] = (bits[byte] ?? 0) | bit;
  }
}

function placeOf(mark: string): { page: string; byte: number; bit: number } {
  const [table, row] = mark.split('.');
  const number = Number(row);
  const inPage = number % PAGE_ROWS;
  return { page: `${table}.${Math.floor(number / PAGE_ROWS)}`, byte: inPage >> 3, bit: 1 << (inPage & 7) };
}
