import { RowproofError } from '../core/errors.js';
import type { FileSurvey } from './survey-file.js';

/** The target as far as it is known once its catalog was read. */
export interface FoundTarget {
  readonly engine: string;
  readonly schema: string;
  /** Without account and password. */
  readonly url: string;
}

/**
 * Refuses a target that the file was not written for. The schema must be the same, because the statements say so, as must
 * the engine, which whoever read the file has seen to; another address may be the same database behind another name, so the user may say that it is.
 */
export function checkTarget({ path, header }: FileSurvey, found: FoundTarget, otherTarget: boolean): void {
  if (header.schema !== found.schema) {
    throw new RowproofError({
      code: 'usage',
      message: `${path} was written for schema ${header.schema} of a ${header.engine} database, and the target is schema ${found.schema} of ${found.engine}.`,
      hint: 'Name the target of the run that wrote the file. Nothing was applied.',
    });
  }
  const isSame = header.engine === found.engine && placeOf(header.url) === placeOf(found.url);
  if (isSame || otherTarget) return;
  throw new RowproofError({
    code: 'usage',
    message: `${path} was written for ${header.engine} at ${header.url}, and the target is ${found.engine} at ${found.url}.`,
    hint: 'If it is the same database under another name, or the same rows, say so with --other-target. Nothing was applied.',
  });
}

/** Host, port and database, with one spelling for the machine itself. */
function placeOf(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    const host = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname) ? 'localhost' : hostname.toLowerCase();
    return `${host}:${port}${pathname}`;
  } catch {
    // What is no URL has one spelling.
    return url;
  }
}
