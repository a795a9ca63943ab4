import { randomBytes } from 'node:crypto';
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PassSummary } from '../../core/watch.js';
import { codeOf, listSittings, sittingPath } from '../journal/journal-folder.js';
import { markOfProcess, sweepLeft } from '../left-files.js';
import type { KnownRows } from './known-rows.js';
import { listTerms, termName, type WatchPlace, type WatchTerm } from './watch-folder.js';

const MEMORY = 'watch.json';
const MEMORY_FORMAT = 'rowproof/watch-memory@1';

/** A whole pass that was begun. */
export interface BegunPass {
  readonly pass: number;
  readonly startedAt: string;
  /** Where the source stood when its first row was read; null where it did not say. */
  readonly position: string | null;
}

/** What a watch must know to go on in another process, beside the journal of its pass. */
export interface WatchMemory {
  readonly passes: number;
  readonly lastPass: PassSummary | null;
  readonly lastLook: PassSummary | null;
  /** When the first of the whole passes in a row ended that said what the last one did. */
  readonly since: string | null;
  /** The whole pass under way; null between passes. */
  readonly begun: BegunPass | null;
  /** The rows that differed last. */
  readonly rows: KnownRows;
}

export const NOTHING_KNOWN: WatchMemory = {
  passes: 0,
  lastPass: null,
  lastLook: null,
  since: null,
  begun: null,
  rows: { rows: [], more: 0 },
};

/** Keeps what a watch knows in the folder of a term. */
export function writeMemory(folder: string, memory: WatchMemory): void {
  replaceFile(join(folder, MEMORY), JSON.stringify({ format: MEMORY_FORMAT, ...memory }), 0o600);
}

/**
 * Takes over what the term before one knew, as a copy in the folder of the new one: from then on nothing else is read, so that
 * nothing counts that the process before writes later. The memory comes last; a term without it is as if it never was.
 */
export function inheritMemory(term: WatchTerm): WatchMemory {
  const { place, holder, folder } = term;
  const memory = copyBefore(place, holder.term, folder) ?? NOTHING_KNOWN;
  writeMemory(folder, memory);
  term.removeEarlier();
  return memory;
}

function copyBefore(place: WatchPlace, term: number, folder: string): WatchMemory | null {
  for (const before of listTerms(place).toReversed()) {
    if (before >= term) continue;
    const name = termName(place, before);
    const memory = parseMemory(join(place.folder, name, MEMORY));
    if (memory === null) continue;
    for (const sitting of listSittings(place.folder, name)) {
      const path = sittingPath(place.folder, name, sitting);
      copyFileSync(path, join(folder, basename(path)));
    }
    return memory;
  }
  return null;
}

/** It was put in its place in one step; what is none of this version's begins anew. */
function parseMemory(path: string): WatchMemory | null {
  try {
    const { format, ...memory } = JSON.parse(readFileSync(path, 'utf8'));
    return format === MEMORY_FORMAT ? memory : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Writes a file in one step: whoever reads it sees all of the old text or all of the new one. */
export function replaceFile(path: string, text: string, mode: number): void {
  const random = randomBytes(6).toString('hex');
  const temporary = join(dirname(path), `${leftPrefix(path)}${markOfProcess()}.${random}.tmp`);
  try {
    writeFileSync(temporary, text, { mode, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Deletes what processes left that were killed while they wrote a file. */
export function sweepFile(path: string): void {
  sweepLeft(dirname(path), leftPrefix(path));
}

function leftPrefix(path: string): string {
  return `.${basename(path)}.`;
}
