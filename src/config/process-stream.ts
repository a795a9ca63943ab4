import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** A chain of links longer than this leads in a circle. */
const MOST_LINKS = 40;
const OPEN_FILES = /^(?:\/dev|\/proc\/(\d+)(?:\/task\/\d+)?)\/fd$/;

/**
 * The number of the open file of this process that a path names, as `/dev/stdout` and `/proc/self/fd/1` do; null for any other
 * path. Opening such a path anew begins a position of its own in a file, beside the one that the process writes at.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html
 */
export function streamOf(path: string): number | null {
  let place = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    const { folder, target } = lookAt(place);
    const [inOpenFiles, pid] = OPEN_FILES.exec(folder) ?? [];
    if (inOpenFiles !== undefined && (pid === undefined || Number(pid) === process.pid)) {
      const name = basename(place);
      return /^\d+$/.test(name) ? Number(name) : null;
    }
    if (target === null) return null;
    place = resolve(folder, target);
  }
  return null;
}

/** The folder of a place without links, and where the place leads if it is a link itself. */
function lookAt(place: string): { readonly folder: string; readonly target: string | null } {
  let folder = dirname(place);
  try {
    folder = realpathSync(folder);
    return { folder, target: readlinkSync(join(folder, basename(place))) };
  } catch {
    // It is no link, or is not there: opening it says why it cannot be written.
    return { folder, target: null };
  }
}
