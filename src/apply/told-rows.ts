import { type FileHandle, open } from 'node:fs/promises';
import { whyNotRead } from '../config/file-reason.js';
import { RowproofError } from '../core/errors.js';
import { type ChangeNotes, readToldLine } from '../engines/change-notes.js';
import { NotUtf8, readLines } from './file-lines.js';

/** The rows that a repair changed, as it said itself when an engine's own client applied it. */
export interface ToldRows {
  has(table: number, row: number): boolean;
}

interface Telling {
  readonly path: string;
  readonly run: string;
  readonly notes: ChangeNotes;
}

/**
 * Reads what the repair of a run printed, every time that it was applied. Throws a `usage` RowproofError where a line is
 * not what a repair prints, where the file tells nothing of the run, or not whether all was committed.
 */
export async function readToldRows(telling: Telling): Promise<ToldRows> {
  const file = await openTold(telling.path);
  try {
    return await readRows(file, telling);
  } catch (error) {
    if (error instanceof NotUtf8) throw notTold(`${telling.path} is not what a repair prints.`);
    throw error;
  } finally {
    await file.close();
  }
}

async function readRows(file: FileHandle, { path, run, notes }: Telling): Promise<ToldRows> {
  const tables = new Map<number, Set<number>>();
  let begun = false;
  let open = 0;
  for await (const { number, text } of readLines(file)) {
    if (text === '' || text === '-- rowproof') continue;
    const told = readToldLine(text, notes.told);
    if (told === null) throw notTold(`Line ${number} of ${path} is nothing that a repair prints.`);
    if (told.run !== run) continue;
    if (told.kind === 'begun') begun = true;
    else if (told.kind !== 'rows') open += told.kind === 'committing' ? 1 : -1;
    else {
      const rows = tables.get(told.table) ?? new Set();
      tables.set(told.table, rows);
      for (const row of told.rows) rows.add(row);
    }
  }
  if (!begun) throw notTold(`${path} tells nothing of the repair that this undo belongs to.`);
  if (open !== 0) {
    throw new RowproofError({
      code: 'usage',
      message: `${path} does not say whether the last transaction of the repair was committed.`,
      hint: 'Nothing was applied. Run rowproof verify again, and go on with its files.',
    });
  }
  return { has: (table, row) => tables.get(table)?.has(row) === true };
}

async function openTold(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw notTold(`Cannot read ${path}: ${whyNotRead(error)}.`);
  }
}

function notTold(message: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message,
    hint: 'Give --applied the file into which the client printed while it applied the repair: its header has the command. Nothing was applied.',
  });
}

/** What an undo is told when nothing says what its repair did. */
export function untold(path: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `${path} takes back only what its repair changed, and nothing was given that says what that was.`,
    hint: "Where the engine's client applied the repair, give what it printed with --applied PATH; where rowproof apply did, use the undo file that it wrote. Nothing was applied.",
  });
}
