import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSameFile } from '../config/file-place.js';
import { whyNotWritten } from '../config/file-reason.js';
import { RowproofError } from '../core/errors.js';
import { journalPathOf, temporaryPathOf } from './undo-journal.js';

/**
 * Refuses a place where the undo file cannot be written, before anything is read: nobody wants to hear of it after the
 * yes. Where no place was named, it is the folder of the file.
 */
export function assertUndoPlace(path: string, wished: string | null): void {
  if (wished === null) {
    assertFolder(path, 'The undo file goes beside the file that is applied: name another place with --undo.');
    return;
  }
  if ([wished, journalPathOf(wished), temporaryPathOf(wished)].some((place) => isSameFile(place, path)))
    throw refusal(
      wished,
      `it would be written over ${path}, which is applied`,
      'Name another file with --undo.',
    );
  assertFolder(wished, 'Name a file in a folder that exists and that you may write to with --undo.');
  if (statSync(wished, { throwIfNoEntry: false })?.isDirectory())
    throw refusal(wished, 'it is a directory', 'Name a file in it with --undo.');
}

function assertFolder(path: string, hint: string): void {
  try {
    const folder = dirname(path);
    if (!statSync(folder).isDirectory()) throw refusal(path, 'a part of the path is not a folder', hint);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw error instanceof RowproofError ? error : refusal(path, whyNotWritten(error), hint);
  }
}

function refusal(path: string, reason: string, hint: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `Cannot write the undo file ${path}: ${reason}.`,
    hint,
  });
}
