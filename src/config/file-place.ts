import { realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Environment } from '../engines/connection-settings.js';
import { homeOfProcess } from './environment.js';
import { streamOf } from './process-stream.js';
import { optionError } from './raw-flags.js';
import { listHostUrls } from './url-hosts.js';

/** A file that a command will write, and the flag that asked for it. */
export interface PlannedFile {
  readonly flag: string;
  readonly path: string;
}

/**
 * Refuses an output that is a file which the command reads, under whatever name: what is read would be gone, or be half
 * of one and half of the other.
 */
export function refuseInputsAsOutputs(outputs: readonly PlannedFile[], inputs: readonly string[]): void {
  for (const { flag, path } of outputs) {
    const input = inputs.find((read) => isSameFile(read, path));
    if (input === undefined) continue;
    throw optionError({
      option: flag,
      message: `Cannot write ${flag} ${path}: ${input === path ? 'the command reads it' : `it is ${input}, which the command reads`}.`,
      hint: 'Name another file.',
    });
  }
}

/** Refuses two outputs for one file, also where a link gives it two names. */
export function refuseSharedFiles(outputs: readonly PlannedFile[]): void {
  for (const [index, { flag, path }] of outputs.entries()) {
    const other = outputs.slice(0, index).find((each) => isSameFile(each.path, path));
    if (other === undefined) continue;
    throw optionError({
      option: other.flag,
      message: `Expected a file of its own for each output, got ${path} for ${other.flag === flag ? `two of ${flag}` : `${other.flag} and ${flag}`}.`,
      hint: 'Give each output another path.',
    });
  }
}

/** Files that connecting reads: those that options of a URL name, and those with passwords. */
export function filesOfUrls(urls: readonly string[], { PGPASSFILE }: Environment['variables']): string[] {
  const named = urls
    .flatMap((url) => listHostUrls(url).slice(0, 1))
    .flatMap((url) => (URL.canParse(url) ? [...new URL(url).searchParams.values()] : []));
  return [...named, PGPASSFILE ?? join(homeOfProcess(), '.pgpass'), join(homeOfProcess(), '.my.cnf')];
}

/**
 * Whether two paths mean one file, or one stream of the process. Links of both kinds count; another device or pipe may be written
 * under several names.
 */
export function isSameFile(one: string, other: string): boolean {
  if (placeOf(one) === placeOf(other)) return true;
  const stream = streamOf(one);
  if (stream !== null) return stream === streamOf(other);
  const [first, second] = [lookAt(one), lookAt(other)];
  return first?.isFile() === true && first.dev === second?.dev && first.ino === second.ino;
}

/** What keeps a file or its folder from being looked at is said where it is opened. */
function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // Opening it says why.
    return undefined;
  }
}

function placeOf(path: string): string {
  try {
    return join(realpathSync(dirname(resolve(path))), basename(path));
  } catch {
    // Opening it says why.
    return resolve(path);
  }
}
