/**
 * How a repair file notes which rows it changed, and how its undo learns of it. No file can know beforehand: a row may
 * have come by replication, or have been changed by somebody else, before the repair got to it. So every statement
 * notes whether it changed its row; behind each COMMIT the client prints the notes as SQL, and the undo, which is run
 * behind what was printed in the same session, touches no other row.
 */
export interface ChangeNotes {
  /** SQL of the repair that begins a list of changed rows within a transaction. */
  beginList(list: string): string;
  /** A statement in the form that notes its row, where the form itself must do so. */
  wrap(statement: string, row: NotedRow): string;
  /** SQL behind a statement that notes its row, and counts it where it was put aside or brought back. */
  behind(row: NotedRow | null, aside: 'hold' | 'release' | null): readonly string[];
  /** The condition by which an undo touches only a row that the repair changed. */
  isChanged(row: NotedRow): string;
  /** SQL of the repair that prints a text, which is SQL for the session of the undo. */
  print(sql: string): string;
  /** SQL of the repair that prints what `addRows` is for a list. */
  printList(list: string, run: string): string;
  /** What the undo is told. */
  readonly told: ToldStatements;
  /** SQL before a COMMIT that makes the server look now at what it would look at then; null where it never waits. */
  readonly checkNow: string | null;
  /** SQL that ends an undo which was not given what the repair printed, or not whether all of it was committed. */
  checkTold(run: string): readonly string[];
}

/** The statements that a repair prints, for the session of its undo. */
export interface ToldStatements {
  begun(run: string): string;
  /** The COMMIT comes next: whether it was done is not known until the statement behind it is there too. */
  committing(run: string): string;
  committed(run: string): string;
  /** Adds rows, as a list holds them, to those that were changed. */
  addRows(run: string, list: string, rows: string): string;
}

/** A row of a repair file, as its notes name it. */
export interface NotedRow {
  /** Tells the files of different runs apart: the digits of the time at which the run began. */
  readonly run: string;
  readonly table: number;
  /** From 1, as in the mark of its statements. */
  readonly row: number;
}

/** One line of what a repair printed. */
export type ToldLine =
  | { readonly kind: 'begun' | 'committing' | 'committed'; readonly run: string }
  | { readonly kind: 'rows'; readonly run: string; readonly table: number; readonly rows: readonly number[] };

/** Few enough that a list is searched in no time, and enough that a table needs few of them. */
const ROWS_OF_A_LIST = 1000;

/** The list in which a row is noted. */
export function listOf({ table, row }: Pick<NotedRow, 'table' | 'row'>): string {
  return `${table}_${Math.floor(row / ROWS_OF_A_LIST)}`;
}

/** How a list holds a row: between two commas, so that 1 is not found in 11. */
export function noteOf({ row }: Pick<NotedRow, 'row'>): string {
  return `,${row},`;
}

const RUN_AND_LIST = /(\d{17})(?:_(\d+_\d+))?/;
const LAST_QUOTED = /',?((?:,\d+,)*)'(?=[^']*$)/;

/** Reads a line that a repair printed: ours is, character for character, what would be printed; null for any other. */
export function readToldLine(
  line: string,
  { begun, committing, committed, addRows }: ToldStatements,
): ToldLine | null {
  const [, run, list] = RUN_AND_LIST.exec(line) ?? [];
  if (run === undefined) return null;
  const ways = { begun, committing, committed };
  for (const kind of ['begun', 'committing', 'committed'] as const) {
    if (line === ways[kind](run)) return { kind, run };
  }
  const [, rows] = LAST_QUOTED.exec(line) ?? [];
  if (list === undefined || rows === undefined || line !== addRows(run, list, rows)) return null;
  return {
    kind: 'rows',
    run,
    rows: rows
      .split(',')
      .filter((row) => row !== '')
      .map(Number),
    table: Number.parseInt(list, 10),
  };
}
