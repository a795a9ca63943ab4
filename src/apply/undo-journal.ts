import { existsSync } from 'node:fs';
import { type FileHandle, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { whyNotWritten } from '../config/file-reason.js';
import { RowproofError } from '../core/errors.js';
import { NotUtf8, readLines } from './file-lines.js';

/** What is written before and behind the statements of an undo file, and around each of its transactions. */
export interface UndoFrame {
  readonly head: string;
  readonly begin: string;
  readonly commit: string;
}

/** How the head of every undo file begins. */
export const OPENING = '-- Undo SQL: takes back what rowproof apply did with ';
/** Begins the line that ends the head of a journal. */
const HEAD_END = '-- End of the head.';
const FILE_END = '-- End of the file.';

/** Undo SQL holds values of rows. */
const PRIVATE = 0o600;

/**
 * What takes back a repair, written while it is applied: each transaction's undo is on the disk before the transaction
 * commits. The journal is in the order of the repair, since a file can only grow at its end; `finish` turns it round.
 */
export class UndoJournal {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #frame: UndoFrame;
  #size: number;
  #committed: number;

  private constructor(path: string, file: FileHandle, { frame, size }: { frame: UndoFrame; size: number }) {
    this.path = path;
    this.#file = file;
    this.#frame = frame;
    this.#size = size;
    this.#committed = size;
  }

  /** Creates the journal of an undo file; never over one that is there. */
  static async create(undoPath: string, frame: UndoFrame): Promise<UndoJournal> {
    const path = journalPathOf(undoPath);
    const head = `${frame.head}${HEAD_END} ${JSON.stringify({ begin: frame.begin, commit: frame.commit, process: process.pid })}\n`;
    try {
      const file = await open(path, 'wx+', PRIVATE);
      await file.write(head);
      await file.sync();
      await syncFolder(path);
      return new UndoJournal(path, file, { frame, size: Buffer.byteLength(head) });
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  /** Writes what takes a transaction back, in the order of the repair, and waits until it is on the disk. */
  async write(statements: readonly string[]): Promise<void> {
    const text = `${this.#frame.begin}\n${statements.join('\n')}\n${this.#frame.commit}\n`;
    try {
      await this.#file.write(text, this.#size);
      await this.#file.datasync();
      this.#size += Buffer.byteLength(text);
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
  }

  /** Keeps what was written since the last commit. */
  keep(): void {
    this.#committed = this.#size;
  }

  /** Drops what was written since the last commit, because that transaction was rolled back for sure. */
  async drop(): Promise<void> {
    if (this.#size === this.#committed) return;
    await this.#file.truncate(this.#committed);
    this.#size = this.#committed;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** Where the journal of an undo file is while a repair is applied. */
export function journalPathOf(undoPath: string): string {
  return `${undoPath}.journal`;
}

/** Where a journal is turned round. */
export function temporaryPathOf(undoPath: string): string {
  return `${journalPathOf(undoPath)}.tmp`;
}

/** The process that writes a journal, if it still runs on this machine; null where nobody does. */
export async function findWriter(undoPath: string): Promise<number | null> {
  const journal = await open(journalPathOf(undoPath), 'r');
  try {
    for await (const { number, text, complete } of readLines(journal)) {
      const isCutOff = !complete && OPENING.startsWith(text);
      // The file is refused, and how it is broken is nothing that its owner could mend.
      if (number === 1 && !text.startsWith(OPENING) && !isCutOff) throw notOurs(undoPath);
      if (!text.startsWith(HEAD_END)) continue;
      const { process: writer } = readHeadEnd(text, undoPath);
      return writer !== process.pid && isRunning(writer) ? writer : null;
    }
    return null;
  } catch (error) {
    throw error instanceof NotUtf8 ? notOurs(undoPath) : error;
  } finally {
    await journal.close();
  }
}

function isRunning(writer: number): boolean {
  try {
    process.kill(writer, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface Section {
  readonly start: number;
  readonly end: number;
}

/**
 * Turns a journal into the undo file: last statement first. A journal that a killed run left is finished the same way:
 * what may not have been committed does nothing. Returns whether there was anything to take back; if not, no file is left.
 */
export async function finishJournal(undoPath: string): Promise<boolean> {
  const path = journalPathOf(undoPath);
  const journal = await open(path, 'r');
  const temporary = temporaryPathOf(undoPath);
  try {
    const { head, begin, commit, sections } = await readSections(journal, undoPath);
    if (sections.length > 0) {
      await rm(temporary, { force: true });
      const file = await open(temporary, 'wx', PRIVATE);
      try {
        await file.write(head);
        for (const section of sections.toReversed()) {
          const statements = (await readText(journal, section)).split('\n').filter((line) => line !== '');
          await file.write(`\n${begin}\n${statements.toReversed().join('\n')}\n${commit}\n`);
        }
        await file.write(`\n${FILE_END}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      if (existsSync(undoPath)) throw alreadyThere(undoPath);
      await rename(temporary, undoPath);
    }
    await unlink(path);
    await syncFolder(undoPath);
    return sections.length > 0;
  } finally {
    await journal.close();
  }
}

/** A last transaction that was not written to its end never committed. */
async function readSections(
  journal: FileHandle,
  undoPath: string,
): Promise<{ head: string; begin: string; commit: string; sections: Section[] }> {
  const sections: Section[] = [];
  let head: string | null = null;
  let frame = { begin: '', commit: '' };
  let lines: string[] = [];
  let start: number | null = null;
  let beginLines = 0;
  for await (const line of readLines(journal)) {
    if (!line.complete) break;
    if (head === null) {
      if (line.text.startsWith(HEAD_END)) {
        head = `${lines.join('\n')}\n`;
        frame = readHeadEnd(line.text, undoPath);
        lines = [];
      } else lines.push(line.text);
      continue;
    }
    if (start === null) {
      beginLines++;
      if (beginLines === frame.begin.split('\n').length) start = line.end;
    } else if (line.text === frame.commit) {
      sections.push({ start, end: line.start });
      start = null;
      beginLines = 0;
    }
  }
  return { head: head ?? '', ...frame, sections };
}

const HEAD_FACTS = z.object({ begin: z.string().min(1), commit: z.string().min(1), process: z.int().min(1) });

function readHeadEnd(line: string, undoPath: string): z.infer<typeof HEAD_FACTS> {
  try {
    return HEAD_FACTS.parse(JSON.parse(line.slice(HEAD_END.length)));
  } catch {
    throw notOurs(undoPath);
  }
}

async function readText(file: FileHandle, { start, end }: Section): Promise<string> {
  const buffer = Buffer.alloc(end - start);
  await file.read(buffer, 0, buffer.length, start);
  return buffer.toString('utf8');
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Somebody's file that happens to have the name is not put in order, which would remove it. */
function notOurs(undoPath: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `Cannot write the undo file ${undoPath}: ${journalPathOf(undoPath)} is there, and is no journal of rowproof apply.`,
    hint: 'Move it away, or name another file with --undo.',
  });
}

function alreadyThere(path: string): RowproofError {
  return new RowproofError({
    code: 'output',
    message: `Cannot write the undo file ${path}: there is such a file already.`,
    hint: `What takes the repair back is in ${journalPathOf(path)}. Move the other file away and apply again.`,
  });
}

function cannotWrite(path: string, error: unknown): RowproofError {
  return new RowproofError({
    code: 'output',
    message: `Cannot write what takes the repair back to ${path}: ${whyNotWritten(error)}.`,
    hint: 'Make room, or name another file with --undo, and apply again.',
    cause: error,
  });
}
