import type { FileHandle } from 'node:fs/promises';
import type { WriteDialect, WriteSetting } from '../engines/write.js';
import { PartedRows } from './parted-rows.js';
import type { FileHeader, FileTable } from './repair-header.js';
import { emptyPreamble, type RepairItem, readRepair } from './repair-reader.js';
import type { RowStatement } from './row-statement.js';
import { readToldRows, type ToldRows, untold } from './told-rows.js';

/** How many rows of a table a file inserts, updates and deletes. */
export interface PlannedTable extends FileTable {
  readonly inserts: number;
  readonly updates: number;
  readonly deletes: number;
}

/** What one pass over a whole repair file found: that all of it is ours, and what it will do. */
export interface FileSurvey {
  readonly path: string;
  readonly header: FileHeader;
  readonly settings: readonly WriteSetting[];
  readonly tables: ReadonlyMap<number, PlannedTable>;
  readonly rows: number;
  readonly leftAlone: number;
  /** Rows of an undo that its repair did not change, and what says so. */
  readonly unchanged: number;
  readonly told: ToldRows | null;
  /** How many statements a row has within a transaction, where it has more than one. */
  readonly statementsOfRow: ReadonlyMap<string, number>;
  /** The line of the last statement of a row that has more than one, in one transaction or in several. */
  readonly lastLines: ReadonlyMap<string, number>;
  readonly parted: PartedRows;
}

type Counts = { inserts: number; updates: number; deletes: number };

/** A row that is put aside first, or filled afterwards, is one that is deleted, or inserted. */
function countedKind(before: keyof Counts | undefined, now: keyof Counts): keyof Counts {
  return before === undefined || before === 'updates' ? now : before;
}

/** What a row was counted as whose statements an earlier transaction began: it was filled later, or let go first. */
function earlierKind(kind: RowStatement['kind']): keyof Counts {
  return kind === 'update' ? 'inserts' : 'updates';
}

/** The file to look through, and what its repair printed, if that was given. */
export interface FileToSurvey {
  readonly path: string;
  readonly file: FileHandle;
  readonly dialect: WriteDialect;
  readonly toldPath: string | null;
}

/** Reads a repair file to its end before anything is written, so that one wrong line refuses all of it. */
export async function surveyFile({ path, file, dialect, toldPath }: FileToSurvey): Promise<FileSurvey> {
  let told: ToldRows | null = null;
  const askTold = async ({ notes: run = '' }: FileHeader): Promise<ToldRows> => {
    if (toldPath === null) throw untold(path);
    told = await readToldRows({ path: toldPath, run, notes: dialect.notes });
    return told;
  };
  const preamble = emptyPreamble();
  const statementsOfRow = new Map<string, number>();
  const lastLines = new Map<string, number>();
  const counts = new Map<number, Counts>();
  const parted = new PartedRows();
  let inTransaction = new Map<string, { readonly statements: number; readonly kind: keyof Counts }>();
  let rows = 0;
  for await (const item of readRepair({ path, file, dialect, preamble, askTold })) {
    if (item.kind === 'begin') inTransaction = new Map();
    if (item.kind !== 'row') continue;
    const { mark, table, kind } = item.statement;
    const own = counts.get(table) ?? { inserts: 0, updates: 0, deletes: 0 };
    counts.set(table, own);
    const known = inTransaction.get(mark);
    const isParted = parted.note(item.statement, known === undefined);
    const statements = (known?.statements ?? 0) + 1;
    if (statements > 1) statementsOfRow.set(mark, Math.max(statements, statementsOfRow.get(mark) ?? 0));
    if (statements > 1 || isParted) lastLines.set(mark, item.statement.line);
    const before = known?.kind ?? (isParted ? earlierKind(kind) : undefined);
    const counted = countedKind(before, `${kind}s`);
    inTransaction.set(mark, { statements, kind: counted });
    if (before === undefined) rows++;
    else own[before]--;
    own[counted]++;
  }
  const { header, tables, settings, leftAlone, unchanged } = preamble;
  if (header === null) throw new RangeError('A repair file without header was read');
  const planned = [...counts].flatMap(([number, count]) => {
    const table = tables.get(number);
    return table === undefined ? [] : [[number, { ...table, ...count }] as const];
  });
  return {
    path,
    header,
    settings,
    tables: new Map(planned),
    rows,
    leftAlone,
    unchanged: unchanged.size,
    told,
    statementsOfRow,
    lastLines,
    parted,
  };
}

/** Reads the rows of a file that was surveyed. */
export function readAgain({
  survey,
  file,
  dialect,
}: Pick<FileToSurvey, 'file' | 'dialect'> & { readonly survey: FileSurvey }): AsyncGenerator<RepairItem> {
  const { path, told } = survey;
  const askTold = async (): Promise<ToldRows> => told ?? Promise.reject(untold(path));
  return readRepair({ path, file, dialect, preamble: emptyPreamble(), askTold });
}
